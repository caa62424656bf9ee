/// The closed vocabulary of what a run does to the world before it publishes.
enum Step: Codable, Equatable, Sendable {
  /// A fresh detailed look at the subject.
  case observe
  /// The loop's worktree at the wanted commit.
  case prepareWorktree(WorktreeStart)
  /// The failing part of each check's log.
  case readFailingChecks([CheckSnapshot])
  /// One agent session in the worktree.
  case invokeAgent(AgentBrief)
  /// Git facts about what the agent left, the size of the spec among them.
  case inspectTree(LeftoverPolicy, spec: String? = nil)
  /// The project's own commands, run by the daemon.
  case validate([String])

  /// The word shown in timelines.
  var kind: String {
    switch self {
    case .observe: "observe"
    case .prepareWorktree: "prepare-worktree"
    case .readFailingChecks: "read-failing-checks"
    case .invokeAgent: "invoke-agent"
    case .inspectTree: "inspect-tree"
    case .validate: "validate"
    }
  }
}

/// What an agent is asked.
struct AgentBrief: Codable, Equatable, Sendable {
  var phase: Phase
  var prompt: String
  var context: JSONValue
}

/// What was recorded of a finished stage.
enum StepResult: Codable, Equatable, Sendable {
  case observed(Observation)
  case worktree(WorktreeFacts, RepositoryRules)
  case checkLogs([CheckLog])
  case report(Report)
  case tree(TreeFacts)
  case validation([ValidationResult])
  /// The stage emitted effects; they are rows of their own.
  case emitted
  /// The stage only decided to go on.
  case passed
}

/// One validation command as the daemon ran it.
struct ValidationResult: Codable, Equatable, Sendable {
  var command: String
  /// Nil when it was ended by its time limit or a signal.
  var exitCode: Int32?
  var headSHA: CommitSHA
  var milliseconds: Int64
  /// The end of what it printed, at most ``tailBytesMax``.
  var tail: String

  static let tailBytesMax: ByteCount = .kibibytes(4)

  var passed: Bool { exitCode == 0 }
}

/// What `.looper/looper.toml` of the default branch says, already parsed.
struct RepositoryRules: Codable, Equatable, Sendable {
  /// In place of the operator's commands; nil when the repository names none.
  var validation: [String]?
  /// In place of the operator's limit for one command; nil when the repository names none.
  var validationLimit: Duration?
  /// What this run's role is told besides.
  var instructions = ""
  /// Globs of paths whose change only a person merges; nil when the repository names none.
  var protectedPaths: [String]?
}
