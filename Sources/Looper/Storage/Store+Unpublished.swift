import GRDB

/// What is taken back when not everything gets out that a run decided to publish.
extension Store {
  /// Withdraws what is still to be sent of a run.
  static func cancelEffects(of run: Run.ID, at now: Timestamp, _ db: Database) throws {
    try db.execute(
      sql: "UPDATE effect SET state = 'cancelled', endedAt = :now WHERE runID = :run AND state = 'pending'",
      arguments: ["now": now.milliseconds, "run": run.rawValue])
  }

  /// Gives up the rest of a run's writes, one of which was refused, and what the ledger learned from what did not get
  /// out: a review that nobody can read counts for nothing, and nothing is fixed by a commit that was not pushed.
  static func giveUpWrites(
    of run: Run.ID, in loop: Loop.ID, because failure: Failure, at now: Timestamp, _ db: Database
  ) throws {
    try cancelEffects(of: run, at: now, db)
    // What was sent before it was refused for another head may have arrived all the same.
    let isFromAnswer = failure.kind != .conflict
    if try isMissing("submit-review", of: run, triesMax: isFromAnswer ? .max : 0, db) {
      try takeBackReview(of: run, in: loop, db)
    }
    // Git itself says of its first try that it did not arrive.
    let isUnpushed = try isMissing("push-branch", of: run, triesMax: isFromAnswer ? .max : 1, db)
    if isUnpushed { try takeBackPush(of: run, in: loop, db) }
    let hasEnded =
      try Bool.fetchOne(
        db, sql: "SELECT state <> 'running' FROM run WHERE id = :run", arguments: ["run": run.rawValue])
      ?? true
    guard hasEnded else { return }
    // Stopped by a person after it had decided: nobody waits for its receipts, so what is next is decided anew.
    if isUnpushed { try takeBackPhase(of: run, in: loop, at: now, db) }
    if failure.kind == .conflict {
      try db.execute(
        sql: "UPDATE loop SET wroteAt = :now WHERE id = :loop",
        arguments: ["now": now.milliseconds, "loop": loop.rawValue])
    } else {
      try stopPublishing(loop, because: failure, db)
    }
  }

  /// Whether a run was to make such a write and certainly has not.
  ///
  /// - Parameter triesMax: how often it was sent at most; after more it may have arrived.
  private static func isMissing(_ kind: String, of run: Run.ID, triesMax: Int, _ db: Database) throws -> Bool
  {
    try Bool.fetchOne(
      db,
      sql: """
        SELECT count(*) > 0 AND sum(state = 'done' OR attempts > :tries) = 0 FROM effect
        WHERE runID = :run AND kind = :kind
        """, arguments: ["tries": triesMax, "run": run.rawValue, "kind": kind]) ?? false
  }

  /// The round is given back with the review.
  private static func takeBackReview(of run: Run.ID, in loop: Loop.ID, _ db: Database) throws {
    let arguments: StatementArguments = ["run": run.rawValue]
    guard
      let row = try Row.fetchOne(
        db, sql: "DELETE FROM review WHERE runID = :run RETURNING phase, verdict", arguments: arguments),
      row["verdict"] as String != Verdict.clean.rawValue
    else { return }
    let counter = row["phase"] as String == Phase.specReview.rawValue ? "specRounds" : "codeRounds"
    try db.execute(
      sql: "UPDATE loop SET \(counter) = max(0, \(counter) - 1) WHERE id = :loop",
      arguments: ["loop": loop.rawValue])
  }

  /// What was there before is what is there; a commit that nobody has is nobody's push.
  private static func takeBackPush(of run: Run.ID, in loop: Loop.ID, _ db: Database) throws {
    try db.execute(
      sql: "UPDATE loop SET pushedSHA = replacedSHA, replacedSHA = NULL WHERE id = :loop",
      arguments: ["loop": loop.rawValue])
    // The answers of a publication bear its time, and nobody answers a finding twice at once.
    try db.execute(
      sql: """
        UPDATE finding SET state = 'open', declines = max(0, declines - (state = 'declined'))
        WHERE loopID = :loop AND state IN ('fixed', 'declined', 'deferred') AND isSettled = 0
          AND updatedAt = (SELECT finishedAt FROM stage WHERE runID = :run AND name = :publish)
        """,
      arguments: ["loop": loop.rawValue, "run": run.rawValue, "publish": StageName.publish])
  }

  /// Work that was not pushed is still to be done.
  private static func takeBackPhase(of run: Run.ID, in loop: Loop.ID, at now: Timestamp, _ db: Database)
    throws
  {
    let isImplementation = try Bool.fetchOne(
      db, sql: "SELECT job = :job FROM run WHERE id = :run",
      arguments: ["job": Job.implement.code, "run": run.rawValue])
    if isImplementation == true { try setPhase(of: loop, to: .work, at: now, db) }
  }
}
