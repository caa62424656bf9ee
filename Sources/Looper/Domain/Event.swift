/// Something that happened, in the append-only log that clients follow.
struct Event: Codable, Equatable, Sendable {
  /// Rises by at least one per event; the SSE id.
  var sequence: Int64
  var at: Timestamp
  var kind: Kind
  var projectID: Project.ID?
  var loopID: Loop.ID?
  var runID: Run.ID?
  /// One line for people.
  var message: String

  /// The closed set of kinds; clients may filter on them.
  enum Kind: String, Codable, Sendable, CaseIterable {
    case daemonStarted = "daemon.started"
    case daemonStopped = "daemon.stopped"
    case projectAdded = "project.added"
    case projectRemoved = "project.removed"
    case loopStarted = "loop.started"
    case loopPhase = "loop.phase"
    case loopBlocked = "loop.blocked"
    case loopReady = "loop.ready"
    case loopEnded = "loop.ended"
    case loopControl = "loop.control"
    case runStarted = "run.started"
    case runStage = "run.stage"
    case runEnded = "run.ended"
    case agentStarted = "agent.started"
    case agentProgress = "agent.progress"
    case agentEnded = "agent.ended"
    /// A vendor's plan is used up, or its provider does not answer.
    case agentLimited = "agent.limited"
    case agentAvailable = "agent.available"
    /// A session goes on where an earlier one was cut off, or cannot.
    case agentResumed = "agent.resumed"
    /// A session runs without the sandbox that was preferred.
    case agentUnsandboxed = "agent.unsandboxed"
    case budgetWarning = "budget.warning"
    case reviewRecorded = "review.recorded"
    case effectDone = "effect.done"
    case effectRefused = "effect.refused"
    case questionAsked = "question.asked"
    case questionAnswered = "question.answered"
    case forgeUnavailable = "forge.unavailable"
    case forgeAvailable = "forge.available"
    case configuration = "configuration"
  }
}
