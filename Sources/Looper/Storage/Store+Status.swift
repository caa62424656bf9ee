import GRDB

/// What lists show of a loop besides its row.
struct LoopExtras: Equatable, Sendable {
  /// Including sessions under way; nil when no session told.
  var costUSD: Double?
  var findingsOpen = 0
  /// The run under way.
  var run: Run.ID?
  /// When its queued item may be claimed.
  var dueAt: Timestamp?
  /// Why it is blocked, as the coordinator put it.
  var message = ""
}

/// What lists show of a run besides its row.
struct RunExtras: Equatable, Sendable {
  /// The stage begun or finished last.
  var stage: String?
  /// What its agent reported last.
  var progress: String?
  var usage = Usage.unknown
}

/// Reads for lists and the status, a fixed number of queries per shown row.
extension Store {
  func extras(ofLoops ids: [Loop.ID]) async throws -> [Loop.ID: LoopExtras] {
    try await database.read { db in
      try Dictionary(uniqueKeysWithValues: Set(ids).map { ($0, try Self.extras(of: $0, db)) })
    }
  }

  func extras(ofRuns runs: [Run]) async throws -> [Run.ID: RunExtras] {
    try await database.read { db in
      try Dictionary(uniqueKeysWithValues: runs.map { ($0.id, try Self.extras(of: $0, db)) })
    }
  }

  /// The loops with these ids, ended ones too.
  func loops(_ ids: [Loop.ID]) async throws -> [Loop.ID: Loop] {
    try await database.read { db in
      try Set(ids).reduce(into: [:]) { loops, id in loops[id] = try Self.loop(id, db) }
    }
  }

  /// Live loops newest first, for lists.
  func liveLoops(project: Project.ID?, before: Int64, limit: Int) async throws -> [Loop] {
    try await database.read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT \(Self.loopColumns)
          WHERE loop.id < :before AND loop.state <> 'done' AND (:project IS NULL OR loop.projectID = :project)
          ORDER BY loop.id DESC LIMIT :limit
          """, arguments: ["before": before, "project": project?.rawValue, "limit": limit]
      ).map(Self.loop)
    }
  }

  static func extras(of id: Loop.ID, _ db: Database) throws -> LoopExtras {
    let row = try Row.fetchOne(
      db,
      sql: """
        SELECT stateMessage,
          (SELECT sum(costUSD) FROM session WHERE loopID = :id) AS cost,
          (SELECT count(*) FROM finding WHERE loopID = :id AND state = 'open' AND severity <> 'nit') AS open,
          (SELECT id FROM run WHERE loopID = :id AND state = 'running') AS run,
          (SELECT dueAt FROM queueItem WHERE loopID = :id AND state = 'queued') AS dueAt
        FROM loop WHERE id = :id
        """, arguments: ["id": id.rawValue])
    guard let row else { return LoopExtras() }
    return LoopExtras(
      costUSD: row["cost"], findingsOpen: row["open"], run: (row["run"] as Int64?).map { Run.ID($0) },
      dueAt: (row["dueAt"] as Int64?).map { Timestamp(milliseconds: $0) }, message: row["stateMessage"])
  }

  static func extras(of run: Run, _ db: Database) throws -> RunExtras {
    let row = try Row.fetchOne(
      db,
      sql: """
        SELECT sum(inputTokens) AS input, sum(outputTokens) AS output, sum(costUSD) AS cost FROM session
        WHERE runID = :id
        """, arguments: ["id": run.id.rawValue])
    var extras = RunExtras()
    extras.usage = Usage(inputTokens: row?["input"], outputTokens: row?["output"], costUSD: row?["cost"])
    guard run.state == .running else { return extras }
    extras.stage = try String.fetchOne(
      db, sql: "SELECT name FROM stage WHERE runID = :id ORDER BY ordinal DESC LIMIT 1",
      arguments: ["id": run.id.rawValue])
    extras.progress = try String.fetchOne(
      db,
      sql: """
        SELECT message FROM event WHERE loopID = :loop AND runID = :id AND kind = 'agent.progress'
        ORDER BY sequence DESC LIMIT 1
        """, arguments: ["loop": run.loopID.rawValue, "id": run.id.rawValue])
    return extras
  }
}
