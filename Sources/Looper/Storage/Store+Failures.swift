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

/// Where a failure stands in the order of ``Store/failures(before:limit:)``.
struct FailurePlace: Codable, Equatable, Sendable {
  /// Milliseconds since 1970.
  var at: Int64
  /// `run`, `effect`, `loop`.
  var kind: String
  var id: Int64
}

extension FailureRecord {
  var place: FailurePlace {
    switch self {
    case .run(let run):
      FailurePlace(at: (run.endedAt ?? run.startedAt).milliseconds, kind: "run", id: run.id.rawValue)
    case .effect(let effect):
      FailurePlace(
        at: (effect.endedAt ?? effect.createdAt).milliseconds, kind: "effect", id: effect.id.rawValue)
    case .loop(let loop, _):
      FailurePlace(at: loop.stateSince.milliseconds, kind: "loop", id: loop.id.rawValue)
    }
  }
}

extension Store {
  /// Failed runs, refused writes and blocked loops, newest first.
  ///
  /// - Parameter last: only what comes after this place; nil from the newest on.
  func failures(before last: FailurePlace?, limit: Int) async throws -> [FailureRecord] {
    try await database.read { db in
      let rows = try Row.fetchAll(
        db,
        sql: """
          SELECT kind, id FROM (
            SELECT 'run' AS kind, id, coalesce(endedAt, startedAt) AS at FROM run WHERE state = 'failed'
            UNION ALL
            SELECT 'effect', id, coalesce(endedAt, createdAt) FROM effect WHERE state = 'refused'
            UNION ALL
            SELECT 'loop', id, stateSince FROM loop WHERE state = 'blocked'
          )
          WHERE :at IS NULL OR (at, kind, id) < (:at, :kind, :id)
          ORDER BY at DESC, kind DESC, id DESC LIMIT :limit
          """,
        arguments: ["at": last?.at, "kind": last?.kind, "id": last?.id, "limit": limit])
      var found: [String: FailureRecord] = [:]
      for run in try Self.all(
        of: "run", in: rows, sql: "SELECT \(Self.runColumns) FROM run WHERE id", db, as: Self.run)
      {
        found["run \(run.id.rawValue)"] = .run(run)
      }
      for effect in try Self.all(
        of: "effect", in: rows, sql: "SELECT \(Self.effectColumns) FROM effect WHERE id", db, as: Self.effect)
      {
        found["effect \(effect.id.rawValue)"] = .effect(effect)
      }
      let loops = try Self.all(of: "loop", in: rows, sql: "SELECT \(Self.loopColumns) WHERE loop.id", db) {
        row in
        FailureRecord.loop(try Self.loop(row), message: row["stateMessage"])
      }
      for loop in loops { found["loop \(loop.loopID.rawValue)"] = loop }
      return rows.compactMap { row in found["\(row["kind"] as String) \(row["id"] as Int64)"] }
    }
  }

  /// What the failures of one kind point at.
  private static func all<Value>(
    of kind: String, in failures: [Row], sql: String, _ db: Database, as transform: (Row) throws -> Value?
  ) throws -> [Value] {
    let ids = failures.filter { ($0["kind"] as String) == kind }.map { $0["id"] as Int64 }
    guard !ids.isEmpty else { return [] }
    return try Row.fetchAll(
      db, sql: sql + " IN (SELECT value FROM json_each(:ids))",
      arguments: ["ids": try JSONColumn.encode(ids)], as: transform)
  }
}
