/// Starting agent processes, as the supervisor needs it. The production implementation is ``VendorSessions``.
protocol AgentSessions: Sendable {
  /// Runs one session to its end; cancelling the task ends it and returns when its process tree is gone.
  func run(_ assignment: AgentAssignment, as plan: SessionPlan, observer: SessionEvents) async -> SessionEnd

  /// The outcome of a session that ended by itself while nobody watched; nil when it did not get that far.
  func finished(_ assignment: AgentAssignment, as plan: SessionPlan, directory: String) async -> SessionEnd?
}

/// Who runs a session.
struct SessionPlan: Codable, Equatable, Sendable {
  var vendor: Vendor
  var model: String?
  var project: ProjectName
}

/// A process as it is recognised again: pid, start time and boot; a pid alone proves nothing.
struct SessionProcess: Equatable, Sendable {
  var pid: Int32
  var startTicks: UInt64
  var bootID: String
  var executable: String
  var directory: String
}

/// Told while a session runs; each call is awaited.
struct SessionEvents: Sendable {
  var onStart: @Sendable (SessionProcess) async -> Void
  var onProgress: @Sendable (String) async -> Void
  /// All the session has consumed so far.
  var onUsage: @Sendable (Usage) async -> Void
}

/// How a session ended.
struct SessionEnd: Sendable {
  var outcome: AgentOutcome
  /// In a few words.
  var ending: String
}
