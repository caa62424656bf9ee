/// Everything recorded that the coordinator decides on.
struct LoopFacts: Sendable {
  var loop: Loop
  var isPaused = false
  /// A person works in the loop's worktree; nothing automatic happens until it is handed back.
  var isTakenOver = false
  /// Set by a run or refused write that only a person can get past; cleared by `retry`.
  var stop: Stop?
  /// No run starts before this.
  var retryAt: Timestamp?
  var observation: Observation?
  var observedAt: Timestamp?
  /// When our last write got its receipt.
  var wroteAt: Timestamp?
  /// Writes without a receipt.
  var openEffects = 0
  var reviews: [Review] = []
  var findings: [Finding] = []
  /// What an agent asked and nobody has answered yet.
  var question: PendingQuestion?
  /// Questions that were answered, oldest first.
  var answers: [AnsweredQuestion] = []
  /// When a fixer's work was last published.
  var fixedAt: Timestamp?
  var usage = Usage.unknown
  /// How long the loop's agents have run.
  var agentTime: Duration = .zero
  /// Known cost since midnight UTC, of the loop's project and of everything.
  var projectDayCost = 0.0
  var dayCost = 0.0

  /// Why only a person can get the loop going again.
  struct Stop: Codable, Equatable, Sendable {
    var reason: BlockReason
    var message: String
  }
}

/// A question of an agent that waits for people.
struct PendingQuestion: Equatable, Sendable {
  var askedAt: Timestamp
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
  /// The newest review of this head in this phase.
  func review(of head: CommitSHA, in phase: Phase) -> Review? {
    reviews.last { $0.headSHA == head && $0.phase == phase }
  }

  func openFindings(in phase: Phase) -> [Finding] {
    findings.filter { $0.phase == phase && $0.state == .open && $0.draft.severity.blocks }
  }

  func rounds(in phase: Phase) -> Int {
    phase == .specReview ? loop.counters.specRounds : loop.counters.codeRounds
  }
}
