import GRDB

extension Store {
  /// Carries out what the coordinator decided, if the loop is still as it was when it was decided.
  ///
  /// - Parameter withdrawing: takes an order to merge back, beside the move and whatever runs.
  /// - Returns: false when the loop changed meanwhile; it is still marked and will be evaluated again.
  @discardableResult
  func apply(
    _ move: Move, withdrawing: EffectDraft? = nil, to input: EvaluationInput, policy: FlowPolicy,
    at now: Timestamp
  ) async throws -> Bool {
    let loop = input.facts.loop
    return try await database.write { db in
      try db.execute(
        sql: """
          UPDATE loop SET evaluatedSeq = :seq, wakeAt = CASE WHEN wakeAt <= :now THEN NULL ELSE wakeAt END
          WHERE id = :id AND generation = :generation AND evaluatedSeq <= :seq AND state <> 'done'
          """,
        arguments: [
          "seq": input.changeSeq, "now": now.milliseconds, "id": loop.id.rawValue,
          "generation": loop.generation,
        ])
      guard db.changesCount == 1 else { return false }
      if let withdrawing { try Self.takeBack(withdrawing, loop, at: now, db) }
      // While a run is live the loop's state is the run's; the scheduler stops it first when it must.
      guard loop.state != .running else { return true }
      switch move {
      case .stay: break
      case .run(let job, let start): try Self.enqueue(job, loop, due: start, at: now, db)
      case .wait(let reason, let alarm):
        let message = reason == .merge ? MergeDecision.news(input.facts, policy, at: now) : ""
        try Self.rest(input.facts, .waiting(reason, wakeAt: alarm), message: message, policy, at: now, db)
      case .block(let reason, let message, let alarm):
        try Self.rest(input.facts, .blocked(reason), message: message, policy, at: now, db)
        try db.execute(
          sql: "UPDATE loop SET wakeAt = :alarm WHERE id = :id AND wakeAt IS NOT :alarm",
          arguments: ["alarm": alarm?.milliseconds, "id": loop.id.rawValue])
      case .enter(let phase, let effects):
        try Self.enter(phase, effects, input.facts, policy, at: now, db)
      case .write(let effects): try Self.write(effects, input.facts, policy, at: now, db)
      case .finish(let outcome, let why):
        try Self.finish(outcome, because: why, input.facts, policy, at: now, db)
      case .answer(let text, let author):
        try Self.answerQuestion(of: loop.id, with: text, by: author, at: now, db)
      case .redirect(let way, let why):
        try Self.redirect(loop.id, way, label: policy.labels.asking(for: way), saying: why, at: now, db)
      }
      return true
    }
  }

  /// The loop gets a queue item for `job`; one that asks for the same is kept, so that its age is too.
  private static func enqueue(_ job: Job, _ loop: Loop, due: Timestamp, at now: Timestamp, _ db: Database)
    throws
  {
    let live = try Row.fetchOne(
      db, sql: "SELECT id, job, dueAt FROM queueItem WHERE loopID = :id AND state = 'queued'",
      arguments: ["id": loop.id.rawValue])
    if let live, live["job"] as String == job.code {
      let known: Int64 = live["dueAt"]
      // What was due already keeps its place.
      if known != due.milliseconds, max(due.milliseconds, known) > now.milliseconds {
        try db.execute(
          sql: "UPDATE queueItem SET dueAt = :due WHERE id = :id",
          arguments: ["due": max(due, now).milliseconds, "id": live["id"] as Int64])
      }
    } else {
      try cancelItem(of: loop.id, db)
      try db.execute(
        sql: """
          INSERT INTO queueItem (loopID, job, lane, state, dueAt, enqueuedAt)
          VALUES (:loop, :job, :lane, 'queued', :due, :now)
          """,
        arguments: [
          "loop": loop.id.rawValue, "job": job.code, "lane": loop.lane.rawValue,
          "due": max(due, now).milliseconds, "now": now.milliseconds,
        ])
    }
    if loop.state != .queued {
      try leaveBlock(loop, at: now, db)
      try setState(of: loop.id, to: .queued, at: now, db)
    }
  }

  /// Emits what takes an order to merge back. One that has yet to be sent, or to be sent again, is dropped.
  private static func takeBack(_ withdrawal: EffectDraft, _ loop: Loop, at now: Timestamp, _ db: Database)
    throws
  {
    try db.execute(
      sql: """
        UPDATE effect SET state = 'cancelled', endedAt = :now
        WHERE loopID = :id AND kind = 'merge' AND state = 'pending'
        """, arguments: ["now": now.milliseconds, "id": loop.id.rawValue])
    try emit([withdrawal], of: loop, run: nil, stage: "", at: now, db)
  }

