import GRDB

extension Store {
  /// Ends a run: run, queue item, loop and event in one transaction; written once.
  ///
  /// - Parameters:
  ///   - ending: what the pipeline concluded.
  ///   - unit: random, 0 to 1, for the delay's jitter.
  ///   - hasSubstitute: whether another vendor may do the loop's work; then a limit of this one delays nothing.
  /// - Throws: ``StaleWrite`` when the run has ended already.
  func endRun(
    _ run: Run, with ending: RunEnding, unit: Double, policy: FlowPolicy,
    hasSubstitute: @escaping @Sendable (Loop) -> Bool = { _ in false }, at now: Timestamp
  ) async throws {
    let failure: Failure? = if case .failed(let failure) = ending.state { failure } else { nil }
    let failureJSON = try failure.map(JSONColumn.encode)
    try await database.write { db in
      try db.execute(
        sql: """
          UPDATE run SET state = :state, message = :message, failureJSON = :failure, endedAt = :now
          WHERE id = :id AND state = 'running'
          """,
        arguments: [
          "state": ending.state.code, "message": ending.state.message, "failure": failureJSON,
          "now": now.milliseconds, "id": run.id.rawValue,
        ])
      guard db.changesCount == 1 else { throw StaleWrite(row: "run \(run.id)") }
      try db.execute(
        sql: "UPDATE queueItem SET state = 'done' WHERE id = :id AND state = 'claimed'",
        arguments: ["id": run.itemID.rawValue])
      try db.execute(
        sql: "UPDATE effect SET state = 'cancelled', endedAt = :now WHERE runID = :run AND state = 'pending'",
        arguments: ["now": now.milliseconds, "run": run.id.rawValue])
      guard let loop = try Self.loop(run.loopID, db) else { throw StaleWrite(row: "loop \(run.loopID)") }
      try Self.count(ending, of: run, in: loop, unit: unit, at: now, db)
      if case .usageLimited? = failure?.kind, hasSubstitute(loop) {
        try db.execute(
          sql: "UPDATE loop SET retryAt = NULL WHERE id = :id", arguments: ["id": loop.id.rawValue])
      }
      try Self.tellGate(of: run.vendor, .ended(run.id), at: now, db)
      if let phase = ending.phase { try Self.setPhase(of: loop.id, to: phase, at: now, db) }
      if loop.state == .running {
        try Self.setState(of: loop.id, to: .waiting(.observation, wakeAt: now), at: now, db)
      }
      try Self.touch(loop.id, db)
      try Self.append(
        EventDraft(
          .runEnded, "\(run.job.code) \(ending.state.code): \(ending.state.message)", loopID: loop.id,
          runID: run.id),
        at: now, db)
      if let row = try Row.fetchOne(
        db, sql: "SELECT \(Self.loopColumns) WHERE loop.id = :id", arguments: ["id": loop.id.rawValue]),
        case .succeeded = ending.state, !loop.state.isDone,
        // Best effort: a run ends also when what is recorded of its loop cannot be read; the scheduler blocks it then.
        let facts = try? Self.facts(row, db)
      {
        try Self.tell(facts, .running, policy, at: now, db)
      }
    }
  }

  /// Runs in a row that the world overtook before a person is asked.
  static let supersededMax = 10

  /// What a run's end does to the subject's counters and to when it may run next.
  private static func count(
    _ ending: RunEnding, of run: Run, in loop: Loop, unit: Double, at now: Timestamp, _ db: Database
  ) throws {
    var counters = loop.counters
    var retryAt: Timestamp?
    var stop = ending.stop
    switch ending.state {
    case .succeeded:
      counters.agentFailures = 0
      counters.infrastructureFailures = 0
      if run.job == .fixChecks { counters.checkFixes += 1 }
      if run.job == .fixConflict { counters.conflictFixes += 1 }
      if run.job == .implement || run.job == .fixThreads {
        (counters.checkFixes, counters.conflictFixes) = (0, 0)
      }
    case .failed(let failure):
      stop = stop ?? blocking(failure)
      if failure.kind == .agent { counters.agentFailures += 1 } else { counters.infrastructureFailures += 1 }
      let row = failure.kind == .agent ? counters.agentFailures : counters.infrastructureFailures
      retryAt = RetryPolicy.next(after: failure.kind, count: row, unit: unit, at: now)
    case .superseded:
      counters.infrastructureFailures += 1
      if counters.infrastructureFailures >= supersededMax {
        stop = .init(
          reason: .conflict, message: "superseded \(supersededMax) times in a row: \(ending.state.message)")
      }
      if counters.infrastructureFailures > 2 {
        retryAt = RetryPolicy.next(
          after: .conflict, count: counters.infrastructureFailures, unit: unit, at: now)
      }
    case .running, .cancelled, .interrupted: break
    }
    try db.execute(
      sql: """
        UPDATE loop SET agentFailures = :agent, infrastructureFailures = :infrastructure, checkFixes = :checkFixes,
          conflictFixes = :conflictFixes, retryAt = :retryAt, stopReason = coalesce(stopReason, :stop),
          stopMessage = CASE WHEN stopReason IS NOT NULL OR :stop IS NULL THEN stopMessage ELSE :message END
        WHERE id = :id
        """,
      arguments: [
        "agent": counters.agentFailures, "infrastructure": counters.infrastructureFailures,
        "checkFixes": counters.checkFixes, "conflictFixes": counters.conflictFixes,
        "retryAt": retryAt?.milliseconds, "stop": stop?.reason.rawValue,
        "message": stop?.message ?? "", "id": loop.id.rawValue,
      ])
  }

  /// Failures that only a person gets past.
  private static func blocking(_ failure: Failure) -> LoopFacts.Stop? {
    switch failure.kind {
    case .permanent, .bug: .init(reason: .permanent, message: failure.message)
    case .needsHuman: .init(reason: .needsHuman, message: failure.message)
    case .transient, .rateLimited, .usageLimited, .conflict, .agent: nil
    }
  }
}
