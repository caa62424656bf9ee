import GRDB

/// A loop's facts with the marks that make the decision's write compare-and-set.
struct EvaluationInput: Sendable {
  var facts: LoopFacts
  /// The loop's change mark that the evaluation covers.
  var changeSeq: Int64
  var liveRun: Run.ID?
}

extension Store {
  /// Everything the coordinator decides on, in one read.
  func evaluationInput(of id: Loop.ID, at now: Timestamp) async throws -> EvaluationInput? {
    try await database.read { db in
      guard
        let row = try Row.fetchOne(
          db, sql: "SELECT \(Self.loopColumns) WHERE loop.id = :id", arguments: ["id": id.rawValue])
      else { return nil }
      let live = try Int64.fetchOne(
        db, sql: "SELECT id FROM run WHERE loopID = :id AND state = 'running'", arguments: ["id": id.rawValue]
      )
      var facts = try Self.facts(row, db)
      (facts.projectDayCost, facts.dayCost) = try Self.cost(
        since: now.midnight, project: facts.loop.projectID, db)
      return EvaluationInput(
        facts: facts, changeSeq: row["changeSeq"], liveRun: live.map { Run.ID($0) })
    }
  }

  func facts(of id: Loop.ID) async throws -> LoopFacts? {
    try await database.read { db in
      try Row.fetchOne(
        db, sql: "SELECT \(Self.loopColumns) WHERE loop.id = :id", arguments: ["id": id.rawValue]
      ).map { try Self.facts($0, db) }
    }
  }

  static func facts(_ row: Row, _ db: Database) throws -> LoopFacts {
    let loop = try loop(row)
    let arguments: StatementArguments = ["id": loop.id.rawValue]
    let look = try Row.fetchOne(
      db, sql: "SELECT at, bodyJSON FROM observation WHERE loopID = :id", arguments: arguments)
    let observation = try JSONColumn.decodeIfPresent(Observation.self, from: look?["bodyJSON"] as String?)
    let wroteAt: Int64 = row["wroteAt"]
    let stop: BlockReason? = (row["stopReason"] as String?).flatMap(BlockReason.init(rawValue:))
    return LoopFacts(
      loop: loop, isPaused: row["isPaused"], isTakenOver: row["isTakenOver"],
      stop: stop.map { LoopFacts.Stop(reason: $0, message: row["stopMessage"]) },
      retryAt: (row["retryAt"] as Int64?).map { Timestamp(milliseconds: $0) }, observation: observation,
      observedAt: (look?["at"] as Int64?).map { Timestamp(milliseconds: $0) },
      wroteAt: wroteAt == 0 ? nil : Timestamp(milliseconds: wroteAt),
      openEffects: try Int.fetchOne(
        db,
        sql: """
          SELECT count(*) FROM effect
          WHERE loopID = :id AND state IN ('pending', 'sending') AND isMaterial = 1
          """, arguments: arguments) ?? 0,
      reviews: try reviews(of: loop.id, db), findings: try findings(of: loop.id, observation, db),
      question: try openQuestion(of: loop.id, db), answers: try answers(of: loop.id, db),
      fixedAt: try Int64.fetchOne(
        db,
        sql:
          "SELECT max(startedAt) FROM run WHERE loopID = :id AND state = 'succeeded' AND job = 'fix-threads'",
        arguments: arguments
      ).map { Timestamp(milliseconds: $0) },
      usage: try usage(ofLoop: loop.id, db), agentTime: try agentTime(ofLoop: loop.id, db))
  }

  static func reviews(of id: Loop.ID, _ db: Database) throws -> [Review] {
    try Row.fetchAll(
      db,
      sql: "SELECT phase, headSHA, round, verdict, summary, at FROM review WHERE loopID = :id ORDER BY id",
      arguments: ["id": id.rawValue]
    ).compactMap { row in
      guard let phase = Phase(rawValue: row["phase"]), let head = CommitSHA(rawValue: row["headSHA"]),
        let verdict = Verdict(rawValue: row["verdict"])
      else { return nil }
      return Review(
        phase: phase, headSHA: head, round: row["round"], verdict: verdict, summary: row["summary"],
        at: Timestamp(milliseconds: row["at"]))
    }
  }

  static func findings(of id: Loop.ID, _ observation: Observation?, _ db: Database) throws -> [Finding] {
    try Row.fetchAll(
      db,
      sql: """
        SELECT id, phase, round, headSHA, draftJSON, state, explanation FROM finding WHERE loopID = :id ORDER BY id
        """, arguments: ["id": id.rawValue]
    ).compactMap { row in
      guard let phase = Phase(rawValue: row["phase"]), let head = CommitSHA(rawValue: row["headSHA"]),
        let state = Finding.State(rawValue: row["state"])
      else { return nil }
      var finding = Finding(
        id: Finding.ID(row["id"]), phase: phase, round: row["round"],
        draft: try JSONColumn.decode(FindingDraft.self, from: row["draftJSON"] as String), headSHA: head,
        state: state, explanation: row["explanation"], threadID: nil)
      finding.threadID = FindingThreads.thread(of: finding, in: observation?.pull)?.id
      return finding
    }
  }

  private static func agentTime(ofLoop id: Loop.ID, _ db: Database) throws -> Duration {
    let sum = try Int64.fetchOne(
      db,
      sql: "SELECT sum(endedAt - startedAt) FROM session WHERE loopID = :id AND endedAt IS NOT NULL",
      arguments: ["id": id.rawValue])
    return .milliseconds(sum ?? 0)
  }

  /// Known cost since `time`, of one project and of all.
  static func cost(since time: Timestamp, project: Project.ID, _ db: Database) throws -> (
    own: Double, all: Double
  ) {
    let row = try Row.fetchOne(
      db,
      sql: """
        SELECT coalesce(sum(CASE WHEN projectID = :project THEN costUSD END), 0.0) AS own,
          coalesce(sum(costUSD), 0.0) AS everything FROM usage WHERE at >= :since
        """, arguments: ["project": project.rawValue, "since": time.milliseconds])
    return (row?["own"] ?? 0, row?["everything"] ?? 0)
  }

  static func usage(ofLoop id: Loop.ID, _ db: Database) throws -> Usage {
    let row = try Row.fetchOne(
      db,
      sql: """
        SELECT sum(inputTokens) AS input, sum(outputTokens) AS output, sum(costUSD) AS cost FROM usage
        WHERE loopID = :id
        """, arguments: ["id": id.rawValue])
    return Usage(inputTokens: row?["input"], outputTokens: row?["output"], costUSD: row?["cost"])
  }
}
