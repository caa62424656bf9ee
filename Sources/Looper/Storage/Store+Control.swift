import GRDB

/// What operators do to a loop.
extension Store {
  /// Keeps everything automatic away from a loop until it is resumed.
  func pause(_ id: Loop.ID, at now: Timestamp) async throws {
    try await control(
      id, sql: "UPDATE loop SET isPaused = 1 WHERE id = :id AND state <> 'done'", "paused", at: now)
  }

  func resume(_ id: Loop.ID, at now: Timestamp) async throws {
    try await control(
      id, sql: "UPDATE loop SET isPaused = 0 WHERE id = :id AND state <> 'done'", "resumed", at: now)
  }

  /// Gives a blocked or waiting loop a fresh start: counters, rounds, stop reason, delay and an open question are
  /// cleared, reviews that left the decision to a person are set aside, waits for checks begin anew, and vendors that
  /// are limited or down are tried once more.
  func retry(_ id: Loop.ID, at now: Timestamp) async throws {
    try await database.write { db in
      try db.execute(
        sql: """
          UPDATE question SET answer = '', answeredBy = 'retry', answeredAt = :now
          WHERE loopID = :id AND answeredAt IS NULL
          """, arguments: ["now": now.milliseconds, "id": id.rawValue])
      try db.execute(
        sql: "UPDATE finding SET declines = 0 WHERE loopID = :id", arguments: ["id": id.rawValue])
      try db.execute(
        sql: "DELETE FROM checkRecord WHERE loopID = :id AND hasPassed = 0", arguments: ["id": id.rawValue])
      try db.execute(
        sql: "UPDATE loop SET retriedAt = :now WHERE id = :id",
        arguments: ["now": now.milliseconds, "id": id.rawValue])
      try Self.control(
        id,
        sql: """
          UPDATE loop SET agentFailures = 0, infrastructureFailures = 0, checkFixes = 0, conflictFixes = 0,
            specRounds = 0, codeRounds = 0, retryAt = NULL, stopReason = NULL, stopMessage = '', isPaused = 0
          WHERE id = :id AND state <> 'done'
          """, "retried by the operator", at: now, db)
      try Self.hurryGates(at: now, db)
    }
  }

  /// Ends a loop on the operator's word. Its live run must have been stopped.
  func cancelLoop(_ id: Loop.ID, policy: FlowPolicy, at now: Timestamp) async throws {
    try await database.write { db in
      guard
        let row = try Row.fetchOne(
          db, sql: "SELECT \(Self.loopColumns) WHERE loop.id = :id AND loop.state <> 'done'",
          arguments: ["id": id.rawValue])
      else { throw LooperError(.conflict, "\(id.handle) has ended already") }
      try Self.finish(.cancelled, Self.facts(row, db), policy, at: now, db)
    }
  }

  private func control(_ id: Loop.ID, sql: String, _ what: String, at now: Timestamp) async throws {
    try await database.write { try Self.control(id, sql: sql, what, at: now, $0) }
  }

  private static func control(
    _ id: Loop.ID, sql: String, _ what: String, at now: Timestamp, _ db: Database
  ) throws {
    try db.execute(sql: sql, arguments: ["id": id.rawValue])
    guard db.changesCount == 1 else { throw LooperError(.conflict, "\(id.handle) has ended already") }
    try touch(id, db)
    try append(EventDraft(.loopControl, what, loopID: id), at: now, db)
  }
}
