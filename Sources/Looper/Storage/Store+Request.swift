import GRDB

/// Requests with an `Idempotency-Key`; a row without an answer is one that is not settled.
extension Store {
  /// Keys are forgotten after this time; a client that comes back later has made up its mind anew.
  static let requestAgeMax = Duration.seconds(24 * 60 * 60)
  /// More than this many are not remembered, the oldest going first.
  static let requestsMax: Int64 = 10_000

  /// Takes the request's key, or says what is known of it.
  ///
  /// Exclusive: of two concurrent callers with one key only one is the first.
  func claim(_ request: IdempotentRequest, at now: Timestamp) async throws -> IdempotencyClaim {
    try await database.write { db in
      try db.execute(
        sql: "DELETE FROM apiRequest WHERE at < :cutoff",
        arguments: ["cutoff": (now - Self.requestAgeMax).milliseconds])
      try db.execute(
        sql: """
          INSERT INTO apiRequest (key, fingerprint, at) VALUES (:key, :fingerprint, :at)
          ON CONFLICT (key) DO NOTHING
          """, arguments: ["key": request.key, "fingerprint": request.fingerprint, "at": now.milliseconds])
      guard db.changesCount == 0 else {
        try db.execute(
          sql: "DELETE FROM apiRequest WHERE id <= :newest - :max",
          arguments: ["newest": db.lastInsertedRowID, "max": Self.requestsMax])
        return .first
      }
      return try Self.claim(of: request, db)
    }
  }

  private static func claim(of request: IdempotentRequest, _ db: Database) throws -> IdempotencyClaim {
    let row = try Row.fetchOne(
      db, sql: "SELECT fingerprint, status, body FROM apiRequest WHERE key = :key",
      arguments: ["key": request.key])
    guard let row, row["fingerprint"] == request.fingerprint else { return .otherRequest }
    guard let status: Int = row["status"], let body: String = row["body"] else { return .unsettled }
    return .answered(KeptAnswer(status: status, body: body))
  }

  /// Keeps the answer of a claimed request; without one the key is free again.
  ///
  /// A row that has aged away meanwhile is no error: nobody will ask for it.
  func settle(_ request: IdempotentRequest, with answer: KeptAnswer?) async throws {
    try await database.write { db in
      guard let answer else {
        return try db.execute(
          sql: "DELETE FROM apiRequest WHERE key = :key AND status IS NULL", arguments: ["key": request.key])
      }
      try db.execute(
        sql: "UPDATE apiRequest SET status = :status, body = :body WHERE key = :key AND status IS NULL",
        arguments: ["key": request.key, "status": answer.status, "body": answer.body])
    }
  }
}
