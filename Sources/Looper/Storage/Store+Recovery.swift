import GRDB

extension Store {
  /// Makes the rows an earlier daemon left in the middle of something say so. Runs before anything else starts.
  ///
  /// Sessions have no process any more (their shim ends them when the daemon dies): they ended when ``note(_:of:at:)``
  /// found they did, or when they were last heard of, so that no time without a daemon is anybody's. Writes that were being sent are
  /// probed before they are sent again; runs of another pipeline version are interrupted; every other live run is
  /// returned and must be driven.
  func recover(at now: Timestamp) async throws -> [Run.ID] {
    try await database.write { db in
      try Self.forgetFuture(at: now, db)
      let arguments: StatementArguments = ["now": now.milliseconds]
      try db.execute(
        sql: """
          INSERT INTO usage (sessionID, runID, loopID, projectID, role, vendor, at, inputTokens, outputTokens, costUSD)
          SELECT session.id, session.runID, session.loopID, loop.projectID,
            CASE WHEN run.job = 'plan' THEN 'planner' WHEN run.job LIKE 'review-%' THEN 'reviewer'
              WHEN run.job = 'implement' THEN 'worker' ELSE 'fixer' END,
            session.vendor, coalesce(session.endedAt, min(:now, session.startedAt + session.activeMilliseconds)),
            session.inputTokens, session.outputTokens, session.costUSD
          FROM session JOIN loop ON loop.id = session.loopID JOIN run ON run.id = session.runID
          WHERE session.state <> 'ended'
          ON CONFLICT (sessionID) DO NOTHING
          """, arguments: arguments)
      try db.execute(
        sql: """
          UPDATE session SET state = 'ended', endedAt = coalesce(endedAt, min(:now, startedAt + activeMilliseconds)),
            ending = 'the daemon stopped', isResumable = 1 WHERE state <> 'ended'
          """, arguments: arguments)
      try db.execute(sql: "UPDATE effect SET state = 'pending' WHERE state = 'sending'")
      for row in try Row.fetchAll(
        db,
        sql: """
          SELECT \(Self.runColumns) FROM run WHERE state = 'running' AND pipelineVersion <> :version
          """, arguments: ["version": PipelineVersion.current])
      {
        try Self.interrupt(try Self.run(row), at: now, db)
      }
      // An item nobody runs goes back, and a loop nobody drives is decided anew.
      try db.execute(
        sql: """
          UPDATE queueItem SET state = 'cancelled' WHERE state = 'claimed'
            AND NOT EXISTS (SELECT 1 FROM run WHERE run.itemID = queueItem.id AND run.state = 'running')
          """)
      try db.execute(
        sql: """
          UPDATE loop SET state = 'waiting', stateReason = 'observation', stateSince = :now, wakeAt = :now,
            generation = generation + 1
          WHERE (state = 'running' AND NOT EXISTS (SELECT 1 FROM run WHERE run.loopID = loop.id AND run.state = 'running'))
            OR (state = 'queued' AND NOT EXISTS (SELECT 1 FROM queueItem WHERE queueItem.loopID = loop.id
              AND queueItem.state = 'queued'))
          """, arguments: arguments)
      try Self.finishStops(at: now, db)
      try db.execute(sql: "UPDATE loop SET changeSeq = changeSeq + 1 WHERE state <> 'done'")
      return try Int64.fetchAll(db, sql: "SELECT id FROM run WHERE state = 'running' ORDER BY id").map {
        Run.ID($0)
      }
    }
  }

  /// A loop that was about to be cancelled is; one that was about to be given to a person goes on.
  private static func finishStops(at now: Timestamp, _ db: Database) throws {
    try db.execute(
      sql: "UPDATE loop SET stopFor = :due WHERE state <> 'done' AND stopFor = 'cancel'",
      arguments: ["due": StopPurpose.cancelDue.rawValue])
    let taken = "SELECT id FROM loop WHERE state <> 'done' AND stopFor = 'takeover'"
    for id in try Int64.fetchAll(db, sql: taken) {
      try db.execute(
        sql: """
          UPDATE loop SET isPaused = 0, stopFor = NULL,
            stateReason = CASE WHEN state = 'waiting' AND stateReason = 'paused' THEN 'observation' ELSE stateReason END,
            wakeAt = CASE WHEN state = 'waiting' AND stateReason = 'paused' THEN :now ELSE wakeAt END
          WHERE id = :id
          """, arguments: ["now": now.milliseconds, "id": id])
      let what = "goes on: the daemon ended before it was taken over"
      try append(EventDraft(.loopControl, what, loopID: Loop.ID(id)), at: now, db)
    }
  }

  /// How far in the future the newest event may lie before the clock counts as set back.
  static let clockSlack: Duration = .seconds(60)

  /// What was recorded by a clock that was ahead is not waited for: it is due now.
  private static func forgetFuture(at now: Timestamp, _ db: Database) throws {
    let newest = try Int64.fetchOne(db, sql: "SELECT at FROM event ORDER BY sequence DESC LIMIT 1") ?? 0
    guard newest > (now + clockSlack).milliseconds else { return }
    let arguments: StatementArguments = ["now": now.milliseconds]
    try db.execute(
      sql: "UPDATE queueItem SET dueAt = :now WHERE state = 'queued' AND dueAt > :now", arguments: arguments)
    try db.execute(
      sql: """
        UPDATE loop SET wakeAt = CASE WHEN wakeAt > :now THEN :now ELSE wakeAt END,
          retryAt = CASE WHEN retryAt > :now THEN :now ELSE retryAt END,
          retriedAt = CASE WHEN retriedAt > :now THEN :now ELSE retriedAt END,
          headSince = CASE WHEN headSince > :now THEN :now ELSE headSince END,
          checksSince = CASE WHEN checksSince > :now THEN :now ELSE checksSince END,
          wroteAt = min(wroteAt, :now) WHERE state <> 'done'
        """, arguments: arguments)
    try db.execute(sql: "UPDATE observation SET at = min(at, :now)", arguments: arguments)
    try db.execute(
      sql: """
        UPDATE effect SET notBefore = min(notBefore, :now), sentAt = min(sentAt, :now)
        WHERE state IN ('pending', 'sending') AND (notBefore > :now OR sentAt > :now)
        """, arguments: arguments)
    try db.execute(sql: "UPDATE vendorGate SET until = :now WHERE until > :now", arguments: arguments)
  }

  private static func interrupt(_ run: Run, at now: Timestamp, _ db: Database) throws {
    try db.execute(
      sql: """
        UPDATE run SET state = 'interrupted', message = 'not carried over the restart', endedAt = :now
        WHERE id = :id AND state = 'running'
        """, arguments: ["now": now.milliseconds, "id": run.id.rawValue])
    try tellGate(of: run.vendor, .ended(run.id), at: now, db)
    try append(
      EventDraft(.runEnded, "\(run.job.code) interrupted by a restart", loopID: run.loopID, runID: run.id),
      at: now, db)
  }
}
