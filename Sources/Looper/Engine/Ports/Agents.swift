/// Running an agent to its end. The production implementation is ``AgentSupervisor``.
protocol Agents: Sendable {
  /// Runs one session and returns how it went; an agent's failure is an outcome, not an error.
  ///
  /// Cancelling the calling task stops the session: it returns after the whole process group is gone.
  /// - Throws: what kept it from being recorded; asked again, it goes on from there and pays nothing twice.
  func run(_ assignment: AgentAssignment) async throws -> AgentOutcome
}

/// Everything one session needs to know.
struct AgentAssignment: Codable, Equatable, Sendable {
  var runID: Run.ID
  var loopID: Loop.ID
  var stage: String
  var role: Role
  var phase: Phase
  var worktree: String
  var prompt: String
  /// Written to `$LOOPER_CONTEXT_FILE`: subject, spec, diff base, findings, threads, failing checks.
  var context: JSONValue
  /// The commit the run began on; a session is gone on with only there.
  var head: CommitSHA?
}

/// How a session ended.
struct AgentOutcome: Codable, Equatable, Sendable {
  var sessionID: Session.ID?
  var result: Result
  var usage: Usage
  /// The last lines it printed, for `inspect` and `failures`; at most 4 KiB.
  var tail: String

  /// A report, a classified failure, or a stop.
  enum Result: Codable, Equatable, Sendable {
    case reported(Report)
    case failed(Failure)
    /// It was told to stop.
    case stopped
    /// It was ended, or not begun, because a budget is spent.
    case overBudget(BudgetBreach)

    /// Whether it was cut off in the middle, through no fault of its agent: then another session may go on with it.
    var isInterruption: Bool {
      switch self {
      case .stopped: true
      case .reported, .overBudget: false
      case .failed(let failure):
        switch failure.kind {
        case .transient, .rateLimited, .usageLimited: true
        case .conflict, .agent, .permanent, .needsHuman, .bug: false
        }
      }
    }
  }

  /// The outcome of a session that did not come to be.
  static func notStarted(_ result: Result) -> Self {
    Self(sessionID: nil, result: result, usage: .unknown, tail: "")
  }
}
