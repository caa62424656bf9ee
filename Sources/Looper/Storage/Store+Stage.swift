import GRDB

extension Store {
  /// Records that a stage is about to be performed, before it is.
  func beginStage(_ name: String, ordinal: Int, of run: Run, kind: String, at now: Timestamp) async throws {
    try await database.write { db in
      try Self.requireLive(run, db)
      try db.execute(
        sql: """
          INSERT INTO stage (runID, ordinal, name, state, startedAt) VALUES (:run, :ordinal, :name, 'started', :now)
          ON CONFLICT (runID, name) DO UPDATE SET attempts = attempts + 1, startedAt = :now
          """,
        arguments: ["run": run.id.rawValue, "ordinal": ordinal, "name": name, "now": now.milliseconds])
      try Self.append(
        EventDraft(.runStage, name == kind ? name : "\(name): \(kind)", loopID: run.loopID, runID: run.id),
        at: now, db)
    }
  }

  /// What lay around the worktree before the first session of a stage that has begun; nil when nobody looked yet.
  func surroundings(before stage: String, of run: Run.ID) async throws -> Surroundings? {
    try await database.read { db in
      let text = try String.fetchOne(
        db, sql: "SELECT surroundingsJSON FROM stage WHERE runID = :run AND name = :name",
        arguments: ["run": run.rawValue, "name": stage])
      return try JSONColumn.decodeIfPresent(Surroundings.self, from: text)
    }
  }

  /// Keeps that, once.
  func note(_ surroundings: Surroundings, before stage: String, of run: Run.ID) async throws {
    let json = try JSONColumn.encode(surroundings)
    try await database.write { db in
      try db.execute(
        sql: """
          UPDATE stage SET surroundingsJSON = :json WHERE runID = :run AND name = :name AND surroundingsJSON IS NULL
          """, arguments: ["json": json, "run": run.rawValue, "name": stage])
    }
  }

  /// Records a stage's result; with it, in one transaction, what it publishes and what the loop learns.
  ///
  /// - Throws: ``StaleWrite`` when the run is not the live holder of its loop any more; then nothing is recorded.
  func finishStage(
    _ name: String, ordinal: Int, of run: Run, result: StepResult, publication: Publication = Publication(),
    at now: Timestamp
  ) async throws {
    let json = try JSONColumn.encode(result)
    try await database.write { db in
      try Self.requireLive(run, db)
      try db.execute(
        sql: """
          INSERT INTO stage (runID, ordinal, name, state, startedAt, finishedAt, resultJSON)
          VALUES (:run, :ordinal, :name, 'finished', :now, :now, :result)
          ON CONFLICT (runID, name) DO UPDATE SET state = 'finished', finishedAt = :now, resultJSON = :result
          """,
        arguments: [
          "run": run.id.rawValue, "ordinal": ordinal, "name": name, "now": now.milliseconds, "result": json,
        ])
      if case .observed(let observation) = result {
        try Self.keep(observation, of: run.loopID, at: now, db)
      }
      if case .validation(let results) = result { try Self.insert(results, of: run, at: now, db) }
      guard let loop = try Self.loop(run.loopID, db) else { throw StaleWrite(row: "loop \(run.loopID)") }
      for change in publication.ledger { try Self.apply(change, to: loop, run, at: now, db) }
      try Self.emit(publication.effects, of: loop, run: run.id, stage: name, at: now, db)
    }
  }

  /// The run still holds its loop's lease and is not told to stop: every durable step checks it.
  private static func requireLive(_ run: Run, _ db: Database) throws {
    let isLive = try Bool.fetchOne(
      db,
      sql: """
        SELECT EXISTS (SELECT 1 FROM run JOIN lease ON lease.loopID = run.loopID
        WHERE run.id = :id AND run.state = 'running' AND run.stopRequested IS NULL AND lease.runID = run.id
          AND lease.generation = :generation)
        """, arguments: ["id": run.id.rawValue, "generation": run.generation])
    guard isLive == true else { throw StaleWrite(row: "run \(run.id)") }
  }

  private static func apply(
    _ change: LedgerChange, to loop: Loop, _ run: Run, at now: Timestamp, _ db: Database
  ) throws {
    switch change {
    case .branch(let branch):
      try db.execute(
        sql: "UPDATE loop SET branch = :branch WHERE id = :id",
        arguments: ["branch": branch, "id": loop.id.rawValue])
    case .specPath(let path):
      try db.execute(
        sql: "UPDATE loop SET specPath = :path WHERE id = :id",
        arguments: ["path": path, "id": loop.id.rawValue])
    case .pushed(let commit, let old):
      try db.execute(
        sql: "UPDATE loop SET pushedSHA = :commit, replacedSHA = :old WHERE id = :id",
        arguments: ["commit": commit.rawValue, "old": old?.rawValue, "id": loop.id.rawValue])
    case .review(let phase, let head, let verdict, let summary, let drafts):
      try record(drafts, verdict, summary, phase, head, loop, run, at: now, db)
    case .answered(let id, let state, let explanation):
      try db.execute(
        sql: """
          UPDATE finding SET state = :state, explanation = :why, updatedAt = :now,
            declines = declines + CASE WHEN :state = 'declined' THEN 1 ELSE 0 END
          WHERE id = :id AND state = 'open'
          """,
        arguments: ["state": state.rawValue, "why": explanation, "now": now.milliseconds, "id": id.rawValue])
    case .question(let question):
      try db.execute(
        sql: """
          INSERT INTO question (loopID, runID, text, optionsJSON, defaultOption, askedAt, deadlineAt)
          VALUES (:loop, :run, :text, :options, :default, :now, :deadline)
          """,
        arguments: [
          "loop": loop.id.rawValue, "run": run.id.rawValue, "text": question.text,
          "options": try JSONColumn.encode(question.options), "default": question.defaultOption,
          "now": now.milliseconds,
          "deadline": question.deadlineMinutes.map { (now + .seconds(60 * $0)).milliseconds },
        ])
      try append(EventDraft(.questionAsked, question.text, loopID: loop.id, runID: run.id), at: now, db)
    }
  }

