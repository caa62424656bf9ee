/// One session to run: what, by which adapter, within which limits.
struct AgentSessionSpec: Sendable {
  var assignment: AgentAssignment
  var adapter: any VendorAdapter
  var launch = AgentLaunch()
  var limits = SessionLimits()
  /// Set after what is inherited and before the protocol's own variables.
  var extraEnvironment: [String: String] = [:]
  /// Turns the agent's command into the one to start, in a sandbox for example.
  var wrap: @Sendable (Command, SessionDirectory) throws(Failure) -> Command = {
    (command: Command, _: SessionDirectory) throws(Failure) -> Command in command
  }
}

/// The limits of one session.
struct SessionLimits: Hashable, Sendable {
  /// `agent.timeout-secs`: without any sign of life.
  var idle: Duration = .seconds(300)
  /// `agent.max-runtime-secs`: regardless.
  var runtime: Duration = .seconds(3600)
  /// Between SIGTERM and SIGKILL.
  var grace: Duration = .seconds(10)
  /// How long a process may go on after the vendor's last event.
  var linger: Duration = .seconds(10)
  /// How often its output is looked at.
  var poll: Duration = .milliseconds(200)
  /// A session that prints more is ended: it would fill the disk.
  var output: ByteCount = .mebibytes(4096)
  /// What is kept of standard output after the end: its beginning and its end.
  var transcript: ByteCount = .mebibytes(16)
}

/// Who is told while a session runs. Each call is awaited, so none comes after the session's end.
///
/// The first two record the session; should they throw, it is not started, or ended before anything else happens.
struct SessionObserver: Sendable {
  /// About to start: the agent's resolved executable, the session's directory.
  var onPrepared: @Sendable (String, SessionDirectory) async throws -> Void = { _, _ in }
  /// The process is there: its identity, the agent's resolved executable, the session's directory.
  var onStart: @Sendable (ProcessIdentity, String, SessionDirectory) async throws -> Void = { _, _, _ in }
  /// The vendor's id of the session, once it is known.
  var onVendorSession: @Sendable (String) async -> Void = { _ in }
  /// What it has come to; usage as soon as it changed, the rest now and then.
  var onNews: @Sendable (SessionNews) async -> Void = { _ in }
  /// See ``SessionEvents/newsDueAt``.
  var newsDueAt: @Sendable () -> Duration? = { nil }
}

/// A session that has ended.
struct AgentSessionResult: Sendable {
  /// Its ``AgentOutcome/sessionID`` is nil: rows are the supervisor's.
  var outcome: AgentOutcome
  var vendorSessionID: String?
  /// Nil when it did not get that far.
  var directory: SessionDirectory?
  /// How it ended, in a few words.
  var ending: String
  /// How long it ran; see ``SessionNews/active``.
  var active: Duration = .zero
  /// ``SessionConclusion/isVendorTrouble``.
  var isVendorTrouble = false
  /// ``ExitRecord/survivorPIDs``.
  var survivors: [Int32] = []
}
