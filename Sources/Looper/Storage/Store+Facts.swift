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
      facts.spent = try Self.spending(ofLoop: id, at: now, db)
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
    let observation = readableObservation(look)
    let wroteAt: Int64 = row["wroteAt"]
    let stop: BlockReason? = (row["stopReason"] as String?).flatMap(BlockReason.init(rawValue:))
    var facts = LoopFacts(
      loop: loop, isPaused: row["isPaused"], isTakenOver: row["isTakenOver"],
      isCancelDue: (row["stopFor"] as String?) == StopPurpose.cancelDue.rawValue,
      stop: stop.map { LoopFacts.Stop(reason: $0, message: row["stopMessage"]) },
      retryAt: (row["retryAt"] as Int64?).map { Timestamp(milliseconds: $0) }, observation: observation,
      observedAt: observation == nil ? nil : (look?["at"] as Int64?).map { Timestamp(milliseconds: $0) },
      wroteAt: wroteAt == 0 ? nil : Timestamp(milliseconds: wroteAt),
      retriedAt: (row["retriedAt"] as Int64?).map { Timestamp(milliseconds: $0) },
      headSeenAt: (row["headSince"] as Int64?).map { Timestamp(milliseconds: $0) },
      checksSince: (row["checksSince"] as Int64?).map { Timestamp(milliseconds: $0) },
      openEffects: try Int.fetchOne(
        db,
        sql: """
          SELECT count(*) FROM effect
          WHERE loopID = :id AND state IN ('pending', 'sending') AND isMaterial = 1
          """, arguments: arguments) ?? 0,
      reviews: try reviews(of: loop.id, db), findings: try findings(of: loop.id, observation, db),
      question: try openQuestion(of: loop.id, db), answers: try answers(of: loop.id, db),
      defaultAnswers: try defaultAnswers(of: loop.id, db),
      checkRecords: try checkRecords(of: loop.id, db), checkFixesAt: try checkFixes(of: loop.id, db),
      protectedPaths: try protectedPaths(of: loop.id, db), mergeSize: try mergeSize(of: loop.id, db),
      spent: [.loop: try spending(ofLoop: loop.id, db)])
    if loop.pullNumber != nil { try readConversation(into: &facts, db) }
    try readOptionalWrites(into: &facts, db)
    return facts
  }

  static func reviews(of id: Loop.ID, _ db: Database) throws -> [Review] {
    try Row.fetchAll(
      db,
      sql: "SELECT phase, headSHA, round, verdict, summary, at FROM review WHERE loopID = :id ORDER BY id",
      arguments: ["id": id.rawValue]
    ) { row in
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
        SELECT id, phase, round, headSHA, draftJSON, state, explanation, declines, isSettled FROM finding
        WHERE loopID = :id ORDER BY id
        """, arguments: ["id": id.rawValue]
    ) { row in
      guard let phase = Phase(rawValue: row["phase"]), let head = CommitSHA(rawValue: row["headSHA"]),
        let state = Finding.State(rawValue: row["state"])
      else { return nil }
      var finding = Finding(
        id: Finding.ID(row["id"]), phase: phase, round: row["round"],
        draft: try JSONColumn.decode(FindingDraft.self, from: row["draftJSON"] as String), headSHA: head,
        state: state, explanation: row["explanation"], threadID: nil, declines: row["declines"],
        isSettled: row["isSettled"])
      finding.threadID = FindingThreads.thread(of: finding, in: observation?.pull)?.id
      return finding
    }
  }
}