  /// Takes back what a loop that ended may have told GitHub of merging later: nobody looks at it any more.
  static func takeOrderBack(of loop: Loop, at now: Timestamp, _ db: Database) throws {
    let mayStand = try Bool.fetchOne(
      db,
      sql: """
        SELECT EXISTS (SELECT 1 FROM effect WHERE loopID = :id AND kind = 'merge' AND sentAt IS NOT NULL
          AND CASE WHEN json_valid(writeJSON) THEN json_extract(writeJSON, '$.merge._1.way') END IS NOT 'direct'
          AND id > coalesce((SELECT max(id) FROM effect
            WHERE loopID = :id AND kind = 'withdraw-merge' AND state = 'done'), 0))
        """, arguments: ["id": loop.id.rawValue])
    guard mayStand == true else { return }
    try takeBack(EffectDraft(key: "withdraw/ended", write: .withdrawMerge(.loopPull)), loop, at: now, db)
  }

  /// The loop waits or is blocked; an unchanged answer writes nothing.
  private static func rest(
    _ facts: LoopFacts, _ state: LoopState, message: String, _ policy: FlowPolicy, at now: Timestamp,
    _ db: Database
  ) throws {
    let loop = facts.loop
    try cancelItem(of: loop.id, db)
    guard try loop.state != state || isNews(message, of: loop, db) else { return }
    try leaveBlock(loop, unless: state, at: now, db)
    try setState(of: loop.id, to: state, message: message, at: now, db)
    switch state {
    case .blocked(let reason):
      var told = facts
      told.stop = .init(reason: reason, message: message)
      try append(
        EventDraft(.loopBlocked, "needs a human: \(reason.rawValue): \(message)", loopID: loop.id), at: now,
        db)
      try emit(
        [
          EffectDraft(
            key: "needs-human-on/\(loop.generation)",
            write: .addLabel(.number(loop.subject.number), label: policy.labels.needsHuman))
        ],
        of: loop, run: nil, stage: "", at: now, db)
      try tell(told, state, policy, at: now, db)
    case .waiting(.merge, _):
      var told = facts
      if !message.isEmpty { told.stop = .init(reason: .needsHuman, message: message) }
      let but = message.isEmpty ? "" : ", but \(message)"
      try append(EventDraft(.loopReady, "ready to merge\(but)", loopID: loop.id), at: now, db)
      try tell(told, state, policy, at: now, db)
    case .waiting(.specApproval, _), .waiting(.author, _), .waiting(.edited, _), .waiting(.answer, _):
      try tell(facts, state, policy, at: now, db)
    case .waiting, .queued, .running, .done: break
    }
  }

  /// Whether a loop that waits as before has to say something that it has not said.
  private static func isNews(_ message: String, of loop: Loop, _ db: Database) throws -> Bool {
    guard !message.isEmpty, case .waiting = loop.state else { return false }
    return try String.fetchOne(
      db, sql: "SELECT stateMessage FROM loop WHERE id = :id", arguments: ["id": loop.id.rawValue]) != message
  }

  /// Publishes what was decided. When every write was made before, only a newer look can help.
  private static func write(
    _ effects: [EffectDraft], _ facts: LoopFacts, _ policy: FlowPolicy, at now: Timestamp, _ db: Database
  ) throws {
    let before = try openEffects(of: facts.loop.id, db)
    try emit(effects, of: facts.loop, run: nil, stage: "", at: now, db)
    let isNew = try openEffects(of: facts.loop.id, db) > before
    try rest(facts, .waiting(isNew ? .effects : .observation, wakeAt: nil), message: "", policy, at: now, db)
  }

  private static func openEffects(of id: Loop.ID, _ db: Database) throws -> Int {
    try Int.fetchOne(
      db, sql: "SELECT count(*) FROM effect WHERE loopID = :id AND state = 'pending'",
      arguments: ["id": id.rawValue]) ?? 0
  }

  private static func enter(
    _ phase: Phase, _ effects: [EffectDraft], _ facts: LoopFacts, _ policy: FlowPolicy, at now: Timestamp,
    _ db: Database
  ) throws {
    let loop = facts.loop
    try setPhase(of: loop.id, to: phase, at: now, db)
    // Reviewed clean and green: what fails from now on is a new matter.
    if phase == .ready, facts.isEveryFailureMended {
      try db.execute(
        sql: "UPDATE loop SET checkFixes = 0 WHERE id = :id", arguments: ["id": loop.id.rawValue])
    }
    let keyed = effects.map { EffectDraft(key: "\($0.key)/\(loop.generation)", write: $0.write) }
    try emit(keyed, of: loop, run: nil, stage: "", at: now, db)
    var moved = facts
    moved.loop.phase = phase
    try tell(moved, loop.state, policy, at: now, db)
    try touch(loop.id, db)
  }

