import GRDB

extension Store {
  /// Answers a loop's open question; the job that asked is done again with the answer.
  ///
  /// - Parameter author: a GitHub login, `operator`, or `deadline`.
  /// - Throws: `conflict` when nothing is asked.
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
        "SELECT askedAt, deadlineAt, defaultOption FROM question WHERE loopID = :id AND answeredAt IS NULL",
      arguments: ["id": id.rawValue]
    ).map { row in
      PendingQuestion(
        askedAt: Timestamp(milliseconds: row["askedAt"]),
        deadlineAt: (row["deadlineAt"] as Int64?).map { Timestamp(milliseconds: $0) },
        defaultOption: row["defaultOption"])
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

  /// Gives a loop to a person, or takes it back; while it is theirs nothing automatic happens.
  func setTakenOver(_ isTakenOver: Bool, _ id: Loop.ID, at now: Timestamp) async throws {
    try await database.write { db in
      try db.execute(
        sql: """
          UPDATE loop SET isTakenOver = :value, isPaused = 0 WHERE id = :id AND state <> 'done' AND isTakenOver <> :value
          """, arguments: ["value": isTakenOver, "id": id.rawValue])
      guard db.changesCount == 1, let loop = try Self.loop(id, db) else {
        throw LooperError(
          .conflict, isTakenOver ? "\(id.handle) is taken over already" : "\(id.handle) is not taken over")
      }
      if loop.state != .running {
        let state: LoopState = .waiting(
          isTakenOver ? .takeover : .observation, wakeAt: isTakenOver ? nil : now)
        try Self.setState(of: id, to: state, at: now, db)
      }
      try Self.touch(id, db)
      let what = isTakenOver ? "taken over by a person" : "handed back"
      try Self.append(EventDraft(.loopControl, what, loopID: id), at: now, db)
    }
  }
}
