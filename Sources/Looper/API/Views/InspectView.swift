/// Everything about a loop; or of one run its own timeline, effects, sessions and cost, and the loop it belongs to.
struct InspectView: Codable, Equatable, Sendable {
  var loop: LoopView
  /// Oldest first; nil when a run was asked for.
  var phases: [PhaseView]?
  /// Oldest first.
  var timeline: [TimelineEntryView]
  /// Oldest first; only the one asked for when a run was asked for.
  var runs: [RunDetailView]
  var findings: [FindingView]
  var effects: [EffectView]
  var sessions: [SessionView]
  var cost: CostView
  /// Logs, worktree, spec: what there is to look at on disk.
  var files: [FileView]
  /// Whether the oldest entries of a list are left out; nil from an older daemon.
  var isTruncated: Bool?
}

/// One stay of a loop in a phase.
struct PhaseView: Codable, Equatable, Sendable {
  var phase: String
  var startedAt: Timestamp
  /// nil while it lasts.
  var endedAt: Timestamp?
  /// From its start until its end or now, also while no daemon ran.
  var durationSeconds: Double
  /// How long the agents ran that began in it, as budgets count it; nil from an older daemon.
  var agentSeconds: Double?
  /// Of the sessions that began in it; nil when none told.
  var costUSD: Double?
}

/// Something that happened to a loop.
struct TimelineEntryView: Codable, Equatable, Sendable {
  var at: Timestamp
  var text: String
}

/// A run with what it did.
struct RunDetailView: Codable, Equatable, Sendable {
  var run: RunView
  var stages: [StageView]
  var validations: [ValidationView]
}

/// A command the daemon itself ran to see whether the work holds.
struct ValidationView: Codable, Equatable, Sendable {
  var command: String
  /// nil when it was stopped, by a signal or the time limit.
  var exit: Int?
  var sha: String
  var seconds: Double
}

/// A reviewed problem.
struct FindingView: Codable, Equatable, Sendable {
  /// Handle, `F3`.
  var id: String
  var phase: String
  var round: Int
  var path: String
  var line: Int?
  /// `blocker`, `major`, `minor`, `nit`.
  var severity: String
  var title: String
  var body: String
  /// `open`, `fixed`, `declined`, `deferred`, `closed`.
  var state: String
  /// What the fixer answered; empty before that.
  var explanation: String
}

/// A write to GitHub or a remote branch.
struct EffectView: Codable, Equatable, Sendable {
  var id: Int64
  /// `push-branch`, `add-label`, …
  var kind: String
  /// What it writes to: `#34`, `looper/12-title`.
  var target: String
  /// `pending`, `sending`, `done`, `refused`, `cancelled`.
  var state: String
  var attempts: Int
  /// Idempotency key.
  var key: String
  var url: String?
  var failure: String?
  var createdAt: Timestamp
  var endedAt: Timestamp?
}

/// One process of an agent.
struct SessionView: Codable, Equatable, Sendable {
  var id: Int64
  /// Handle of its run, `R34`.
  var run: String
  var stage: String
  var vendor: String
  var model: String?
  /// Where the agent's executable really lay, behind every link.
  var executable: String
  /// What it said its version was; nil when it did not say.
  var version: String?
  var vendorSessionID: String?
  /// `starting`, `running`, `ended`.
  var state: String
  var ending: String
  var directory: String
  var inputTokens: Int?
  var outputTokens: Int?
  var costUSD: Double?
  var startedAt: Timestamp
  var endedAt: Timestamp?
  /// How long it ran, as budgets count it; nil from an older daemon.
  var agentSeconds: Double?
}

/// What was consumed. Unknown is absent, never zero.
struct CostView: Codable, Equatable, Sendable {
  var inputTokens: Int?
  var outputTokens: Int?
  var costUSD: Double?
  /// Time of agents over all sessions, as budgets count it.
  var agentSeconds: Double
}

/// A file or directory worth looking at.
struct FileView: Codable, Equatable, Sendable {
  /// `worktree`, `stdout of R34`, …
  var name: String
  var path: String
}

/// What an inspection is about.
enum InspectTarget: Hashable, Sendable {
  case loop(Loop.ID)
  case run(Run.ID)

  /// Reads `L12` or `R34`, in either case; a bare number is a loop.
  init?(handle text: String) {
    if let loop = Loop.ID(handle: text) {
      self = .loop(loop)
    } else if let run = Run.ID(handle: text) {
      self = .run(run)
    } else {
      return nil
    }
  }
}
