import Testing

@testable import Looper

@Suite("Looper merges only with every condition known and met")
struct MergeDecisionTests {
  /// What is not as it should be, and what follows.
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var expected: MergeDecision
    var change: @Sendable (inout LoopFacts, inout PullSnapshot, inout FlowPolicy) -> Void

    var testDescription: String { name }

    init(
      _ name: String, _ expected: MergeDecision,
      _ change: @escaping @Sendable (inout LoopFacts, inout PullSnapshot, inout FlowPolicy) -> Void
    ) {
      (self.name, self.expected, self.change) = (name, expected, change)
    }
  }

  private static let head = PromptSamples.sha("c")
  private static let at = PromptSamples.at

  private static func order(_ way: MergeOrder.Way) -> MergeDecision {
    .order(MergeOrder(head: head, method: .squash, way: way))
  }

  static var pull: PullSnapshot {
    PullSnapshot(
      number: 9, nodeID: "PR_9", title: "Retry uploads", body: "", url: "https://example.test/pull/9",
      author: PromptSamples.maintainer, state: .open, isDraft: false, headRef: "looper/7-retry",
      headSHA: head, headRepository: "acme/widgets", isCrossRepository: false, baseRef: "main",
      baseSHA: PromptSamples.sha("a"), isMergeable: .yes, labels: [], checks: [check(.passed)],
      areChecksTruncated: false, threads: [], areThreadsTruncated: false, reviews: [],
      areReviewsTruncated: false, updatedAt: at,
      base: BaseSnapshot(sha: PromptSamples.sha("a"), checks: [], requiredChecks: ["test"]),
      merge: MergeSnapshot(
        status: .clean, decision: nil, method: .squash, allowsAutoMerge: false, autoMergeBy: nil,
        hasQueue: false, isQueued: false, additions: 3, deletions: 1, changedFiles: 1,
        changedPaths: ["src/upload.py"]))
  }

  private static func check(_ result: CheckSnapshot.Result) -> CheckSnapshot {
    CheckSnapshot(
      name: "test", app: "github-actions", source: .checkRun, result: result, id: 99, conclusion: "",
      url: "https://example.test/check/99", title: "", isRequired: .yes)
  }

  private static let cases: [Case] = [
    Case("everything is known and met", order(.direct)) { _, _, _ in },
    Case("merge.mode is off", .human("merge.mode is off")) { $2.merge.mode = .off },
    Case("GitHub said nothing of merging", .notYet("GitHub did not say whether it may be merged")) {
      _, pull, _ in
      pull.merge = nil
    },
    Case("paused", .human("a person has it in hand")) { facts, _, _ in facts.isPaused = true },
    Case("taken over", .human("a person has it in hand")) { facts, _, _ in facts.isTakenOver = true },
    Case("held", .human("it is held by a label")) { _, pull, _ in
      pull.labels = [LabelSnapshot(name: "Looper:Hold")]
    },
    Case("a draft", .human("it is a draft")) { _, pull, _ in pull.isDraft = true },
    Case("a fork's", .human("it comes from a fork")) { _, pull, _ in pull.isCrossRepository = true },
    Case("reviewed on another head", .notYet("its head is not reviewed clean")) { facts, _, _ in
      facts.reviews[0].headSHA = PromptSamples.sha("d")
    },
    Case("reviewed, and changes are wanted", .notYet("its head is not reviewed clean")) { facts, _, _ in
      facts.reviews[0].verdict = .changes
    },
    Case("only its spec is reviewed", .notYet("its head is not reviewed clean")) { facts, _, _ in
      facts.reviews[0].phase = .specReview
    },
    Case("the base is gone or unreadable", .human("the rules of its base cannot be read")) { _, pull, _ in
      pull.base = nil
    },
    Case("the base's rules are unreadable", .human("the rules of its base cannot be read")) { _, pull, _ in
      pull.base?.requiredChecks = nil
    },
    Case("a required check is absent", .notYet("its checks are not green")) { _, pull, _ in pull.checks = []
    },
    Case("a check fails", .notYet("its checks are not green")) { _, pull, _ in pull.checks = [check(.failed)]
    },
    Case("a check runs", .notYet("its checks are not green")) { _, pull, _ in pull.checks = [check(.pending)]
    },
    Case("the list of checks was cut", .notYet("its checks are not green")) { _, pull, _ in
      pull.areChecksTruncated = true
    },
    Case("mergeability is unknown", .notYet("GitHub has not said that it merges")) { _, pull, _ in
      pull.isMergeable = .unknown
    },
    Case("it conflicts", .notYet("GitHub has not said that it merges")) { _, pull, _ in pull.isMergeable = .no
    },
    Case("somebody asks for changes", .human("maria asks for changes")) { _, pull, _ in
      pull.reviews = [objection]
    },
    Case("there are more reviews than were read", .human("it has more reviews than are read")) { _, pull, _ in
      pull.areReviewsTruncated = true
    },
    Case("a writer's conversation is open", .notYet("a conversation is open")) { _, pull, _ in
      pull.threads = [PromptSamples.thread.thread]
    },
    Case("there are more conversations than were read", .notYet("a conversation is open")) { _, pull, _ in
      pull.areThreadsTruncated = true
    },
    Case("a writer's remark about the whole is unheard", .notYet("a conversation is open")) {
      facts, pull, _ in
      facts.firstMark = ConversationMark(nil, at: at)
      pull.comments = [PromptSamples.comment("wait")]
    },
    Case("whether who began a conversation may write is unknown", .notYet(unreadAuthor)) { _, pull, _ in
      pull.threads = [PromptSamples.thread.thread]
      pull.threads[0].comments[0].author.permission = nil
    },
    Case("whether who remarked something may write is unknown", .notYet(unreadAuthor)) { facts, pull, _ in
      facts.firstMark = ConversationMark(nil, at: at)
      pull.comments = [PromptSamples.comment("wait")]
      pull.comments?[0].author.permission = nil
    },
    Case("a stranger's conversation is open", order(.direct)) { _, pull, _ in
      pull.threads = [PromptSamples.thread.thread]
      pull.threads[0].comments[0].author = PromptSamples.stranger
    },
    Case("whether the check is the required one is unknown", .notYet("its checks are not green")) {
      _, pull, _ in
      pull.checks[0].isRequired = .unknown
    },
    Case("a required check of another app", .notYet("its checks are not green")) { _, pull, _ in
      pull.base?.pinnedChecks = [.init(name: "test", appID: 15368)]
      pull.checks[0].appID = 7
    },
    Case("a required check of the app that must report it", order(.direct)) { _, pull, _ in
      pull.base?.pinnedChecks = [.init(name: "test", appID: 15368)]
      pull.checks[0].appID = 15368
      pull.checks[0].isRequired = .unknown
    },
    Case("an order for this head is gone from GitHub", .human(MergeDecision.lapsed)) { facts, _, _ in
      facts.orders = [taken(before: .seconds(121))]
    },
    Case("an order for this head is not shown yet", order(.direct)) { facts, _, _ in
      facts.orders = [taken(before: .seconds(119))]
    },
    Case("an order that is gone, and a person's retry since", order(.direct)) { facts, _, _ in
      facts.orders = [taken(before: .seconds(121))]
      facts.retriedAt = at
    },
    Case("too many lines", .human("it changes 4 lines, more than merge.max-changed-lines = 3")) {
      $2.merge.changedLinesMax = 3
    },
    Case("a protected path", .human("it changes the protected path src/upload.py")) {
      $2.merge.protectedPaths = ["src/**"]
    },
    Case("a path that the repository protects", .human("it changes the protected path src/upload.py")) {
      facts, _, _ in facts.protectedPaths = ["src/**"]
    },
    Case(
      "too many files to look for protected paths",
      .human("it changes 300 files, too many to look for protected paths")
    ) {
      $1.merge?.changedFiles = 300
      $2.merge.protectedPaths = ["ci/**"]
    },
    Case(
      "former paths that are hidden",
      .human("it renames files, and what they were called before could not be read")
    ) {
      $1.merge?.hidesFormerPaths = true
      $2.merge.protectedPaths = ["ci/**"]
    },
    Case("no way to merge is allowed", .human("the repository allows no way to merge")) { _, pull, _ in
      pull.merge?.method = nil
    },
    Case("GitHub's sum of the reviews asks for changes", .human("a reviewer asks for changes")) {
      _, pull, _ in
      pull.merge?.decision = .changesRequested
    },
    Case("an approval is required", .human("an approving review is required")) { _, pull, _ in
      pull.merge?.decision = .reviewRequired
    },
    Case("mode queue without a queue", .human("merge.mode is queue, and the base has no merge queue")) {
      $2.merge.mode = .queue
    },
    Case("mode queue with a queue", order(.queue)) {
      $1.merge?.hasQueue = true
      $2.merge.mode = .queue
    },
    Case("a queue, and an approval is required", .human("an approving review is required")) { _, pull, _ in
      pull.merge?.hasQueue = true
      pull.merge?.decision = .reviewRequired
    },
    Case("a rule is not met, and GitHub merges by itself", order(.automatic)) { _, pull, _ in
      pull.merge?.status = .blocked
      pull.merge?.allowsAutoMerge = true
    },
    Case(
      "a rule is not met, such as a conversation that must be resolved",
      .human("a rule of its base is not met")
    ) { _, pull, _ in
      pull.merge?.status = .blocked
    },
    Case("behind its base", .notYet("its head is behind its base")) { _, pull, _ in
      pull.merge?.status = .behind
    },
    Case("dirty", .notYet("it conflicts with its base")) { _, pull, _ in pull.merge?.status = .dirty },
    Case("unknown to GitHub", .notYet("GitHub has not said that it may be merged")) { _, pull, _ in
      pull.merge?.status = .unknown
    },
    Case("queued already", .standing) { _, pull, _ in pull.merge?.isQueued = true },
    Case("ordered already", .standing) { _, pull, _ in pull.merge?.autoMergeBy = "looper-bot" },
  ]

  private static let unreadAuthor =
    "it could not be read whether somebody who wrote there may write to the repository"

  private static func taken(before age: Duration) -> SentOrder {
    let then = at - age
    return SentOrder(order: MergeOrder(head: head, method: .squash, way: .queue), sentAt: then, takenAt: then)
  }

  private static let objection = review(.changesRequested)

  static func review(_ state: ReviewSnapshot.State) -> ReviewSnapshot {
    ReviewSnapshot(
      id: 1, author: PromptSamples.maintainer, state: state, body: "so it is", commit: head,
      submittedAt: at,
      url: "https://example.test/review/1")
  }

  @Test("one condition at a time", arguments: cases)
  func condition(_ example: Case) {
    var facts = LoopFacts(loop: PromptSamples.loop())
    facts.reviews = [
      Review(phase: .codeReview, headSHA: Self.head, round: 1, verdict: .clean, summary: "", at: Self.at)
    ]
    var policy = FlowPolicy()
    policy.merge.mode = .auto
    var pull = Self.pull
    example.change(&facts, &pull, &policy)
    facts.observation = Observation(viewer: "looper-bot", issue: PromptSamples.issue(), pull: pull)
    #expect(MergeDecision(facts, pull, policy, at: Self.at) == example.expected)
  }
}
