/// Everything recorded that the coordinator decides on.
struct LoopFacts: Sendable {
  var loop: Loop
  var isPaused = false
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
  var hasOpenQuestion = false
  /// When a fixer's work was last published.
  var fixedAt: Timestamp?
  var usage = Usage.unknown

  /// Why only a person can get the loop going again.
  struct Stop: Codable, Equatable, Sendable {
    var reason: BlockReason
    var message: String
  }
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
