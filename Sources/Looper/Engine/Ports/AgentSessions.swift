/// Starting agent processes, as the supervisor needs it. The production implementation is ``VendorSessions``.
protocol AgentSessions: Sendable {
  /// Runs one session to its end; cancelling the task ends it and returns when its process tree is gone.
  func run(_ assignment: AgentAssignment, as plan: SessionPlan, observer: SessionEvents) async -> SessionEnd

  /// The outcome of a session that ended by itself while nobody watched; nil when it did not get that far.
  func finished(_ assignment: AgentAssignment, as plan: SessionPlan, directory: String) async -> SessionEnd?

  /// What the output of a session tells that nobody follows any more; nil when there is none.
  ///
  /// - Parameter told: what earlier sessions of the same conversation have used.
  func reading(of session: Session, told: Usage) async -> SessionReading?
}

/// What a session's output tells.
struct SessionReading: Equatable, Sendable {
  var vendorSessionID: String?
  var usage: Usage
}

/// A conversation to go on with.
struct ResumePoint: Codable, Equatable, Sendable {
  var vendorSessionID: String
  /// What its sessions have used so far: some vendors tell the sum of the whole conversation.
  var usage: Usage
}

/// Who runs a session.
struct SessionPlan: Codable, Equatable, Sendable {
  var vendor: Vendor
  var model: String?
  var project: ProjectName
  /// Nil begins anew.
  var resume: ResumePoint?
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
  /// The vendor's own id of the session, as soon as it is known.
  var onVendorSession: @Sendable (String) async -> Void
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
