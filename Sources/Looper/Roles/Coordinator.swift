/// What next? One pure function of what is recorded, the same for every trigger. First match wins.
struct Coordinator: Sendable {
  let policy: FlowPolicy

  /// How long after our push GitHub's reads may still show the head before it. Later it is what somebody put back.
  static let readLag: Duration = .seconds(120)
  /// How long a reply waits for GitHub to tell whether its author may write; then it counts as nobody's.
  static let unreadReplyWait: Duration = .seconds(3600)

  func next(_ facts: LoopFacts, at now: Timestamp) -> Move {
    var facts = facts
    // What is taken back beside this decision is a write like any other: it is waited for.
    if withdrawal(facts, at: now) != nil { facts.openEffects += 1 }
    let move = affordable(decide(facts, at: now), facts, at: now)
    // Before it is left alone it must have been seen whether GitHub has an order that nobody may carry out now.
    let isUnseen = facts.isOrderUnseen && facts.loop.state != .running
    return move.isFence && isUnseen ? .wait(.observation, until: nil) : move
  }

  private func decide(_ facts: LoopFacts, at now: Timestamp) -> Move {
    if let move = ended(facts) { return move }
    if facts.isCancelDue { return .finish(.cancelled) }
    if facts.isTakenOver { return .wait(.takeover, until: nil) }
    if let move = withdrawn(facts) ?? fenced(facts, at: now) ?? exhausted(facts)
      ?? unwithdrawable(facts, at: now) ?? unsettled(facts, at: now)
    {
      return move
    }
    if let move = rewritten(facts) { return move }
    guard let pull = facts.observation?.pull else { return begin(facts, at: now) }
    if facts.loop.isReviewOnly { return reviewOnly(facts, pull, at: now) }
    // Whoever made it a draft is not done with it, whatever it holds.
    if pull.isDraft { return .wait(.draft, until: nil) }
    switch facts.loop.phase {
    case .plan, .specReview: return reviewSpec(facts, pull, at: now)
    case .work:
      return isApprovalTakenBack(facts, pull)
        ? .enter(.specReview, []) : .run(.implement, notBefore: facts.retryAt ?? now)
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
    if let reply = reply(to: question, facts) { return .answer(reply.body, by: reply.author.login) }
    // It may be somebody's who may answer: asked again for a while, before it counts as nothing.
    if let unread = reply(to: question, facts, by: .unknown) {
      let end = max(unread.createdAt, question.askedAt) + Self.unreadReplyWait
      if now < end { return .wait(.permission, until: end) }
    }
    guard let deadline = question.deadlineAt, let option = question.defaultOption, !facts.isDefaultExhausted
    else {
      return .block(
        .question, "an agent asked a question; answer it with looper answer or a reply on the issue")
    }
    return now >= deadline ? .answer(option, by: "deadline") : .wait(.answer, until: deadline)
  }

  private func exhausted(_ facts: LoopFacts) -> Move? {
    if let stop = facts.stop { return .block(stop.reason, stop.message) }
    if facts.loop.counters.agentFailures >= policy.attemptsMax {
      if let pull = facts.observation?.pull, facts.conflicts(pull) {
        return .block(
          .conflict,
          "the agent could not resolve the conflict in \(facts.loop.counters.agentFailures) attempts")
      }
      return .block(.agentFailures, "the agent failed \(facts.loop.counters.agentFailures) times in a row")
    }
    return policy.budget.breach(facts.spent, at: [.loop]).map { .block(.budget, $0.message) }
  }

  /// A day's budget comes back with the next day, in UTC: until then it blocks what wants an agent, and nothing else.
  private func affordable(_ move: Move, _ facts: LoopFacts, at now: Timestamp) -> Move {
    guard case .run = move, let breach = policy.budget.breach(facts.spent, at: BudgetLevel.daily) else {
      return move
    }
    return .block(
      .budget, "\(breach.message); it goes on at midnight UTC", until: now.nextMidnight)
  }

  /// What we know may be older than what we did: then it decides nothing.
  private func unsettled(_ facts: LoopFacts, at now: Timestamp) -> Move? {
    if facts.openEffects > 0 { return .wait(.effects, until: nil) }
    guard let observation = facts.observation, let seenAt = facts.observedAt else {
      return .wait(.observation, until: nil)
    }
    if let wroteAt = facts.wroteAt, seenAt <= wroteAt { return .wait(.observation, until: nil) }
    if facts.loop.pullNumber != nil, observation.pull == nil { return .wait(.observation, until: nil) }
    if let pull = observation.pull, let replaced = facts.loop.replacedSHA, pull.headSHA == replaced,
      let wroteAt = facts.wroteAt, seenAt <= wroteAt + Self.readLag
    {
      return .wait(.observation, until: nil)
    }
    return nil
  }

  /// One review of the head as it is, whatever it says; then it is done.
  private func reviewOnly(_ facts: LoopFacts, _ pull: PullSnapshot, at now: Timestamp) -> Move {
    if let move = takenOver(facts, pull) { return move }
    if facts.review(of: pull.headSHA, in: .codeReview) != nil { return .finish(.reviewed) }
    if pull.isDraft { return .wait(.draft, until: nil) }
    return .run(.reviewCode, notBefore: facts.retryAt ?? now)
  }

  private func begin(_ facts: LoopFacts, at now: Timestamp) -> Move {
    // What an operator starts by hand starts now.
    if facts.loop.lane != .manual, !facts.openBlockers.isEmpty || facts.areBlockersHidden {
      return .wait(.dependency, until: nil)
    }
    return .run(facts.loop.skipsPlan ? .implement : .plan, notBefore: facts.retryAt ?? now)
  }
}
