import GRDB

/// What it takes to go on with a session that was cut off.
extension Store {
  /// The vendor's own id of a session, as soon as it is known: after a crash it is all that is left of it.
  func noteVendorSession(_ vendorID: String, of id: Session.ID) async throws {
    try await database.write { db in
      try db.execute(
        sql: "UPDATE session SET vendorSessionID = :vendorID WHERE id = :id AND state <> 'ended'",
        arguments: ["vendorID": vendorID, "id": id.rawValue])
    }
  }

  /// What the files of a session told that an earlier daemon did not get to record. Of its time at most a pulse is
  /// missing.
  func note(_ reading: SessionReading, of id: Session.ID, at now: Timestamp) async throws {
    try await database.write { db in
      if reading.usage != .unknown { try Self.note(reading.usage, of: id, at: now, db) }
      try db.execute(
        sql: """
          UPDATE session SET vendorSessionID = coalesce(:vendorID, vendorSessionID),
            endedAt = coalesce(max(startedAt, min(:ended, :now)), endedAt),
            activeMilliseconds = max(activeMilliseconds, min(activeMilliseconds + :pulse,
              coalesce(max(startedAt, min(:ended, :now)) - startedAt, activeMilliseconds)))
          WHERE id = :id AND state <> 'ended'
          """,
        arguments: [
          "vendorID": reading.vendorSessionID, "id": id.rawValue, "now": now.milliseconds,
          "ended": reading.endedAt?.milliseconds, "pulse": SessionNews.pulse.milliseconds,
        ])
    }
  }

  /// The loop's newest session, if it was cut off in the same work: same job, stage and head. Anything that came
  /// after it has changed the worktree it knows.
  func interruptedSession(of run: Run, stage: String, head: CommitSHA?) async throws -> Session? {
    guard let head else { return nil }
    return try await database.read { db in
      try Row.fetchOne(
        db,
        sql: """
          SELECT \(Self.sessionColumns) FROM session
          WHERE id = (SELECT max(id) FROM session WHERE loopID = :loop) AND isResumable = 1
            AND stage = :stage AND headSHA = :head
            AND runID IN (SELECT id FROM run WHERE loopID = :loop AND job = :job)
          """,
        arguments: [
          "loop": run.loopID.rawValue, "stage": stage, "head": head.rawValue, "job": run.job.code,
        ], as: Self.session)
    }
  }

  /// What the sessions of one conversation have used.
  ///
  /// - Parameter end: only those before this one; nil for all.
  func usage(
    ofConversation vendorID: String, with vendor: Vendor, before end: Session.ID? = nil
  ) async throws -> Usage {
    try await database.read { db in
      let row = try Row.fetchOne(
        db,
        sql: """
          SELECT sum(inputTokens) AS input, sum(outputTokens) AS output, sum(costUSD) AS cost FROM session
          WHERE vendorSessionID = :id AND vendor = :vendor AND (:end IS NULL OR session.id < :end)
          """, arguments: ["id": vendorID, "vendor": vendor.rawValue, "end": end?.rawValue])
      return Usage(inputTokens: row?["input"], outputTokens: row?["output"], costUSD: row?["cost"])
    }
  }
}
