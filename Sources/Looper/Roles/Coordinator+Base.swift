extension Coordinator {
  /// How often an optional write is refused for one and the same commit before it is left alone.
  static let refusalsMax = 3

  /// Conflicts go to the fixer, as often as that may help.
  func fixConflict(_ facts: LoopFacts, _ pull: PullSnapshot, at start: Timestamp) -> Move {
    if pull.isCrossRepository { return .wait(.author, until: nil) }
    let most = FlowPolicy.conflictFixesMax
    guard facts.loop.counters.conflictFixes < most else {
      return .block(.conflict, "the pull request still conflicts with its base after \(most) fixes")
    }
    return .run(.fixConflict, notBefore: start)
  }

  /// Merges the base into the head where the policy wants it and git says that it goes without a conflict.
  ///
  /// - Parameter isNeeded: whether something is gained by it beyond being up to date.
  func update(_ facts: LoopFacts, _ pull: PullSnapshot, isNeeded: Bool, at now: Timestamp) -> Move? {
    // The merge queue tries it with its base itself, and would throw a new head out.
    guard pull.merge?.isQueued != true else { return nil }
    guard policy.update == .always || policy.update == .whenRequired && isNeeded else { return nil }
    guard !pull.isCrossRepository, let size = facts.mergeSize(of: pull), size.isClean, size.isBehind else {
      return nil
    }
    let key = facts.freshKey(facts.optionalKey("update", size.head.rawValue, size.base.rawValue))
    return attempt(.updateHead(.loopPull, HeadUpdate(head: size.head, base: size.base)), key, facts, at: now)
  }

  /// An optional write, unless GitHub refused it too often, or took it long ago and nothing came of it: then only a
  /// person's retry makes it again.
  ///
  /// - Parameter key: a ``LoopFacts/freshKey(_:)``.
  func attempt(_ write: Write, _ key: String, _ facts: LoopFacts, at now: Timestamp) -> Move? {
    guard facts.refusals[key, default: 0] < Self.refusalsMax else { return nil }
    guard let madeAt = facts.made[key] else { return .write([EffectDraft(key: key, write: write)]) }
    let shownAt = madeAt + Self.readLag
    return now < shownAt ? .wait(.observation, until: shownAt) : nil
  }
}

extension LoopFacts {
  /// Whether the pull request and its base cannot be merged, by GitHub's word or by git's.
  func conflicts(_ pull: PullSnapshot) -> Bool {
    pull.isMergeable == .no || mergeSize(of: pull)?.isClean == false
  }

  /// What git said about exactly this head and this base.
  func mergeSize(of pull: PullSnapshot) -> MergeSize? {
    mergeSize.flatMap { $0.head == pull.headSHA && $0.base == pull.base?.sha ? $0 : nil }
  }

  /// The key of a write of the coordinator's about this loop's pull request.
  func optionalKey(_ write: String, _ parts: String...) -> String {
    (["pull-\(loop.pullNumber ?? loop.subject.number)", write] + parts).joined(separator: "/")
  }

  /// The key under which an optional write is made next: a person's retry makes anew what was refused too often, and what
  /// was taken and came to nothing.
  func freshKey(_ key: String) -> String {
    guard let retriedAt else { return key }
    let isSpent = refusals[key, default: 0] >= Coordinator.refusalsMax
    let isOld = made[key].map { $0 < retriedAt } ?? false
    return isSpent || isOld ? "\(key)/\(retriedAt.milliseconds)" : key
  }

  /// The key of an order to merge this loop's pull request.
  func mergeKey(_ order: MergeOrder) -> String {
    freshKey(optionalKey("merge", order.head.rawValue, order.way.rawValue, "\(withdrawals)"))
  }

  /// Whether this check failed on a tip of the base that this loop saw.
  func brokeOnBase(_ check: CheckName) -> Bool {
    checkRecords.contains { $0.isBase && !$0.hasPassed && $0.check == check }
  }

  /// What this issue waits for.
  var openBlockers: [BlockerSnapshot] { (observation?.issue?.blockers ?? []).filter(\.isOpen) }

  /// Whether this issue may wait for what GitHub does not let us read.
  var areBlockersHidden: Bool { observation?.issue?.areBlockersHidden == true }
}
