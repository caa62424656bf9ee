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

/// What the files of a session tell.
struct SessionReading: Equatable, Sendable {
  var vendorSessionID: String?
  var usage: Usage
  /// When its last process was gone, or when it last printed something; nil when neither is known.
  var endedAt: Timestamp?
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
  /// After those of the configuration; nil for none.
  var extraArguments: [String]?
  /// See ``Project/names``.
  var projectNames: [ProjectName]
  /// Nil begins anew.
  var resume: ResumePoint?
}

/// A process as it is recognised again: pid, start time and boot; a pid alone proves nothing.
struct SessionProcess: Equatable, Sendable {
  var pid: Int32
  var startTicks: UInt64
  var bootID: String
  /// Behind every link.
  var executable: String
  /// What the executable says; nil when it does not say.
  var version: String?
  var directory: String
}

/// What a running session has come to, all in all; the last one says everything.
struct SessionNews: Equatable, Sendable {
  /// Longer than this no session is silent, whether or not it has anything to tell: its time is counted by this. See also
  /// ``SessionEvents/newsDueAt``.
  static let pulse: Duration = .seconds(15)

  /// All it has consumed so far.
  var usage = Usage.unknown
  /// What it does now; nil before it does anything.
  var progress: String?
  /// How long it has run: no wait of the daemon's, no jump of the clock.
  var active: Duration = .zero
}

/// Told while a session runs; each call is awaited.
///
/// The first two record the session; should they throw, it is not started, or ended before anything else happens.
struct SessionEvents: Sendable {
  /// About to start: the agent's resolved executable, the directory that will hold everything of it.
  var onPrepared: @Sendable (_ executable: String, _ directory: String) async throws -> Void
  var onStart: @Sendable (SessionProcess) async throws -> Void
  /// The vendor's own id of the session, as soon as it is known.
  var onVendorSession: @Sendable (String) async -> Void
  var onNews: @Sendable (SessionNews) async -> Void
  /// When it has run so long it has news in any case, for a budget's time may be over; nil for a pulse after the last.
  var newsDueAt: @Sendable () -> Duration? = { nil }
  /// It runs without the sandbox that was preferred; why.
  var onUnsandboxed: @Sendable (String) async -> Void = { _ in }
}

/// How a session ended.
struct SessionEnd: Sendable {
  var outcome: AgentOutcome
  /// In a few words.
  var ending: String
  /// See ``SessionNews/active``.
  var active: Duration = .zero
  /// Whether its vendor said that a person must see to the account or the setup: no session of it would do better.
  var isVendorTrouble = false
  /// Processes of it that no signal ended.
  var survivors: [Int32] = []
}
