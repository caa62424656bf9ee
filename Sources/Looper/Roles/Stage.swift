/// A named point of a role's pipeline that decides from what is recorded so far.
struct Stage: Sendable {
  /// Unique in its pipeline; stored, so a change raises ``PipelineVersion/current``.
  let name: String
  let decide: @Sendable (RunFacts) -> StageVerdict

  init(_ name: String, decide: @escaping @Sendable (RunFacts) -> StageVerdict) {
    self.name = name
    self.decide = decide
  }
}

/// What a stage wants.
enum StageVerdict: Sendable {
  case perform(Step)
  /// Record these effects and ledger changes in one transaction.
  case emit(Publication)
  /// Go on when every effect of this run has its receipt.
  case awaitReceipts
  case pass
  case end(RunEnding)
}

/// How a pipeline ends.
struct RunEnding: Equatable, Sendable {
  var state: RunState
  /// The phase the loop enters; nil keeps it.
  var phase: Phase?
  /// Why only a person can go on from here; nil leaves that to the failure's kind.
  var stop: LoopFacts.Stop?

  static func succeeded(_ summary: String, entering phase: Phase? = nil) -> Self {
    Self(state: .succeeded(summary: summary), phase: phase)
  }

  static func failed(_ kind: Failure.Kind, _ message: String) -> Self {
    Self(state: .failed(Failure(kind, message)), phase: nil)
  }

  static func superseded(_ reason: String) -> Self { Self(state: .superseded(reason: reason), phase: nil) }
}

/// Effects together with the facts that justify them.
struct Publication: Equatable, Sendable {
  var effects: [EffectDraft] = []
  var ledger: [LedgerChange] = []
}

/// A change of the loop's own records that goes with a publication.
enum LedgerChange: Equatable, Sendable {
  case branch(String)
  case specPath(String)
  /// The commit that is about to be pushed, and the head it replaces.
  case pushed(CommitSHA, replacing: CommitSHA?)
  case review(Phase, CommitSHA, Verdict, summary: String, [FindingDraft])
  case answered(Finding.ID, Finding.State, explanation: String)
  case question(QuestionReport)
}

/// A role is a literal list of stages.
protocol RolePolicy: Sendable {
  var stages: [Stage] { get }
}

extension Job {
  /// The pipeline of this job.
  var policy: any RolePolicy {
    switch self {
    case .plan: PlannerPolicy()
    case .reviewSpec, .reviewCode: ReviewerPolicy()
    case .implement: WorkerPolicy()
    case .fixFindings, .fixChecks, .fixThreads, .fixConflict: FixerPolicy()
    }
  }
}
