/// Everything a prompt and a context file are made of; both are pure functions of it.
struct PromptInput: Equatable, Sendable {
  var job: Job
  var loop: Loop
  var observation: Observation
  var worktree: WorktreeFacts
  /// Where the spec lies or has to be written, relative to the worktree.
  var specPath: String
  /// The loop's ledger, settled ones included; only the job's phase is shown.
  var findings: [Finding] = []
  /// The reviews of this loop, oldest first.
  var reviews: [Review] = []
  var checks: [CheckLog] = []
  /// The trial merge that showed the conflict to resolve.
  var conflict: MergeSize?
  var threads: [PromptThread] = []
  /// What the daemon itself will run over the result.
  var validationCommands: [String] = []
  /// Why the previous attempt at this job came to nothing, with the failing output of a validation.
  var previousFailure: Failure?
  /// What people answered to questions of this loop's agents.
  var answers: [AnsweredQuestion] = []
  /// `.looper/looper.toml` of the default branch: what its owners want a role to know.
  var instructions: [Role: String] = [:]
  /// Unguessable, fresh for each run, letters and digits only.
  var nonce: String
  var untrusted: UntrustedTextPolicy = .quote
}

/// A failing check, as a fixer is shown it.
struct CheckLog: Codable, Equatable, Sendable {
  /// `C1`.
  var id: String
  var check: CheckSnapshot
  /// The failing part of its log.
  var excerpt: String
}

/// A review conversation, as a fixer is shown it.
struct PromptThread: Codable, Equatable, Sendable {
  /// `T1`.
  var id: String
  var thread: ThreadSnapshot
}

extension PromptInput {
  var fence: Fence { Fence(nonce: nonce, policy: untrusted) }

  /// The phase the job works for.
  var phase: Phase {
    switch job {
    case .plan: .plan
    case .reviewSpec: .specReview
    case .implement: .work
    case .fixFindings(let phase): phase
    case .reviewCode, .fixChecks, .fixThreads, .fixConflict: .codeReview
    }
  }

  /// The ledger of the job's phase.
  var ledger: [Finding] { findings.filter { $0.phase == phase } }

  /// The last review of this phase, whose head a later round starts from; nil in round one.
  var lastReview: Review? { reviews.last { $0.phase == phase } }
}
