import GRDB

/// What operators do to a loop.
extension Store {
  /// Gives a blocked or waiting loop a fresh start: counters, rounds, stop reason, delay and an open question are
  /// cleared, reviews that left the decision to a person are set aside, waits for checks begin anew, and vendors that
  /// are limited or down are tried once more. All in one transaction: no run begins in between.
  ///
  /// - Parameter isLetGo: whether a pause ends; else it stays.
  /// - Throws: `conflict` when the loop has ended, or is at work and was to be let go.
  func retry(_ id: Loop.ID, lettingGo isLetGo: Bool = false, at now: Timestamp) async throws {
    try await database.write { db in
      if isLetGo { try Self.letGo(id, at: now, db) }
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
            threadFixes = 0, specRounds = 0, codeRounds = 0, retryAt = NULL, stopReason = NULL, stopMessage = ''
          WHERE id = :id AND state <> 'done'
          """, "retried by the operator", at: now, db)
      try Self.hurryGates(at: now, db)
    }
  }

  /// Ends a loop on the operator's word. Its live run must have been stopped.
  ///
  /// - Throws: `conflict` when it has ended; ``StaleWrite`` when a run of it is live, which would go on without it.
  func cancelLoop(_ id: Loop.ID, policy: FlowPolicy, at now: Timestamp) async throws {
    try await database.write { db in
      guard
        let row = try Row.fetchOne(
          db, sql: "SELECT \(Self.loopColumns) WHERE loop.id = :id AND loop.state <> 'done'",
          arguments: ["id": id.rawValue])
      else { throw LooperError(.conflict, "\(id.handle) has ended already") }
      try Self.requireIdle(id, db)
      // Best effort: where what is recorded of it cannot be read, it ends without a word on GitHub.
      guard let facts = try? Self.facts(row, db) else {
        let loop = try Self.loop(row)
        try Self.end(loop, .cancelled, at: now, db)
        return try Self.takeOrderBack(of: loop, at: now, db)
      }
      try Self.finish(.cancelled, facts, policy, at: now, db)
    }
  }

  /// Records what only a person can get a loop past, unless there is such a thing already.
  func stop(_ id: Loop.ID, _ stop: LoopFacts.Stop) async throws {
    try await database.write { db in
      try db.execute(
        sql: """
          UPDATE loop SET stopReason = :reason, stopMessage = :message
          WHERE id = :id AND state <> 'done' AND stopReason IS NULL
          """, arguments: ["reason": stop.reason.rawValue, "message": stop.message, "id": id.rawValue])
      if db.changesCount == 1 { try Self.touch(id, db) }
    }
  }

  /// Blocks a loop that cannot be decided, because what is recorded of it cannot be read. It is not decided again before
  /// something changes.
  func blockUnreadable(_ id: Loop.ID, because message: String, at now: Timestamp) async throws {
    try await database.write { db in
      try db.execute(
        sql: """
          UPDATE loop SET evaluatedSeq = changeSeq, wakeAt = NULL,
            stopMessage = CASE WHEN stopReason IS NULL THEN :message ELSE stopMessage END,
            stopReason = coalesce(stopReason, 'permanent')
          WHERE id = :id AND state <> 'done'
          """, arguments: ["message": message, "id": id.rawValue])
      guard db.changesCount == 1, let loop = try Self.loop(id, db) else { return }
      switch loop.state {
      // Its end is decided when it comes.
      case .running, .blocked, .done: return
      case .queued, .waiting: break
      }
      try Self.cancelItem(of: id, db)
      try Self.setState(of: id, to: .blocked(.permanent), message: message, at: now, db)
      try Self.append(
        EventDraft(.loopBlocked, "needs a human: permanent: \(message)", loopID: id), at: now, db)
    }
  }

  private static func letGo(_ id: Loop.ID, at now: Timestamp, _ db: Database) throws {
    guard let loop = try loop(id, db), loop.state != .running else {
      throw LooperError(
        .conflict, "\(id.handle) is at work; stop its run first: looper pause \(id.handle)")
    }
    let isPaused = try Bool.fetchOne(
      db, sql: "SELECT isPaused FROM loop WHERE id = :id", arguments: ["id": id.rawValue])
    if isPaused == true { try unfence(id, saying: "resumed", at: now, db) }
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
