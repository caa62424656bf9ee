import GRDB

/// A run with everything its stages decide on.
struct RunRecord: Sendable {
  var run: Run
  var nonce: String
  /// Why it was told to stop; nil when it was not.
  var stopRequested: String?
  var facts: LoopFacts
  var project: Project
  var results: [String: StepResult]
  /// Stages that were begun and have no result: a crash was in between.
  var unfinished: Set<String>
  var effects: [Effect]
  var previousFailure: Failure?
  /// The branches of the subject's earlier loops.
  var earlierBranches: [String]
}

extension Store {
  func run(_ id: Run.ID) async throws -> Run? {
    try await database.read { db in
      try Row.fetchOne(
        db, sql: "SELECT \(Self.runColumns) FROM run WHERE id = :id", arguments: ["id": id.rawValue],
        as: Self.run)
    }
  }

  /// Runs newest first, of one loop or of all.
  func runs(ofLoop loop: Loop.ID?, state: String?, before: Int64, limit: Int) async throws -> [Run] {
    // One literal per filter: a condition that may be absent is one that no index serves.
    let condition =
      switch (loop, state) {
      case (nil, nil): ":loop IS NULL AND :state IS NULL"
      case (nil, _?): ":loop IS NULL AND state = :state"
      case (_?, _): "loopID = :loop AND (:state IS NULL OR state = :state)"
      }
    return try await database.read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT \(Self.runColumns) FROM run WHERE id < :before AND \(condition) ORDER BY id DESC LIMIT :limit
          """, arguments: ["before": before, "loop": loop?.rawValue, "state": state, "limit": limit],
        as: Self.run)
    }
  }

  /// Runs that something must be driving.
  func liveRuns() async throws -> [Run] {
    try await database.read { db in
      try Row.fetchAll(
        db, sql: "SELECT \(Self.runColumns) FROM run WHERE state = 'running' ORDER BY id", as: Self.run)
    }
  }

  func record(of id: Run.ID) async throws -> RunRecord? {
    try await database.read { db in
      guard
        let row = try Row.fetchOne(
          db, sql: "SELECT \(Self.runColumns), nonce, stopRequested FROM run WHERE id = :id",
          arguments: ["id": id.rawValue])
      else { return nil }
      let run = try Self.run(row)
      guard
        let loopRow = try Row.fetchOne(
          db, sql: "SELECT \(Self.loopColumns) WHERE loop.id = :id", arguments: ["id": run.loopID.rawValue])
      else { throw StaleWrite(row: "loop \(run.loopID)") }
      let facts = try Self.facts(loopRow, db)
      guard
        let project = try Row.fetchOne(
          db, sql: "SELECT \(Self.projectColumns) FROM project WHERE id = :id",
          arguments: ["id": facts.loop.projectID.rawValue], as: Self.project)
      else { throw StaleWrite(row: "project \(facts.loop.projectID)") }
      var results: [String: StepResult] = [:]
      var unfinished: Set<String> = []
      for stage in try Row.fetchAll(
        db, sql: "SELECT name, state, resultJSON FROM stage WHERE runID = :id", arguments: ["id": id.rawValue]
      ) {
        let name: String = stage["name"]
        if let result = try JSONColumn.decodeIfPresent(StepResult.self, from: stage["resultJSON"] as String?)
        {
          results[name] = result
        } else {
          unfinished.insert(name)
        }
      }
      let previous = try String.fetchOne(
        db,
        sql: """
          SELECT failureJSON FROM run WHERE loopID = :loop AND job = :job AND id < :id AND state = 'failed'
            AND id > coalesce((SELECT max(id) FROM run WHERE loopID = :loop AND state = 'succeeded'), 0)
          ORDER BY id DESC LIMIT 1
          """, arguments: ["loop": run.loopID.rawValue, "job": run.job.code, "id": id.rawValue])
      return RunRecord(
        run: run, nonce: row["nonce"], stopRequested: row["stopRequested"], facts: facts, project: project,
        results: results, unfinished: unfinished, effects: try Self.effects(ofRun: id, db),
        previousFailure: try JSONColumn.decodeIfPresent(Failure.self, from: previous),
        earlierBranches: try Self.branches(before: facts.loop, db))
    }
  }

  /// Asks a live run to stop; the pool sees to it.
  ///
  /// - Returns: false when the run has ended.
  @discardableResult
  func requestStop(of id: Run.ID, reason: String) async throws -> Bool {
    try await database.write { db in
      try db.execute(
        sql:
          "UPDATE run SET stopRequested = coalesce(stopRequested, :reason) WHERE id = :id AND state = 'running'",
        arguments: ["reason": reason, "id": id.rawValue])
      return db.changesCount == 1
    }
  }

  static let runColumns = """
    id, loopID, itemID, job, state, message, failureJSON, vendor, model, extraArgsJSON, generation, configurationHash,
    pipelineVersion, startedAt, endedAt
    """

  static func run(_ row: Row) throws -> Run {
    let id = Run.ID(row["id"])
    guard let job = Job(code: row["job"]), let vendor = Vendor(rawValue: row["vendor"]),
      let state = try runState(row)
    else { throw StaleWrite(row: "run \(id)") }
    return Run(
      id: id, loopID: Loop.ID(row["loopID"]), itemID: QueueItem.ID(row["itemID"]), job: job, state: state,
      vendor: vendor, model: row["model"],
      extraArguments: try JSONColumn.decodeIfPresent([String].self, from: row["extraArgsJSON"] as String?)
        ?? [],
      generation: row["generation"],
      configurationHash: row["configurationHash"], pipelineVersion: row["pipelineVersion"],
      startedAt: Timestamp(milliseconds: row["startedAt"]),
      endedAt: (row["endedAt"] as Int64?).map { Timestamp(milliseconds: $0) })
  }

  private static func runState(_ row: Row) throws -> RunState? {
    let message: String = row["message"]
    switch row["state"] as String {
    case "running": return .running
    case "succeeded": return .succeeded(summary: message)
    case "failed":
      return .failed(
        try JSONColumn.decodeIfPresent(Failure.self, from: row["failureJSON"] as String?)
          ?? Failure(.bug, message))
    case "superseded": return .superseded(reason: message)
    case "cancelled": return .cancelled(reason: message)
    case "interrupted": return .interrupted(reason: message)
    default: return nil
    }
  }
}