  /// Writes a review into the ledger: raised findings are open (again), the others of its phase are settled.
  private static func record(
    _ drafts: [FindingDraft], _ verdict: Verdict, _ summary: String, _ phase: Phase, _ head: CommitSHA,
    _ loop: Loop,
    _ run: Run, at now: Timestamp, _ db: Database
  ) throws {
    // Rounds are numbered for good; the counters, which an operator's retry clears, only bound them.
    let round =
      try Int.fetchOne(
        db, sql: "SELECT coalesce(max(round), 0) + 1 FROM review WHERE loopID = :loop AND phase = :phase",
        arguments: ["loop": loop.id.rawValue, "phase": phase.rawValue]) ?? 1
    try db.execute(
      sql: """
        INSERT INTO review (loopID, runID, phase, headSHA, round, verdict, summary, at)
        VALUES (:loop, :run, :phase, :head, :round, :verdict, :summary, :now)
        """,
      arguments: [
        "loop": loop.id.rawValue, "run": run.id.rawValue, "phase": phase.rawValue, "head": head.rawValue,
        "round": round, "verdict": verdict.rawValue, "summary": summary, "now": now.milliseconds,
      ])
    try countRound(of: loop.id, phase, verdict, db)
    // Who leaves it to a person, for it could not be read for example, has not said that anything is gone.
    if verdict != .human { try settle(Set(drafts.map(\.identity)), phase, loop.id, at: now, db) }
    for draft in drafts {
      try db.execute(
        sql: """
          INSERT INTO finding (loopID, phase, identity, round, headSHA, severity, draftJSON, state, updatedAt)
          VALUES (:loop, :phase, :identity, :round, :head, :severity, :draft, 'open', :now)
          ON CONFLICT (loopID, phase, identity) DO UPDATE SET state = 'open', headSHA = :head, severity = :severity,
            draftJSON = :draft, updatedAt = :now WHERE isSettled = 0
          """,
        arguments: [
          "loop": loop.id.rawValue, "phase": phase.rawValue, "identity": draft.identity, "round": round,
          "head": head.rawValue, "severity": draft.severity.rawValue, "draft": try JSONColumn.encode(draft),
          "now": now.milliseconds,
        ])
    }
    try append(
      EventDraft(
        .reviewRecorded,
        "\(phase.rawValue) round \(round) on \(head.short): \(verdict.rawValue), \(drafts.count) findings",
        loopID: loop.id, runID: run.id), at: now, db)
  }

  /// A clean verdict is verified progress: what comes after it is a new matter with rounds and attempts of its own. Of
  /// the checks it says nothing.
  private static func countRound(of id: Loop.ID, _ phase: Phase, _ verdict: Verdict, _ db: Database) throws {
    let isClean = verdict == .clean
    if isClean {
      try db.execute(
        sql: "UPDATE loop SET agentFailures = 0 WHERE id = :id", arguments: ["id": id.rawValue])
    }
    let arguments: StatementArguments = ["id": id.rawValue, "isClean": isClean]
    switch phase {
    case .specReview:
      try db.execute(
        sql: "UPDATE loop SET specRounds = CASE WHEN :isClean THEN 0 ELSE specRounds + 1 END WHERE id = :id",
        arguments: arguments)
    case .plan, .work, .codeReview, .ready, .done:
      try db.execute(
        sql: """
          UPDATE loop SET codeRounds = CASE WHEN :isClean THEN 0 ELSE codeRounds + 1 END,
            conflictFixes = CASE WHEN :isClean THEN 0 ELSE conflictFixes END,
            threadFixes = CASE WHEN :isClean THEN 0 ELSE threadFixes END WHERE id = :id
          """, arguments: arguments)
    }
  }

  /// Closes what the review does not raise again. A decline or deferral that it lets stand is settled for good.
  private static func settle(
    _ raised: Set<String>, _ phase: Phase, _ id: Loop.ID, at now: Timestamp, _ db: Database
  ) throws {
    for row in try Row.fetchAll(
      db,
      sql: "SELECT id, identity FROM finding WHERE loopID = :loop AND phase = :phase AND state <> 'closed'",
      arguments: ["loop": id.rawValue, "phase": phase.rawValue])
    where !raised.contains(row["identity"]) {
      try db.execute(
        sql: """
          UPDATE finding SET isSettled = state IN ('declined', 'deferred'), state = 'closed', updatedAt = :now
          WHERE id = :id
          """, arguments: ["now": now.milliseconds, "id": row["id"] as Int64])
    }
  }

  private static func insert(_ results: [ValidationResult], of run: Run, at now: Timestamp, _ db: Database)
    throws
  {
    for result in results {
      try db.execute(
        sql: """
          INSERT INTO validation (runID, loopID, command, exitCode, headSHA, milliseconds, tail, at)
          VALUES (:run, :loop, :command, :exit, :head, :ms, :tail, :now)
          """,
        arguments: [
          "run": run.id.rawValue, "loop": run.loopID.rawValue, "command": result.command,
          "exit": result.exitCode,
          "head": result.headSHA.rawValue, "ms": result.milliseconds, "tail": result.tail,
          "now": now.milliseconds,
        ])
    }
  }
}
