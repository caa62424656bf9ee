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
      // Of one that was stopped after it had decided, the writes go out when the loop is free again.
      if !ending.state.isSuccess { try Self.cancelEffects(of: run.id, at: now, db) }
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
      counters.agentFailures = max(0, counters.agentFailures - (try agentFailuresInARow(before: run, db)))
      counters.infrastructureFailures = 0
      if run.job == .fixChecks { counters.checkFixes += 1 }
      if run.job == .fixConflict { counters.conflictFixes += 1 }
      let outcome = try publication(of: run, db)
      if outcome.hasPushed, run.job == .implement || run.job == .fixThreads {
        (counters.checkFixes, counters.conflictFixes) = (0, 0)
      }
      if run.job == .fixThreads, !outcome.hasPushed, !outcome.hasAsked { counters.threadFixes += 1 }
    case .failed(let failure):
      stop = stop ?? blocking(failure)
      if failure.kind == .agent { counters.agentFailures += 1 } else { counters.infrastructureFailures += 1 }
      let row = failure.kind == .agent ? counters.agentFailures : counters.infrastructureFailures
      retryAt = RetryPolicy.next(after: failure.kind, count: row, unit: unit, at: now)
    case .superseded:
      counters.infrastructureFailures += 1
      // The counter, which an operator's retry clears, bounds what the runs tell.
      let row = min(try supersededInARow(of: loop.id, db), counters.infrastructureFailures)
      if row >= supersededMax {
        stop = .init(reason: .conflict, message: "superseded \(row) times in a row: \(ending.state.message)")
      }
      if row > 2 { retryAt = RetryPolicy.next(after: .conflict, count: row, unit: unit, at: now) }
    case .running, .cancelled, .interrupted: break
    }
    try db.execute(
      sql: """
        UPDATE loop SET agentFailures = :agent, infrastructureFailures = :infrastructure, checkFixes = :checkFixes,
          conflictFixes = :conflictFixes, threadFixes = :threadFixes, retryAt = :retryAt, stopReason = coalesce(stopReason, :stop),
          stopMessage = CASE WHEN stopReason IS NOT NULL OR :stop IS NULL THEN stopMessage ELSE :message END
        WHERE id = :id
        """,
      arguments: [
        "agent": counters.agentFailures, "infrastructure": counters.infrastructureFailures,
        "checkFixes": counters.checkFixes, "conflictFixes": counters.conflictFixes,
        "threadFixes": counters.threadFixes,
        "retryAt": retryAt?.milliseconds, "stop": stop?.reason.rawValue,
        "message": stop?.message ?? "", "id": loop.id.rawValue,
      ])
  }

  /// Whether a run leaves a commit on GitHub, or will when its loop is free again, and whether it asked people something
  /// instead.
  private static func publication(of run: Run, _ db: Database) throws -> (hasPushed: Bool, hasAsked: Bool) {
    let row = try Row.fetchOne(
      db,
      sql: """
        SELECT EXISTS (SELECT 1 FROM effect WHERE runID = :run AND kind = 'push-branch'
            AND state IN ('pending', 'sending', 'done')) AS pushed,
          EXISTS (SELECT 1 FROM question WHERE runID = :run) AS asked
        """, arguments: ["run": run.id.rawValue])
    return (row?["pushed"] ?? false, row?["asked"] ?? false)
  }

  /// How many of the loop's last runs the world overtook, at most ``supersededMax``. A crash or a stop says nothing.
  private static func supersededInARow(of id: Loop.ID, _ db: Database) throws -> Int {
    try String.fetchAll(
      db,
      sql: """
        SELECT state FROM run WHERE loopID = :id AND state IN ('succeeded', 'failed', 'superseded')
        ORDER BY id DESC LIMIT :most
        """, arguments: ["id": id.rawValue, "most": supersededMax]
    ).prefix { $0 == "superseded" }.count
  }

  /// How often the agent failed in this run's role since it last succeeded there: what the run's success makes good. What
  /// another role's agent could not do is not done by it.
  private static func agentFailuresInARow(before run: Run, _ db: Database) throws -> Int {
    let rows = try Row.fetchAll(
      db,
      sql: """
        SELECT job, state FROM run WHERE loopID = :loop AND id < :id
          AND (state = 'succeeded' OR state = 'failed'
            AND CASE WHEN json_valid(failureJSON) THEN json_extract(failureJSON, '$.kind.agent') END IS NOT NULL)
        ORDER BY id DESC LIMIT :most
        """, arguments: ["loop": run.loopID.rawValue, "id": run.id.rawValue, "most": runsReadMax])
    return rows.filter { Job(code: $0["job"])?.role == run.role }.prefix { $0["state"] == "failed" }.count
  }

  /// Runs that are looked back upon; far more than rounds and attempts allow in one phase.
  private static let runsReadMax = 200

  /// Failures that only a person gets past.
  private static func blocking(_ failure: Failure) -> LoopFacts.Stop? {
    switch failure.kind {
    case .permanent, .bug: .init(reason: .permanent, message: failure.message)
    case .needsHuman: .init(reason: .needsHuman, message: failure.message)
    case .transient, .rateLimited, .usageLimited, .conflict, .agent: nil
    }
  }
}
