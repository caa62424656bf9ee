/// Everything recorded that the coordinator decides on.
struct LoopFacts: Sendable {
  var loop: Loop
  var isPaused = false
  /// A person works in the loop's worktree; nothing automatic happens until it is handed back.
  var isTakenOver = false
  /// An operator cancelled it, and the daemon of then ended before that was done.
  var isCancelDue = false
  /// Set by a run or refused write that only a person can get past; cleared by `retry`.
  var stop: Stop?
  /// No run starts before this.
  var retryAt: Timestamp?
  var observation: Observation?
  var observedAt: Timestamp?
  /// When our last write got its receipt.
  var wroteAt: Timestamp?
  /// When an operator last gave it a fresh start.
  var retriedAt: Timestamp?
  /// When the present head was first seen; nil in rows of versions before 0006.
  var headSeenAt: Timestamp?
  /// Since when the head's checks have been running without a moment at which all had ended; nil when none runs.
  var checksSince: Timestamp?
  /// Writes without a receipt.
  var openEffects = 0
  var reviews: [Review] = []
  var findings: [Finding] = []
  /// What an agent asked and nobody has answered yet.
  var question: PendingQuestion?
  /// Questions that were answered, oldest first.
  var answers: [AnsweredQuestion] = []
  /// How many questions in a row got their default, for nobody answered, since a person last answered one or gave the
  /// loop a fresh start.
  var defaultAnswers = 0
  /// How far the conversation was read at the loop's first run, and at the last fix of threads; nil before that.
  var firstMark: ConversationMark?
  var fixMark: ConversationMark?
  /// What checks said of the heads of this loop and of its base, oldest first.
  var checkRecords: [CheckRecord] = []
  /// When each fixer of failing checks ended well, oldest first.
  var checkFixesAt: [Timestamp] = []
  /// Checks that were asked to run again, oldest first.
  var reruns: [RerunRecord] = []
  /// Globs of `.looper/looper.toml` as the last run found them on the default branch.
  var protectedPaths: [String] = []
  /// Whether git merges the head into the base's tip; nil when that was not tried for these two commits.
  var mergeSize: MergeSize?
  /// Orders to merge that were sent since the last one was taken back, oldest first, whatever became of them.
  var orders: [SentOrder] = []
  /// Whether one is being taken back.
  var isWithdrawing = false
  /// How often such an order was taken back.
  var withdrawals = 0
  /// Heads of a fork's pull request whose patch was posted.
  var patchedHeads: Set<CommitSHA> = []
  /// When each optional write was made, by key.
  var made: [String: Timestamp] = [:]
  /// How often each optional write was refused, by key.
  var refusals: [String: Int] = [:]
  /// What counts against the budgets above a run; the daily ones only where a decision needs them.
  var spent: [BudgetLevel: Spending] = [:]

  /// Why only a person can get the loop going again.
  struct Stop: Codable, Equatable, Sendable {
    var reason: BlockReason
    var message: String
  }
}

/// A question of an agent that waits for people.
struct PendingQuestion: Equatable, Sendable {
  var askedAt: Timestamp
  /// GitHub's id of the comment that asks: a reply's is higher. Nil when no such comment is known.
  var postedID: Int64?
  var deadlineAt: Timestamp?
  /// Taken when the deadline passes; without one silence answers nothing.
  var defaultOption: String?
}

/// A question with what was answered, by whom.
struct AnsweredQuestion: Codable, Equatable, Sendable {
  var question: String
  var answer: String
  /// A GitHub login, `operator`, or `deadline`.
  var by: String
}

extension LoopFacts {
  /// The newest review of this head in this phase. One that left it to a person is done with when the person said go on.
  func review(of head: CommitSHA, in phase: Phase) -> Review? {
    reviews.last { review in
      guard review.headSHA == head, review.phase == phase else { return false }
      return review.verdict != .human || retriedAt.map { review.at > $0 } ?? true
    }
  }

  /// Since when the pull request has had its present head.
  var headSince: Timestamp { headSeenAt ?? wroteAt ?? loop.createdAt }

  /// Since when this head's checks may have been running: they are given that long, whatever happened before.
  func checksAwaitedSince(_ pull: PullSnapshot) -> Timestamp {
    let reruns = reruns.filter { $0.rerun.head == pull.headSHA }.compactMap(\.sentAt)
    return ([headSince, checksSince, retriedAt].compactMap(\.self) + reruns).max() ?? headSince
  }

  /// Whether each check that ever failed on a head of this loop has passed on the present one, or did not apply.
  var isEveryFailureMended: Bool {
    guard let pull = observation?.pull else { return false }
    let failed = Set(checkRecords.filter { !$0.isBase && !$0.hasPassed }.map(\.check))
    return failed.allSatisfy { check in
      pull.checks.contains { $0.identity == check && ($0.result == .passed || $0.result == .neutral) }
    }
  }

  func openFindings(in phase: Phase) -> [Finding] {
    findings.filter { $0.phase == phase && $0.state == .open && $0.draft.severity.blocks }
  }

  /// Whether the present head is not what Looper pushed last.
  var isPushedByOthers: Bool {
    observation?.pull.map { $0.headSHA != loop.pushedSHA && $0.headSHA != loop.replacedSHA } ?? false
  }

  /// Whether silence answers no question any more.
  var isDefaultExhausted: Bool { defaultAnswers >= FlowPolicy.defaultAnswersMax }

  func rounds(in phase: Phase) -> Int {
    phase == .specReview ? loop.counters.specRounds : loop.counters.codeRounds
  }
}

extension Finding {
  /// Declined, raised again by the reviewer, and declined again: only a person can decide.
  var isDisputed: Bool { state == .declined && declines >= FlowPolicy.declinesMax }
}
