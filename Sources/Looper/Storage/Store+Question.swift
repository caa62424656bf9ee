import GRDB

extension Store {
  /// Answers a loop's open question; the job that asked is done again with the answer.
  ///
  /// - Parameter author: a GitHub login, `operator`, or `deadline`.
  /// - Throws: `conflict` when nothing is asked, or nobody waits for the answer any more.
  func answerQuestion(of id: Loop.ID, with answer: String, by author: String, at now: Timestamp) async throws
  {
    try await database.write { try Self.answerQuestion(of: id, with: answer, by: author, at: now, $0) }
  }

  static func answerQuestion(
    of id: Loop.ID, with answer: String, by author: String, at now: Timestamp, _ db: Database
  ) throws {
    try db.execute(
      sql: """
        UPDATE question SET answer = :answer, answeredBy = :by, answeredAt = :now
        WHERE loopID = :id AND answeredAt IS NULL
          AND EXISTS (SELECT 1 FROM loop WHERE loop.id = :id AND loop.state <> 'done')
        """,
      arguments: ["answer": answer, "by": author, "now": now.milliseconds, "id": id.rawValue])
    guard db.changesCount == 1 else {
      throw LooperError(.conflict, "\(id.handle) asks nothing; see looper why \(id.handle)")
    }
    try touch(id, db)
    try append(EventDraft(.questionAnswered, "answered by \(author)", loopID: id), at: now, db)
  }

  static func openQuestion(of id: Loop.ID, _ db: Database) throws -> PendingQuestion? {
    try Row.fetchOne(
      db,
      sql:
        "SELECT runID, askedAt, deadlineAt, defaultOption FROM question WHERE loopID = :id AND answeredAt IS NULL",
      arguments: ["id": id.rawValue]
    ).map { row in
      PendingQuestion(
        askedAt: Timestamp(milliseconds: row["askedAt"]),
        postedID: try posting(ofQuestionBy: row["runID"], db),
        deadlineAt: (row["deadlineAt"] as Int64?).map { Timestamp(milliseconds: $0) },
        defaultOption: row["defaultOption"])
    }
  }

  /// GitHub's id of the comment that asks; the highest there can be while it is on its way, for nothing replies to it yet.
  private static func posting(ofQuestionBy run: Int64, _ db: Database) throws -> Int64? {
    guard
      let row = try Row.fetchOne(
        db,
        sql: """
          SELECT state, receiptJSON FROM effect WHERE runID = :run AND kind = 'comment' AND key LIKE '%/question/%'
          ORDER BY id DESC LIMIT 1
          """, arguments: ["run": run]),
      let state = Effect.State(rawValue: row["state"])
    else { return nil }
    switch state {
    case .pending, .sending: return Int64.max
    case .done:
      let receipt = try JSONColumn.decodeIfPresent(Receipt.self, from: row["receiptJSON"] as String?)
      return receipt?.remoteID.flatMap { Int64($0) }
    case .refused, .cancelled: return nil
    }
  }

  static func answers(of id: Loop.ID, _ db: Database) throws -> [AnsweredQuestion] {
    try Row.fetchAll(
      db,
      sql: """
        SELECT text, answer, answeredBy FROM question
        WHERE loopID = :id AND answeredAt IS NOT NULL AND answer <> '' ORDER BY id
        """, arguments: ["id": id.rawValue]
    ).map { AnsweredQuestion(question: $0["text"], answer: $0["answer"], by: $0["answeredBy"]) }
  }

  /// See ``LoopFacts/defaultAnswers``.
  static func defaultAnswers(of id: Loop.ID, _ db: Database) throws -> Int {
    try Int.fetchOne(
      db,
      sql: """
        SELECT count(*) FROM question WHERE loopID = :id AND answeredBy = 'deadline'
          AND answeredAt > coalesce((SELECT retriedAt FROM loop WHERE loop.id = :id), 0)
          AND id > coalesce(
            (SELECT max(id) FROM question WHERE loopID = :id AND answeredBy <> 'deadline'), 0)
        """, arguments: ["id": id.rawValue]) ?? 0
  }

  /// Gives a loop to a person, or takes it back; while it is theirs nothing automatic happens. What they did is looked at
  /// before anything is decided. The fence of the takeover goes, and a pause that somebody asked for stays, whether it came
  /// before or meanwhile. One that ended while it was theirs keeps its worktree until then.
  ///
  /// - Parameter what: the sentence of the event.
  /// - Throws: ``StaleWrite`` when a run of it is live: two would be in one tree.
  func setTakenOver(
    _ isTakenOver: Bool, _ id: Loop.ID, saying what: String? = nil, at now: Timestamp
  ) async throws {
    try await database.write { db in
      if isTakenOver {
        try Self.requireIdle(id, db)
        try Self.cancelItem(of: id, db)
      }
      try db.execute(
        sql: """
          UPDATE loop SET isTakenOver = :value,
            isPaused = CASE WHEN :value AND stopFor IS 'takeover' THEN 0 ELSE isPaused END,
            stopFor = CASE WHEN stopFor = 'pause-all' THEN stopFor END,
            wroteAt = CASE WHEN :value THEN wroteAt ELSE :now END
          WHERE id = :id AND (state <> 'done' OR NOT :value) AND isTakenOver <> :value
          """,
        arguments: ["value": isTakenOver, "now": now.milliseconds, "id": id.rawValue])
      guard db.changesCount == 1, let loop = try Self.loop(id, db) else {
        throw LooperError(
          .conflict, isTakenOver ? "\(id.handle) is taken over already" : "\(id.handle) is not taken over")
      }
      if loop.state.isDone {
        // Its worktree is nobody's any more, which the reaper hears of.
        try db.execute(
          sql: "UPDATE worktree SET updatedAt = :now WHERE loopID = :id",
          arguments: ["now": now.milliseconds, "id": id.rawValue])
      } else if loop.state != .running {
        let state: LoopState = .waiting(
          isTakenOver ? .takeover : .observation, wakeAt: isTakenOver ? nil : now)
        try Self.setState(of: id, to: state, at: now, db)
      }
      try Self.touch(id, db)
      let usual = isTakenOver ? "taken over by a person" : "handed back"
      try Self.append(EventDraft(.loopControl, what ?? usual, loopID: id), at: now, db)
    }
  }

  /// - Throws: ``StaleWrite`` when a run of the loop is live.
  static func requireIdle(_ id: Loop.ID, _ db: Database) throws {
    let run = try Int64.fetchOne(
      db, sql: "SELECT id FROM run WHERE loopID = :id AND state = 'running'", arguments: ["id": id.rawValue])
    if let run { throw StaleWrite(row: "run \(Run.ID(run))") }
  }
}
