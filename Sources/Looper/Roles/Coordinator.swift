/// What next? One pure function of what is recorded, the same for every trigger. First match wins.
struct Coordinator: Sendable {
  let policy: FlowPolicy

  func next(_ facts: LoopFacts, at now: Timestamp) -> Move {
    if facts.isTakenOver { return .wait(.takeover, until: nil) }
    if let move = ended(facts) ?? fenced(facts, at: now) ?? exhausted(facts, at: now)
      ?? unsettled(facts, at: now)
    {
      return move
    }
    guard let pull = facts.observation?.pull else { return begin(facts, at: now) }
    if facts.loop.isReviewOnly { return reviewOnly(facts, pull, at: now) }
    switch facts.loop.phase {
    case .plan, .specReview: return reviewSpec(facts, pull, at: now)
    case .work: return .run(.implement, notBefore: facts.retryAt ?? now)
    case .codeReview, .ready: return reviewCode(facts, pull, at: now)
    case .done: return .stay
    }
  }

  /// Merged or closed by somebody: whatever else is true, it is over.
  private func ended(_ facts: LoopFacts) -> Move? {
    guard let observation = facts.observation else { return nil }
    if let pull = observation.pull {
      switch pull.state {
      case .merged: return .finish(.merged)
      case .closed: return .finish(.closed)
      case .open: break
      }
    }
    if let issue = observation.issue, !issue.isOpen { return .finish(.closed) }
    // The label is the request: taking it away before anything was published takes the request back.
    let trigger = facts.loop.skipsPlan ? policy.labels.implement : policy.labels.plan
    if facts.loop.lane == .planned, facts.loop.pullNumber == nil, facts.openEffects == 0,
      let issue = observation.issue, !issue.labels.has(trigger), !issue.labels.has(policy.labels.plan)
    {
      return .finish(.cancelled)
    }
    return nil
  }

  /// A person said to keep the hands off.
  private func fenced(_ facts: LoopFacts, at now: Timestamp) -> Move? {
    if facts.isPaused { return .wait(.paused, until: nil) }
    let labels = (facts.observation?.issue?.labels ?? []) + (facts.observation?.pull?.labels ?? [])
    if labels.has(policy.labels.hold) { return .wait(.hold, until: nil) }
    return facts.question.map { answer($0, facts, at: now) }
  }

  /// The first reply of somebody with write access answers; at the deadline the default does, if there is one.
  private func answer(_ question: PendingQuestion, _ facts: LoopFacts, at now: Timestamp) -> Move {
    let viewer = facts.observation?.viewer ?? ""
    let reply = facts.observation?.issue?.comments.first { comment in
      comment.createdAt > question.askedAt && comment.author.canWrite == .yes && !comment.author.isBot
        && !comment.isOurs(viewer: viewer)
    }
    if let reply { return .answer(reply.body, by: reply.author.login) }
    guard let deadline = question.deadlineAt, let option = question.defaultOption else {
      return .block(
        .question, "an agent asked a question; answer it with looper answer or a reply on the issue")
    }
    return now >= deadline ? .answer(option, by: "deadline") : .wait(.answer, until: deadline)
  }

  private func exhausted(_ facts: LoopFacts, at now: Timestamp) -> Move? {
    if let stop = facts.stop { return .block(stop.reason, stop.message) }
    if facts.loop.counters.agentFailures >= policy.attemptsMax {
      return .block(.agentFailures, "the agent failed \(facts.loop.counters.agentFailures) times in a row")
    }
    return overBudget(facts).map { .block(.budget, $0) } ?? dayIsSpent(facts, at: now)
  }

  /// The loop's own budgets: only an operator grants more.
  private func overBudget(_ facts: LoopFacts) -> String? {
    let budget = policy.budget
    let tokens = (facts.usage.inputTokens ?? 0) + (facts.usage.outputTokens ?? 0)
    if let limit = budget.loopTokens, tokens >= limit {
      return "\(tokens) of the loop's \(limit) tokens used"
    }
    if let limit = budget.loopCost, let cost = facts.usage.costUSD, cost >= limit {
      return "\(cost) of the loop's \(limit) US dollars used"
    }
    if let limit = budget.loopTime, facts.agentTime >= limit {
      let minutes = facts.agentTime.milliseconds / 60_000
      return "the loop's agents ran \(minutes) of \(limit.milliseconds / 60_000) minutes"
    }
    return nil
  }

  /// A day's budget comes back with the next day, in UTC.
  private func dayIsSpent(_ facts: LoopFacts, at now: Timestamp) -> Move? {
    let budget = policy.budget
    let isSpent =
      budget.dayCost.map { facts.dayCost >= $0 } ?? false
      || budget.projectDayCost.map { facts.projectDayCost >= $0 } ?? false
    return isSpent ? .wait(.limit, until: now.nextMidnight) : nil
  }

  /// What we know may be older than what we did: then it decides nothing.
  private func unsettled(_ facts: LoopFacts, at now: Timestamp) -> Move? {
    if facts.openEffects > 0 { return .wait(.effects, until: nil) }
    guard let observation = facts.observation, let seenAt = facts.observedAt else {
      return .wait(.observation, until: nil)
    }
    if let wroteAt = facts.wroteAt, seenAt <= wroteAt { return .wait(.observation, until: nil) }
    if facts.loop.pullNumber != nil, observation.pull == nil { return .wait(.observation, until: nil) }
    if let pull = observation.pull, let replaced = facts.loop.replacedSHA, pull.headSHA == replaced {
      return .wait(.observation, until: nil)
    }
    return nil
  }

  /// One review of the head as it is, whatever it says; then it is done.
  private func reviewOnly(_ facts: LoopFacts, _ pull: PullSnapshot, at now: Timestamp) -> Move {
    if facts.review(of: pull.headSHA, in: .codeReview) != nil { return .finish(.reviewed) }
    return .run(.reviewCode, notBefore: facts.retryAt ?? now)
  }

  private func begin(_ facts: LoopFacts, at now: Timestamp) -> Move {
    .run(facts.loop.skipsPlan ? .implement : .plan, notBefore: facts.retryAt ?? now)
  }
}
