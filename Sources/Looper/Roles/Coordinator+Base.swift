extension Coordinator {
  /// How often an optional write is refused for one and the same commit before it is left alone.
  static let refusalsMax = 3

  /// Takes a standing order to merge back when what allowed it does not hold any more, whoever has the loop in hand:
  /// GitHub keeps it when a writer pushes, and would merge what nobody reviewed.
  func withdrawal(_ facts: LoopFacts, at now: Timestamp) -> Move? {
    // An order that a person gave, with the same login perhaps, is the person's.
    guard facts.hasStandingOrder, facts.openEffects == 0, let observation = facts.observation,
      let pull = observation.pull, pull.state == .open, let merge = pull.merge
    else { return nil }
    let isOurs = merge.autoMergeBy?.lowercased() == observation.viewer.lowercased()
    guard isOurs || merge.isQueued, MergeDecision(facts, pull, policy, at: now) != .standing else {
      return nil
    }
    return attempt(
      .withdrawMerge(.loopPull), facts.optionalKey("withdraw", pull.headSHA.rawValue, "\(facts.withdrawals)"),
      facts)
  }

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
  func update(_ facts: LoopFacts, _ pull: PullSnapshot, isNeeded: Bool) -> Move? {
    guard policy.update == .always || policy.update == .whenRequired && isNeeded else { return nil }
    guard !pull.isCrossRepository, let size = facts.mergeSize(of: pull), size.isClean, size.isBehind else {
      return nil
    }
    let key = facts.optionalKey("update", size.head.rawValue, size.base.rawValue)
    return attempt(.updateHead(.loopPull, HeadUpdate(head: size.head, base: size.base)), key, facts)
  }

  /// An optional write, unless GitHub refused it too often.
  func attempt(_ write: Write, _ key: String, _ facts: LoopFacts) -> Move? {
    guard facts.refusals[key, default: 0] < Self.refusalsMax else { return nil }
    return .write([EffectDraft(key: key, write: write)])
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

  /// Whether this check failed on a tip of the base that this loop saw.
  func brokeOnBase(_ check: CheckName) -> Bool {
    checkRecords.contains { $0.isBase && !$0.hasPassed && $0.check == check }
  }

  /// What this issue waits for.
  var openBlockers: [BlockerSnapshot] { (observation?.issue?.blockers ?? []).filter(\.isOpen) }

  /// Whether this issue may wait for what GitHub does not let us read.
  var areBlockersHidden: Bool { observation?.issue?.areBlockersHidden == true }
}
