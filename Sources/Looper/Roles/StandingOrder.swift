/// An order to merge that was sent to GitHub and not taken back since.
struct SentOrder: Equatable, Sendable {
  var order: MergeOrder
  var sentAt: Timestamp
  /// When GitHub took it; nil when it refused, or its answer is not known.
  var takenAt: Timestamp?
}

extension LoopFacts {
  /// Orders that GitHub carries out later, if it has them.
  private var lasting: [SentOrder] { orders.filter { $0.order.way != .direct } }

  /// Whether no look is newer than what GitHub was told of merging, or may have been.
  var isOrderUnseen: Bool {
    guard let told = lasting.map({ max($0.sentAt, $0.takenAt ?? $0.sentAt) }).max() else { return false }
    return observedAt.map { $0 <= told } ?? true
  }

  /// Whether an order of ours stands on GitHub, as the last look saw it. One that a person gave, with the same login
  /// perhaps, is the person's.
  func hasStandingOrder(_ merge: MergeSnapshot) -> Bool {
    let isOurs =
      merge.autoMergeBy != nil && merge.autoMergeBy?.lowercased() == observation?.viewer.lowercased()
    return !lasting.isEmpty && (isOurs || merge.isQueued)
  }

  /// Whether GitHub took an order for this head and has it no more: somebody took it back, or the queue threw it out. A
  /// person's retry gives it again.
  func isOrderLapsed(_ head: CommitSHA, at now: Timestamp) -> Bool {
    let taken = orders.filter { $0.order.head == head && $0.order.way != .direct }.compactMap(\.takenAt).max()
    guard let taken, retriedAt.map({ $0 < taken }) ?? true else { return false }
    return now >= taken + Coordinator.readLag
  }
}

extension Coordinator {
  /// Takes a standing order to merge back when something is known to speak against it, whoever has the loop in hand and
  /// whatever runs: GitHub keeps it when a writer pushes, and would merge what nobody reviewed.
  func withdrawal(_ facts: LoopFacts, at now: Timestamp) -> EffectDraft? {
    guard let key = withdrawalKey(facts, at: now), facts.refusals[key, default: 0] < Self.refusalsMax else {
      return nil
    }
    return EffectDraft(key: key, write: .withdrawMerge(.loopPull))
  }

  /// What only a person can take back now.
  func unwithdrawable(_ facts: LoopFacts, at now: Timestamp) -> Move? {
    guard let key = withdrawalKey(facts, at: now), facts.refusals[key, default: 0] >= Self.refusalsMax else {
      return nil
    }
    return .block(
      .needsHuman,
      "GitHub would still merge it later, which something speaks against now, and refuses to take that back; "
        + "disable auto-merge there")
  }

  private func withdrawalKey(_ facts: LoopFacts, at now: Timestamp) -> String? {
    guard !facts.isWithdrawing, let pull = facts.observation?.pull, pull.state == .open,
      let merge = pull.merge,
      facts.hasStandingOrder(merge), MergeDecision.objection(facts, pull, policy, at: now) != nil
    else { return nil }
    let fresh = facts.retriedAt.map { ["\($0.milliseconds)"] } ?? []
    let parts = [pull.headSHA.rawValue, "\(facts.withdrawals)"] + fresh
    return facts.optionalKey("withdraw", parts.joined(separator: "/"))
  }
}

extension MergeDecision {
  /// The sentence about an order that GitHub has no more.
  static let lapsed = "the order to merge was taken back on GitHub"
  /// The sentence about an order that was tried as often as it may be.
  static let refused = "the order to merge it was refused \(Coordinator.refusalsMax) times"

  /// What has to be told of a loop that is ready; empty when there is no more to it.
  static func news(_ facts: LoopFacts, _ policy: FlowPolicy, at now: Timestamp) -> String {
    guard let pull = facts.observation?.pull else { return "" }
    let decision = Self(facts, pull, policy, at: now)
    return [lapsed, refused].first { decision == .human($0) } ?? ""
  }

  /// What is known to speak against merging; nil while nothing is. What is not known takes no order back: it would be
  /// given and taken back with every move of the base.
  static func objection(
    _ facts: LoopFacts, _ pull: PullSnapshot, _ policy: FlowPolicy, at now: Timestamp
  ) -> MergeDecision? {
    if policy.merge.mode == .off { return .human("merge.mode is off") }
    if let kept = keptByPerson(facts, pull, policy) { return kept }
    guard facts.review(of: pull.headSHA, in: .codeReview)?.verdict == .clean else { return .notReviewed }
    if CheckJudgement(facts, pull, at: now, checksWait: policy.checksWait).isRed { return .notGreen }
    if facts.conflicts(pull) { return .notYet("it conflicts with its base") }
    if let login = pull.standingObjection { return .human("\(login) asks for changes") }
    guard !Coordinator(policy: policy).hasOpenConversation(facts, pull) else { return .openConversation }
    return pull.merge.flatMap { budget(facts, $0, policy.merge) }
  }
}
