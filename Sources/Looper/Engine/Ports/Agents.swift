/// Running an agent to its end. The production implementation is ``AgentSupervisor``.
protocol Agents: Sendable {
  /// Runs one session and returns how it went; an agent's failure is an outcome, not an error.
  ///
  /// Cancelling the calling task stops the session: it returns after the whole process group is gone.
  func run(_ assignment: AgentAssignment) async -> AgentOutcome
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
    /// It was ended because the run's budget was spent; says which and how far.
    case overBudget(String)
  }
}
