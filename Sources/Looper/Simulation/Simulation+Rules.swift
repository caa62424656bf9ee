import Synchronization

/// Looking whether everything is as it must be.
extension Simulation {
  static let rules: [any SimulationRule] = [
    OncePerKey(), OnePullPerBranch(), NothingIsOverwritten(), WorkIsNeverLost(), RoundsAreBounded(),
    ReadyNeedsEvidence(), VerdictsAreGiven(), OneReviewPerRound(), WritesArePaced(), AgentsSeeWhatIsAllowed(),
    BlockersComeFirst(),
  ]

  static let idlenessRule = "idleness writes nothing"
  static let bugRule = "no run ends by a bug of ours"
  static let overRule = "what people closed is only acknowledged"
  static let fenceRule = "nothing is published while a person says hold"

  /// Checks every rule if anything changed since the last time.
  func check() async throws {
    guard breach == nil else { return }
    let seen = (changes: try await database.changesSoFar(), mutations: await forge.mutationCount)
    guard seen != lastSeen else { return }
    lastSeen = seen
    if let found = try await database.breaches().first { return report(found) }
    let view = try await view()
    for rule in Self.rules {
      if let what = rule.breach(in: view) { return report(SimulationBreach(rule: rule.sentence, what: what)) }
    }
  }

  /// Everything has come to rest, and rest costs nothing.
  func checkTheEnd() async throws {
    var rules: [any SimulationRule] = [
      EverythingComesToRest(), StandingOrdersAreEarned(), WhatMayMergeMerges(),
    ]
    // Where people change labels and GitHub refuses writes for good, labels may be anything.
    if plan.faults.isDisjoint(with: [.people, .errors]) { rules.append(LabelsTellTheState()) }
    let view = try await view()
    for rule in rules {
      if let what = rule.breach(in: view) { return report(SimulationBreach(rule: rule.sentence, what: what)) }
    }
    for case .run(let run) in try await database.store.failures(before: nil, limit: 1000) {
      guard case .failed(let failure) = run.state, failure.kind == .bug else { continue }
      return report(SimulationBreach(rule: Self.bugRule, what: "\(run.id.handle): \(failure.message)"))
    }
    try await checkIdleness()
  }

  /// Lesson 32: an idle day adds no event.
  private func checkIdleness() async throws {
    // What waits for a dependency is looked at every ten minutes, and the look is kept.
    let loops = try await database.store.liveLoops()
    guard !loops.contains(where: { $0.state.waitReason == .dependency }) else { return }
    let before = try await database.changesSoFar()
    for _ in 0..<3 {
      time.advance(by: .seconds(130))
      for part in try await parts() { await tick(part) }
    }
    let after = try await database.changesSoFar()
    if after != before {
      report(SimulationBreach(rule: Self.idlenessRule, what: "\(after - before) rows"))
    }
  }

  func report(_ found: SimulationBreach) {
    journal.note("BROKEN \(found.rule): \(found.what)")
    breach = breach ?? found
  }

  private func view() async throws -> SimulationView {
    let loops = try await database.store.liveLoops()
    let undecided = Set(try await database.store.loopsToEvaluate(at: time.now, limit: loops.count))
    var ready: [LoopFacts] = []
    var started: [Loop.ID: Int] = [:]
    for loop in loops {
      if case .waiting(.merge, _) = loop.state, !undecided.contains(loop.id),
        let facts = try await database.store.facts(of: loop.id)
      {
        ready.append(facts)
      }
      started[loop.id] = sessions.started(of: loop.id)
    }
    return SimulationView(
      forge: await forge.snapshot(), git: git.state.withLock { $0 }, loops: loops, ready: ready,
      policy: bounds, now: time.now, blockers: blockers, started: started, leaks: sessions.leaks,
      retries: retries,
      reviews: try await database.reviews(), cleanHeads: try await database.cleanHeads(),
      reviewedHeads: sessions.reviewedHeads,
      writes: writes.marks, pacing: .init())
  }

  /// Lesson 7: `looper:hold`, pause and takeover: no further effect; what ended is only acknowledged.
  ///
  /// - Returns: what is to be told when it was done.
  func witness(_ write: ResolvedWrite) async -> (@Sendable () async -> Void)? {
    writes.note(at: time.trueNow)
    return await judge(write.write)
  }

  /// The same of a push, which is not GitHub's to count.
  func judge(_ write: Write) async -> (@Sendable () async -> Void)? {
    guard let sending = try? await database.sending() else { return nil }
    let loop = sending.facts.loop
    // What takes an order back is as welcome as what only tells.
    let isTelling = write.isAcknowledgement || write.isWithdrawal
    if loop.state.isDone {
      if !isTelling { report(Self.fenced("\(write.kind) after \(loop.id.handle) ended")) }
      return nil
    }
    guard !write.isWithdrawal else { return nil }
    if sending.facts.isPaused || sending.facts.isTakenOver {
      report(Self.fenced("\(write.kind) while \(loop.id.handle) is kept by a person"))
    }
    let state = await forge.snapshot()
    guard let repository = state.repository(named: SimulationPlan.repository) else { return nil }
    let numbers = [loop.subject.number, loop.pullNumber].compactMap(\.self)
    let subjects = numbers.compactMap { state.issue($0, in: repository.id) }
    let hold = settings.current.policy.labels.hold
    if subjects.flatMap({ state.labels(of: $0) }).contains(where: { $0.name == hold }) {
      report(Self.fenced("\(write.kind) for \(loop.id.handle) with the label \(hold)"))
    }
    if !isTelling, let closed = subjects.first(where: { $0.state == .closed }) {
      report(SimulationBreach(rule: Self.overRule, what: "\(write.kind) after #\(closed.number) was closed"))
    }
    if let breach = EvidencedWrite.breach(write, sending.facts, in: state, repository.id)
      ?? peoplesMerge(write, of: repository)
    {
      report(breach)
    }
    guard let breach = EvidencedWrite.unread(write, sending.facts, in: state) else { return nil }
    return { [weak self] in
      if let self, !fate.isLastLookStale { await report(breach) }
    }
  }

  /// Product, merging: what is protected, and what is larger than the operator allows, is merged by people.
  private func peoplesMerge(_ write: Write, of repository: ForgeRepository) -> SimulationBreach? {
    guard case .merge(_, let order) = write else { return nil }
    let changed = git.state.withLock { git -> [ForgeFileDiff] in
      guard let base = repository.branches[repository.defaultBranch],
        let start = git.mergeBase(base, order.head)
      else { return [] }
      return SimulatedDiff.files(
        from: git.commits[start]?.files ?? [:], to: git.commits[order.head]?.files ?? [:])
    }
    return EvidencedWrite.peoplesMerge(of: changed, demands)
  }

  private static func fenced(_ what: String) -> SimulationBreach {
    SimulationBreach(rule: fenceRule, what: what)
  }
}