  static func finish(
    _ outcome: Outcome, because why: String? = nil, _ facts: LoopFacts, _ policy: FlowPolicy,
    at now: Timestamp, _ db: Database
  ) throws {
    try end(facts.loop, outcome, because: why, at: now, db)
    let isOpen = facts.observation?.pull.map { $0.state == .open } ?? true
    if outcome != .merged, isOpen { try takeOrderBack(of: facts.loop, at: now, db) }
    var told = facts
    told.loop.phase = .done
    try tell(told, .done(outcome), policy, at: now, db)
  }

  /// Ends a loop without telling GitHub, but for the label that asked for a person, which is taken away.
  static func end(
    _ loop: Loop, _ outcome: Outcome, because why: String? = nil, at now: Timestamp, _ db: Database
  ) throws {
    try cancelItem(of: loop.id, db)
    try db.execute(
      sql: """
        UPDATE effect SET state = 'cancelled', endedAt = :now WHERE loopID = :id AND state = 'pending'
          AND NOT (kind = 'remove-label' AND key LIKE '%/needs-human-off/%')
        """, arguments: ["now": now.milliseconds, "id": loop.id.rawValue])
    try leaveBlock(loop, at: now, db)
    try setState(of: loop.id, to: .done(outcome), message: why ?? "", at: now, db)
    try db.execute(
      sql:
        "UPDATE worktree SET state = 'removing', updatedAt = :now WHERE loopID = :id AND state <> 'removed'",
      arguments: ["now": now.milliseconds, "id": loop.id.rawValue])
    let words = "done: \(outcome.rawValue)\(why.map { ": \($0)" } ?? "")"
    try append(EventDraft(.loopEnded, words, loopID: loop.id), at: now, db)
  }

  /// Going on takes the label away that asked for a person.
  private static func leaveBlock(
    _ loop: Loop, unless next: LoopState? = nil, at now: Timestamp, _ db: Database
  ) throws {
    guard case .blocked = loop.state else { return }
    if case .blocked? = next { return }
    guard
      let label = try String.fetchOne(
        db,
        sql: """
          SELECT CASE WHEN json_valid(writeJSON) THEN json_extract(writeJSON, '$.addLabel.label') END FROM effect
          WHERE loopID = :id AND kind = 'add-label' AND key LIKE '%needs-human-on%' ORDER BY id DESC LIMIT 1
          """, arguments: ["id": loop.id.rawValue])
    else { return }
    try emit(
      [
        EffectDraft(
          key: "needs-human-off/\(loop.generation)",
          write: .removeLabel(.number(loop.subject.number), label: label))
      ],
      of: loop, run: nil, stage: "", at: now, db)
  }

  static func cancelItem(of id: Loop.ID, _ db: Database) throws {
    try db.execute(
      sql: "UPDATE queueItem SET state = 'cancelled' WHERE loopID = :id AND state = 'queued'",
      arguments: ["id": id.rawValue])
  }

  static func setPhase(of id: Loop.ID, to phase: Phase, at now: Timestamp, _ db: Database) throws {
    try db.execute(
      sql: "UPDATE loop SET phase = :phase WHERE id = :id AND state <> 'done' AND phase <> :phase",
      arguments: ["phase": phase.rawValue, "id": id.rawValue])
    if db.changesCount == 1 {
      try append(EventDraft(.loopPhase, "phase \(phase.rawValue)", loopID: id), at: now, db)
    }
  }

  /// Replaces the pending status comment by one that tells the present.
  static func tell(
    _ facts: LoopFacts, _ state: LoopState, _ policy: FlowPolicy, at now: Timestamp, _ db: Database
  ) throws {
    let loop = facts.loop
    try db.execute(
      sql: """
        UPDATE effect SET state = 'cancelled', endedAt = :now
        WHERE loopID = :id AND kind = 'status-comment' AND state = 'pending'
        """, arguments: ["now": now.milliseconds, "id": loop.id.rawValue])
    let last = try Row.fetchOne(
      db,
      sql: "SELECT \(runColumns) FROM run WHERE loopID = :id AND state <> 'running' ORDER BY id DESC LIMIT 1",
      arguments: ["id": loop.id.rawValue], as: run)
    let body = StatusComment.body(of: facts, state: state, lastRun: last, policy: policy)
    let count =
      try Int.fetchOne(
        db, sql: "SELECT count(*) FROM effect WHERE loopID = :id AND kind = 'status-comment'",
        arguments: ["id": loop.id.rawValue]) ?? 0
    try emit(
      [
        EffectDraft(
          key: "status/\(loop.id)/\(count)", write: .statusComment(.number(loop.subject.number), body: body))
      ],
      of: loop, run: nil, stage: "", at: now, db)
  }
}
