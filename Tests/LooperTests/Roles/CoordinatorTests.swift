import Testing

@testable import Looper

@Suite("the coordinator waits for nothing that does not come")
struct CoordinatorTests {
  private static let at = PromptSamples.at
  private static let head = MergeDecisionTests.pull.headSHA

  private static func facts(_ change: (inout LoopFacts, inout PullSnapshot) -> Void) -> LoopFacts {
    var facts = LoopFacts(loop: PromptSamples.loop())
    facts.loop.phase = .ready
    facts.loop.pullNumber = 9
    facts.headSeenAt = at - .seconds(60)
    facts.observedAt = at
    facts.reviews = [
      Review(phase: .codeReview, headSHA: head, round: 1, verdict: .clean, summary: "", at: at)
    ]
    var pull = MergeDecisionTests.pull
    change(&facts, &pull)
    facts.observation = Observation(viewer: "looper-bot", issue: PromptSamples.issue(), pull: pull)
    return facts
  }

  private static func policy(_ mode: MergePolicy.Mode = .auto) -> FlowPolicy {
    var policy = FlowPolicy()
    policy.merge.mode = mode
    return policy
  }

  @Test("checks that cannot be read are waited for as long as checks that run, then a person is asked")
  func unreadableChecks() {
    var facts = Self.facts { $1.areChecksTruncated = true }
    facts.loop.phase = .codeReview
    let coordinator = Coordinator(policy: Self.policy())
    let deadline = Self.at - .seconds(60) + Self.policy().checksWait
    #expect(coordinator.next(facts, at: Self.at) == .wait(.observation, until: deadline))
    #expect(
      coordinator.next(facts, at: deadline)
        == .block(
          .checksMissing,
          "the checks cannot be read whole: the login of gh may not read checks here, or there are too many"))
  }

  @Test("an update that GitHub took and that never moved the head is left alone until a retry")
  func updateWithoutEffect() throws {
    let base = try #require(MergeDecisionTests.pull.base).sha
    let key = "pull-9/update/\(Self.head.rawValue)/\(base.rawValue)"
    var facts = Self.facts { facts, pull in
      facts.mergeSize = MergeSize(
        head: Self.head, base: base, mergeBase: PromptSamples.sha("e"), conflictPaths: [])
      pull.merge?.status = .behind
    }
    let coordinator = Coordinator(policy: Self.policy())
    func update(_ key: String) -> Move {
      .write([
        EffectDraft(key: key, write: .updateHead(.loopPull, HeadUpdate(head: Self.head, base: base)))
      ])
    }
    #expect(coordinator.next(facts, at: Self.at) == update(key))
    facts.made[key] = Self.at - .seconds(119)
    #expect(coordinator.next(facts, at: Self.at) == .wait(.observation, until: Self.at + .seconds(1)))
    facts.made[key] = Self.at - .seconds(120)
    #expect(coordinator.next(facts, at: Self.at) == .wait(.merge, until: nil))
    facts.retriedAt = Self.at
    #expect(coordinator.next(facts, at: Self.at) == update("\(key)/\(Self.at.milliseconds)"))
  }

  @Test("a day's budget that is spent blocks what wants an agent until the next day, and nothing else")
  func daySpent() {
    var facts = Self.facts { _, _ in }
    facts.spent[.day] = Spending(usage: Usage(inputTokens: nil, outputTokens: nil, costUSD: 2))
    var policy = Self.policy(.off)
    policy.budget = .init(day: .init(cost: 2))
    let coordinator = Coordinator(policy: policy)
    #expect(coordinator.next(facts, at: Self.at) == .wait(.merge, until: nil))
    facts.reviews = []
    facts.loop.phase = .codeReview
    #expect(
      coordinator.next(facts, at: Self.at)
        == .block(
          .budget, "2.0 of the daily 2.0 US dollars used; it goes on at midnight UTC",
          until: Self.at.nextMidnight))
  }

  @Test(
    "a conversation whose author's rights are not known is looked at again",
    arguments: [MergePolicy.Mode.auto, .off])
  func unreadAuthor(mode: MergePolicy.Mode) {
    let facts = Self.facts { _, pull in
      pull.threads = [PromptSamples.thread.thread]
      pull.threads[0].comments[0].author.permission = nil
    }
    let move = Coordinator(policy: Self.policy(mode)).next(facts, at: Self.at)
    #expect(move == .wait(.permission, until: nil))
  }

  @Test("an approval by somebody whose rights are not known is looked at again")
  func unreadApproval() {
    var facts = Self.facts { facts, pull in
      facts.loop.phase = .specReview
      facts.reviews[0].phase = .specReview
      pull.reviews = [MergeDecisionTests.review(.approved)]
    }
    var policy = Self.policy()
    policy.needsSpecApproval = true
    let coordinator = Coordinator(policy: policy)
    guard case .enter(.work, _) = coordinator.next(facts, at: Self.at) else {
      Issue.record("a writer's approval counts")
      return
    }
    facts.observation?.pull?.reviews[0].author.permission = nil
    #expect(coordinator.next(facts, at: Self.at) == .wait(.permission, until: nil))
    facts.observation?.pull?.reviews[0].author.permission = .read
    #expect(coordinator.next(facts, at: Self.at) == .wait(.specApproval, until: nil))
  }

  @Test("a person's label puts an approved spec back under review before it is implemented")
  func approvalTakenBack() {
    let labels = FlowPolicy().labels
    let person = AuthorSnapshot(login: "ann", isBot: false, permission: .write)
    var facts = Self.facts { facts, pull in
      facts.loop.phase = .work
      facts.reviews[0].phase = .specReview
      pull.reviews = [MergeDecisionTests.review(.approved)]
      pull.labels = [LabelSnapshot(name: labels.specReviewing, setBy: person, setAt: Self.at)]
    }
    var policy = Self.policy()
    policy.needsSpecApproval = true
    let coordinator = Coordinator(policy: policy)
    #expect(coordinator.next(facts, at: Self.at) == .enter(.specReview, []))
    facts.loop.phase = .specReview
    #expect(coordinator.next(facts, at: Self.at) == .wait(.specApproval, until: nil))
    // Looper's own label, before the one that replaces it is shown, is nobody's word.
    facts.observation?.pull?.labels[0].setBy?.login = "looper-bot"
    guard case .enter(.work, _) = coordinator.next(facts, at: Self.at) else {
      Issue.record("an approval that stands counts")
      return
    }
    facts.loop.phase = .work
    #expect(coordinator.next(facts, at: Self.at) == .run(.implement, notBefore: Self.at))
  }

  @Test("a reply by somebody whose rights are not known is asked about for an hour before the default counts")
  func unreadReply() {
    var reply = PromptSamples.comment("yes")
    (reply.id, reply.createdAt) = (5, Self.at - .seconds(300))
    var facts = Self.facts { facts, _ in
      facts.question = PendingQuestion(
        askedAt: Self.at - .seconds(600), postedID: 1, deadlineAt: Self.at - .seconds(60), defaultOption: "no"
      )
    }
    facts.observation?.issue?.comments = [reply]
    let coordinator = Coordinator(policy: Self.policy())
    #expect(coordinator.next(facts, at: Self.at) == .answer("yes", by: reply.author.login))
    facts.observation?.issue?.comments[0].author.permission = nil
    let end = reply.createdAt + .seconds(3600)
    #expect(coordinator.next(facts, at: Self.at) == .wait(.permission, until: end))
    #expect(coordinator.next(facts, at: end) == .answer("no", by: "deadline"))
    facts.observation?.issue?.comments[0].author.permission = .read
    #expect(coordinator.next(facts, at: Self.at) == .answer("no", by: "deadline"))
  }

  @Test(
    "what GitHub computes after a write is looked at for two minutes, what it does not know until it does")
  func stateAfterWrite() {
    var facts = Self.facts { facts, pull in
      facts.wroteAt = Self.at - .seconds(60)
      pull.merge?.status = .blocked
    }
    let coordinator = Coordinator(policy: Self.policy())
    let end = Self.at + .seconds(60)
    #expect(coordinator.next(facts, at: Self.at) == .wait(.mergeability, until: end))
    #expect(coordinator.next(facts, at: end) == .wait(.merge, until: nil))
    facts.observation?.pull?.merge?.status = .unknown
    #expect(coordinator.next(facts, at: end) == .wait(.mergeability, until: nil))
    #expect(Coordinator(policy: Self.policy(.off)).next(facts, at: end) == .wait(.merge, until: nil))
  }

  @Test("a merge that was refused three times is told and left alone until a retry")
  func refusedMerge() {
    let key = "pull-9/merge/\(Self.head.rawValue)/direct/0"
    var facts = Self.facts { _, _ in }
    let policy = Self.policy()
    let coordinator = Coordinator(policy: policy)
    func isTried(_ key: String) -> Bool {
      guard case .write(let drafts) = coordinator.next(facts, at: Self.at) else { return false }
      return drafts.map(\.key) == [key]
    }
    facts.refusals[key] = 2
    #expect(isTried(key))
    facts.refusals[key] = 3
    #expect(coordinator.next(facts, at: Self.at) == .wait(.merge, until: nil))
    #expect(
      MergeDecision.news(facts, policy, at: Self.at) == "the order to merge it was refused 3 times")
    facts.retriedAt = Self.at
    #expect(isTried("\(key)/\(Self.at.milliseconds)"))
    facts.refusals["\(key)/\(Self.at.milliseconds)"] = 3
    #expect(coordinator.next(facts, at: Self.at) == .wait(.merge, until: nil))
  }

  @Test(
    "a loop is left alone for a person only when a look is newer than the order to merge it was sent with")
  func unseenOrder() {
    var facts = Self.facts { facts, _ in
      facts.isPaused = true
      facts.loop.state = .waiting(.merge, wakeAt: nil)
      let order = MergeOrder(head: Self.head, method: .squash, way: .automatic)
      facts.orders = [SentOrder(order: order, sentAt: Self.at, takenAt: nil)]
    }
    let coordinator = Coordinator(policy: Self.policy())
    #expect(coordinator.next(facts, at: Self.at) == .wait(.observation, until: nil))
    facts.observedAt = Self.at + .seconds(1)
    #expect(coordinator.next(facts, at: Self.at) == .wait(.paused, until: nil))
    facts.observation?.pull?.merge?.autoMergeBy = "looper-bot"
    #expect(coordinator.withdrawal(facts, at: Self.at)?.write == .withdrawMerge(.loopPull))
    facts.isWithdrawing = true
    #expect(coordinator.withdrawal(facts, at: Self.at) == nil)
  }

  @Test("an order to merge that GitHub refuses to take back is a person's to take back")
  func refusedWithdrawal() {
    var facts = Self.facts { facts, pull in
      let order = MergeOrder(head: Self.head, method: .squash, way: .automatic)
      facts.orders = [SentOrder(order: order, sentAt: Self.at - .seconds(9), takenAt: Self.at - .seconds(9))]
      facts.reviews = []
      facts.loop.phase = .codeReview
      pull.merge?.autoMergeBy = "looper-bot"
    }
    let coordinator = Coordinator(policy: Self.policy())
    let key = facts.optionalKey("withdraw", Self.head.rawValue, "0")
    for count in 0..<3 {
      facts.refusals[key] = count
      #expect(
        coordinator.withdrawal(facts, at: Self.at) == EffectDraft(key: key, write: .withdrawMerge(.loopPull)))
    }
    facts.refusals[key] = 3
    #expect(coordinator.withdrawal(facts, at: Self.at) == nil)
    guard case .block(.needsHuman, let message, _) = coordinator.next(facts, at: Self.at) else {
      Issue.record("nobody is told")
      return
    }
    #expect(message.contains("refuses to take that back"))
    facts.observation?.pull?.merge?.autoMergeBy = nil
    #expect(coordinator.next(facts, at: Self.at) == .run(.reviewCode, notBefore: Self.at))
  }

  @Test("what waits in the merge queue is not brought up to its base")
  func queued() throws {
    let base = try #require(MergeDecisionTests.pull.base).sha
    var policy = Self.policy()
    policy.update = .always
    let facts = Self.facts { facts, pull in
      facts.mergeSize = MergeSize(
        head: Self.head, base: base, mergeBase: PromptSamples.sha("e"), conflictPaths: [])
      pull.merge?.isQueued = true
    }
    #expect(Coordinator(policy: policy).next(facts, at: Self.at) == .wait(.merge, until: nil))
  }
}
