import GRDB

/// Something that failed, as it is recorded.
enum FailureRecord: Equatable, Sendable {
  case run(Run)
  /// A write that was given up for good.
  case effect(Effect)
  /// A loop that is blocked, with what the coordinator said about it.
  case loop(Loop, message: String)

  var loopID: Loop.ID {
    switch self {
    case .run(let run): run.loopID
    case .effect(let effect): effect.loopID
    case .loop(let loop, _): loop.id
    }
  }
}

extension Store {
  /// Failed runs, refused writes and blocked loops, newest first.
  ///
  /// - Parameter offset: how many newer ones are left out.
  func failures(offset: Int, limit: Int) async throws -> [FailureRecord] {
    try await database.read { db in
      let rows = try Row.fetchAll(
        db,
        sql: """
          SELECT 'run' AS kind, id, endedAt AS at FROM run WHERE state = 'failed'
          UNION ALL
          SELECT 'effect', id, coalesce(endedAt, createdAt) FROM effect WHERE state = 'refused'
          UNION ALL
          SELECT 'loop', id, stateSince FROM loop WHERE state = 'blocked'
          ORDER BY at DESC, kind DESC, id DESC LIMIT :limit OFFSET :offset
          """, arguments: ["limit": limit, "offset": offset])
      return try rows.compactMap { row in
        try Self.failure(kind: row["kind"], id: row["id"], db)
      }
    }
  }

  private static func failure(kind: String, id: Int64, _ db: Database) throws -> FailureRecord? {
    let arguments: StatementArguments = ["id": id]
    switch kind {
    case "run":
      return try Row.fetchOne(
        db, sql: "SELECT \(runColumns) FROM run WHERE id = :id", arguments: arguments
      ).map { .run(try run($0)) }
    case "effect":
      return try Row.fetchOne(
        db, sql: "SELECT \(effectColumns) FROM effect WHERE id = :id", arguments: arguments
      ).map { .effect(try effect($0)) }
    default:
      return try Row.fetchOne(
        db, sql: "SELECT \(loopColumns) WHERE loop.id = :id", arguments: arguments
      ).map { .loop(try loop($0), message: $0["stateMessage"]) }
    }
  }
}
