/// Whether Looper may merge a pull request that is ready, and if not, who may.
enum MergeDecision: Equatable, Sendable {
  case order(MergeOrder)
  /// GitHub has the order already and carries it out.
  case standing
  /// Not now, but it may come by itself: says what is missing.
  case notYet(String)
  /// Only a person: says why.
  case human(String)

  init(_ facts: LoopFacts, _ pull: PullSnapshot, _ policy: FlowPolicy, at now: Timestamp) {
    self = Self.decide(facts, pull, policy, at: now)
  }

  /// The sentence for people; nil when there is nothing to tell.
  var reason: String? {
    switch self {
    case .order: nil
    case .standing: "GitHub merges it as soon as it can"
    case .notYet(let reason), .human(let reason): reason
    }
  }

  private static func decide(
    _ facts: LoopFacts, _ pull: PullSnapshot, _ policy: FlowPolicy, at now: Timestamp
  ) -> Self {
    guard policy.merge.mode != .off else { return .human("merge.mode is off") }
    guard let merge = pull.merge else { return .notYet("GitHub did not say whether it may be merged") }
    if let missing = evidence(facts, pull, policy, at: now) ?? budget(facts, merge, policy.merge) {
      return missing
    }
    let decision = way(pull, merge, policy.merge)
    guard case .order(let order) = decision else { return decision }
    if facts.isOrderLapsed(pull.headSHA, at: now) { return .human(lapsed) }
    let isSpent = facts.refusals[facts.mergeKey(order), default: 0] >= Coordinator.refusalsMax
    return isSpent ? .human(refused) : decision
  }

  static let notReviewed = notYet("its head is not reviewed clean")
  static let notGreen = notYet("its checks are not green")
  static let openConversation = notYet("a conversation is open")
  static let stateUnknown = notYet("GitHub has not said that it may be merged")
  static let ruleUnmet = human("a rule of its base is not met")

  /// Why it is a person's for now, whatever else is true.
  static func keptByPerson(_ facts: LoopFacts, _ pull: PullSnapshot, _ policy: FlowPolicy) -> Self? {
    if facts.isPaused || facts.isTakenOver { return .human("a person has it in hand") }
    let labels = (facts.observation?.issue?.labels ?? []) + pull.labels
    if labels.has(policy.labels.hold) { return .human("it is held by a label") }
    if pull.isDraft { return .human("it is a draft") }
    if pull.isCrossRepository { return .human("it comes from a fork") }
    return nil
  }

  /// Everything must be known and good; unknown never merges.
  private static func evidence(
    _ facts: LoopFacts, _ pull: PullSnapshot, _ policy: FlowPolicy, at now: Timestamp
  ) -> Self? {
    if let kept = keptByPerson(facts, pull, policy) { return kept }
    guard facts.review(of: pull.headSHA, in: .codeReview)?.verdict == .clean else { return notReviewed }
    guard let base = pull.base, base.requiredChecks != nil else {
      return .human("the rules of its base cannot be read")
    }
    guard CheckJudgement(facts, pull, at: now, checksWait: policy.checksWait).isGreen else { return notGreen }
    guard pull.isMergeable == .yes else { return .notYet("GitHub has not said that it merges") }
    if let objection = pull.standingObjection { return .human("\(objection) asks for changes") }
    if pull.areReviewsTruncated == true { return .human("it has more reviews than are read") }
    let coordinator = Coordinator(policy: policy)
    guard !pull.areThreadsTruncated, !coordinator.hasOpenConversation(facts, pull) else {
      return openConversation
    }
    guard !coordinator.hasOpenConversation(facts, pull, by: .unknown) else {
      return .notYet("it could not be read whether somebody who wrote there may write to the repository")
    }
    return nil
  }

  /// What is small and harmless enough to go without a person's eyes.
  static func budget(_ facts: LoopFacts, _ merge: MergeSnapshot, _ policy: MergePolicy) -> Self? {
    if let most = policy.changedLinesMax, merge.changedLines > most {
      return .human("it changes \(merge.changedLines) lines, more than merge.max-changed-lines = \(most)")
    }
    let globs = (policy.protectedPaths + facts.protectedPaths).map(PathGlob.init)
    guard !globs.isEmpty else { return nil }
    if let path = merge.touchedPaths.first(where: { path in globs.contains { $0.matches(path) } }) {
      return .human("it changes the protected path \(path)")
    }
    guard merge.arePathsComplete else {
      return .human("it changes \(merge.changedFiles) files, too many to look for protected paths")
    }
    guard merge.hidesFormerPaths != true else {
      return .human("it renames files, and what they were called before could not be read")
    }
    return nil
  }

  private static func way(_ pull: PullSnapshot, _ merge: MergeSnapshot, _ policy: MergePolicy) -> Self {
    if merge.isQueued || merge.autoMergeBy != nil { return .standing }
    if merge.decision == .changesRequested { return .human("a reviewer asks for changes") }
    guard let method = merge.method else { return .human("the repository allows no way to merge") }
    if merge.hasQueue {
      return merge.decision == .reviewRequired
        ? .human("an approving review is required")
        : .order(MergeOrder(head: pull.headSHA, method: method, way: .queue))
    }
    guard policy.mode == .auto else { return .human("merge.mode is queue, and the base has no merge queue") }
    switch merge.status {
    case .clean, .hasHooks, .unstable:
      guard merge.decision != .reviewRequired else { return .human("an approving review is required") }
      return .order(MergeOrder(head: pull.headSHA, method: method, way: .direct))
    case .blocked where merge.allowsAutoMerge:
      return .order(MergeOrder(head: pull.headSHA, method: method, way: .automatic))
    case .blocked:
      return merge.decision == .reviewRequired ? .human("an approving review is required") : ruleUnmet
    case .behind: return .notYet("its head is behind its base")
    case .dirty: return .notYet("it conflicts with its base")
    case .draft: return .human("it is a draft")
    case .unknown: return stateUnknown
    }
  }
}

extension PullSnapshot {
  /// The last word of each login that approved or asked for changes, in no order.
  var lastWords: [ReviewSnapshot] {
    var last: [String: ReviewSnapshot] = [:]
    for review in reviews {
      switch review.state {
      case .approved, .changesRequested, .dismissed: last[review.author.login.lowercased()] = review
      case .commented, .pending: break
      }
    }
    return Array(last.values)
  }

  /// The login of somebody who may write here, or may for all we know, and whose last word is that changes are wanted.
  ///
  /// GitHub's own sum of the reviews says nothing where no review is required.
  var standingObjection: String? {
    lastWords.filter { $0.state == .changesRequested && $0.author.canWrite != .no }
      .map(\.author.login).min()
  }
}
