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
  var spent = Spending()
}

/// Reads for lists and the status: a fixed number of queries however many rows are shown.
extension Store {
  func extras(ofLoops ids: [Loop.ID]) async throws -> [Loop.ID: LoopExtras] {
    try await database.read { try Self.extras(of: ids, $0) }
  }

  /// Who asks for changes on the pull requests of these loops; those whom nobody asks are left out.
  func objections(ofLoops ids: [Loop.ID]) async throws -> [Loop.ID: String] {
    guard !ids.isEmpty else { return [:] }
    let list = try JSONColumn.encode(ids.map(\.rawValue))
    return try await database.read { db in
      // Only what names such a review is decoded: there may be thousands of loops.
      try Row.fetchAll(
        db,
        sql: """
          SELECT loopID, bodyJSON FROM observation
          WHERE loopID IN (SELECT value FROM json_each(:ids)) AND instr(bodyJSON, :review) > 0
          """,
        arguments: ["ids": list, "review": ReviewSnapshot.State.changesRequested.rawValue]
      ).reduce(into: [:]) { objections, row in
        objections[Loop.ID(row["loopID"])] = Self.readableObservation(row)?.pull?.standingObjection
      }
    }
  }

  func extras(ofRuns runs: [Run]) async throws -> [Run.ID: RunExtras] {
    try await database.read { db in
      let spent = try Self.spending(ofRuns: runs.map(\.id), db)
      return try runs.reduce(into: [:]) { extras, run in
        extras[run.id] = try Self.extras(of: run, spent: spent[run.id] ?? Spending(), db)
      }
    }
  }

  /// The loops with these ids, ended ones too.
  func loops(_ ids: [Loop.ID]) async throws -> [Loop.ID: Loop] {
    let list = try JSONColumn.encode(Set(ids).map(\.rawValue))
    return try await database.read { db in
      try Row.fetchAll(
        db, sql: "SELECT \(Self.loopColumns) WHERE loop.id IN (SELECT value FROM json_each(:ids))",
        arguments: ["ids": list]
      ).reduce(into: [:]) { loops, row in
        let loop = try Self.loop(row)
        loops[loop.id] = loop
      }
    }
  }

  /// How many live loops each project has.
  func liveLoopCounts() async throws -> [Project.ID: Int] {
    try await database.read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT projectID, count(*) AS loops FROM loop
          WHERE state IN ('queued', 'running', 'waiting', 'blocked') GROUP BY projectID
          """
      ).reduce(into: [:]) { counts, row in counts[Project.ID(row["projectID"])] = row["loops"] }
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
          """, arguments: ["before": before, "project": project?.rawValue, "limit": limit], as: Self.loop)
    }
  }

  static func extras(of id: Loop.ID, _ db: Database) throws -> LoopExtras {
    try extras(of: [id], db)[id] ?? LoopExtras()
  }

  private static func extras(of ids: [Loop.ID], _ db: Database) throws -> [Loop.ID: LoopExtras] {
    let rows = try Row.fetchAll(
      db,
      sql: """
        SELECT loop.id, stateMessage,
          (SELECT sum(costUSD) FROM session WHERE loopID = loop.id) AS cost,
          (SELECT count(*) FROM finding WHERE loopID = loop.id AND state = 'open' AND severity <> 'nit') AS open,
          (SELECT id FROM run WHERE loopID = loop.id AND state = 'running') AS run,
          (SELECT dueAt FROM queueItem
            WHERE loopID = loop.id AND state IN ('queued', 'claimed') AND state = 'queued') AS dueAt
        FROM loop WHERE loop.id IN (SELECT value FROM json_each(:ids))
        """, arguments: ["ids": try JSONColumn.encode(Set(ids).map(\.rawValue))])
    return rows.reduce(into: [:]) { extras, row in
      extras[Loop.ID(row["id"])] = LoopExtras(
        costUSD: row["cost"], findingsOpen: row["open"], run: (row["run"] as Int64?).map { Run.ID($0) },
        dueAt: (row["dueAt"] as Int64?).map { Timestamp(milliseconds: $0) }, message: row["stateMessage"])
    }
  }

  static func extras(of run: Run, _ db: Database) throws -> RunExtras {
    try extras(of: run, spent: try spending(ofRuns: [run.id], db)[run.id] ?? Spending(), db)
  }

  private static func spending(ofRuns ids: [Run.ID], _ db: Database) throws -> [Run.ID: Spending] {
    try Row.fetchAll(
      db,
      sql: """
        SELECT runID, sum(inputTokens) AS input, sum(outputTokens) AS output, sum(costUSD) AS cost,
          sum(activeMilliseconds) AS time, count(*) FILTER (WHERE endedAt IS NULL) AS sessions
        FROM session WHERE runID IN (SELECT value FROM json_each(:ids)) GROUP BY runID
        """, arguments: ["ids": try JSONColumn.encode(ids.map(\.rawValue))]
    ).reduce(into: [:]) { spent, row in spent[Run.ID(row["runID"])] = Spending(row) }
  }

  private static func extras(of run: Run, spent: Spending, _ db: Database) throws -> RunExtras {
    var extras = RunExtras()
    extras.spent = spent
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
