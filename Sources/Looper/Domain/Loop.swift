/// One subject carried from its trigger to its end. At most one per subject is not ``LoopState/done(_:)``.
struct Loop: Codable, Equatable, Sendable, Identifiable, Handled {
  typealias ID = Identifier<Loop>
  static var handleLetter: Character { "L" }

  let id: ID
  var projectID: Project.ID
  var project: ProjectName
  /// What GitHub calls the project now; nil before the first contact.
  var projectNow: ProjectName?
  var subject: Subject
  var title: String
  var lane: Lane
  var phase: Phase
  var state: LoopState
  /// When ``state`` was entered.
  var stateSince: Timestamp
  /// Whether the worker starts without a spec (`looper:implement`, `--no-plan`).
  var skipsPlan: Bool
  /// Whether the pull request is only reviewed and never pushed to.
  var isReviewOnly = false
  /// The pull request that carries the work, once it exists.
  var pullNumber: Int?
  /// The head branch Looper made or adopted.
  var branch: String?
  /// Where the spec lies in the repository.
  var specPath: String?
  /// The commit Looper pushed last; the next look must show it or something newer.
  var pushedSHA: CommitSHA?
  /// The head before that push: a look that still shows it is stale.
  var replacedSHA: CommitSHA?
  var vendor: Vendor?
  var model: String?
  /// When the label it acts on was set, by GitHub's clock: later edits of others do not count. Of a pull request
  /// whichever asks to take it over; nil when there was none.
  var labelledAt: Timestamp?
  /// The name of the label that asked for it, as it was called then; nil when it was no label.
  var triggerLabel: String?
  /// Arguments that somebody asked for, after those of the configuration.
  var extraArguments: [String] = []
  var counters: LoopCounters
  var createdAt: Timestamp
  var endedAt: Timestamp?
  /// Rises with every change of the row; writers compare it.
  var generation: Int

  /// See ``Project/names``.
  var projectNames: [ProjectName] { [project] + [projectNow].compactMap(\.self).filter { $0 != project } }
}

/// Counters of a subject. Only verified progress or an operator resets them, never a new run or head.
struct LoopCounters: Codable, Equatable, Sendable {
  /// Failures of the agent since verified progress: a success in the role that failed, or a clean review. Three block
  /// the loop.
  var agentFailures = 0
  /// Infrastructure failures and overtaken runs since a success; they only lengthen the delay.
  var infrastructureFailures = 0
  var specRounds = 0
  var codeRounds = 0
  /// Fixer runs for failing checks since checks were last green.
  var checkFixes = 0
  /// Fixer runs for conflicts since the last clean review.
  var conflictFixes = 0
  /// Fixer runs for people's threads without a commit since the last clean review or somebody's push.
  var threadFixes = 0
}

/// Where a subject is; always exactly one of these, each with what moves it on.
///
/// ```
///   queued ──claim──▶ running ──run ended──▶ queued | waiting | blocked | done
///     ▲                                        │          │
///     └──────────── something changed ─────────┴──────────┘
/// ```
enum LoopState: Codable, Equatable, Sendable {
  /// A queue item says which role runs next.
  case queued
  case running
  /// Goes on by itself when the condition holds, or is looked at again at `wakeAt`.
  case waiting(WaitReason, wakeAt: Timestamp?)
  /// Goes on only when a person does something.
  case blocked(BlockReason)
  case done(Outcome)

  var isDone: Bool {
    if case .done = self { true } else { false }
  }

  /// What it waits for; nil when it does not wait.
  var waitReason: WaitReason? {
    if case .waiting(let reason, _) = self { reason } else { nil }
  }

  /// The words of the states, the live ones first.
  enum Code: String, CaseIterable, Sendable { case queued, running, waiting, blocked, done }

  /// The word stored in the database and shown in lists.
  var code: String { ofCode.rawValue }

  private var ofCode: Code {
    switch self {
    case .queued: .queued
    case .running: .running
    case .waiting: .waiting
    case .blocked: .blocked
    case .done: .done
    }
  }

  static let codes = Code.allCases.map(\.rawValue)
  /// Of a loop that has not ended.
  static let liveCodes = Code.allCases.filter { $0 != .done }.map(\.rawValue)
}

/// What a waiting loop waits for.
enum WaitReason: String, Codable, Sendable, CaseIterable {
  /// Recorded writes to GitHub have no receipt yet.
  case effects
  /// The last look is older than our last write, failed, or was incomplete.
  case observation
  case checks
  /// The head moved a moment ago.
  case quietPeriod = "quiet-period"
  case hold
  case paused
  case takeover
  case answer
  case specApproval = "spec-approval"
  /// Ready: a person merges.
  case merge
  /// GitHub has not said yet whether the branch merges.
  case mergeability
  /// It could not be read whether a person whose word may count may write here.
  case permission
  /// The only checks that fail also fail on the base branch: not this pull request's fault.
  case baseChecks = "base-checks"
  /// The pull request is a draft.
  case draft
  /// An issue this one depends on is still open, or may be for all that GitHub lets us read.
  case dependency
  /// A fork's pull request: its author has the patch and pushes, for Looper does not.
  case author
  /// Somebody without write access edited the issue after its label was set.
  case edited
}

/// Why a loop needs a person.
enum BlockReason: String, Codable, Sendable, CaseIterable {
  case budget
  case reviewRounds = "review-rounds"
  case agentFailures = "agent-failures"
  case checksKeepFailing = "checks-keep-failing"
  case checksMissing = "checks-missing"
  /// The same failure after two fixes, or two reviews without a change in between.
  case noProgress = "no-progress"
  /// Reviewer and fixer insist on opposite views of a finding.
  case disagreement
  case conflict
  case needsHuman = "needs-human"
  case question
  case publishRefused = "publish-refused"
  case permanent
}

/// How a loop ended.
enum Outcome: String, Codable, Sendable, CaseIterable {
  case merged
  /// Somebody closed the issue or the pull request.
  case closed
  /// The operator cancelled it.
  case cancelled
  /// A review that was asked for has been given.
  case reviewed
}
