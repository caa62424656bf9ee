/// Puts children into the sandbox that the configuration asks for.
struct Sandbox: Sendable {
  let bubblewrap: Bubblewrap
  let places: SandboxPlaces
  /// The settings in force.
  let settings: @Sendable () -> SandboxSettings
  /// Files in force that hold secrets and are no agent's to read.
  var privateFiles: @Sendable () -> [String] = { [] }

  /// How things stand, for the daemon's status.
  enum Health: Hashable, Sendable {
    case on
    /// The operator wants none.
    case off
    /// Agents run without it; why.
    case missing(String)
    /// No agent runs; why.
    case refusing(String)
  }

  func health() async -> Health {
    let mode = settings().mode
    guard mode != .off else { return .off }
    switch await bubblewrap.state() {
    case .works: return .on
    case .unusable(let reason): return mode == .require ? .refusing(reason) : .missing(reason)
    }
  }

  /// How an agent's command is wrapped; nil when it runs without a sandbox.
  ///
  /// - Parameters:
  ///   - programs: what the agent's command names beside its executable.
  /// - Throws: `needsHuman` when a sandbox is required and cannot start.
  func wrapper(
    for assignment: AgentAssignment, by vendor: Vendor, programs: [String]
  ) async throws(Failure) -> (@Sendable (Command, SessionDirectory) throws(Failure) -> Command)? {
    guard let tool = try await tool() else { return nil }
    let places = allPlaces
    let settings = settings()
    places.prepare(for: vendor, in: assignment.worktree)
    return { (command: Command, directory: SessionDirectory) throws(Failure) -> Command in
      let session = SandboxPolicy.Session(
        vendor: vendor, isReadOnly: assignment.role == .reviewer, worktree: assignment.worktree,
        directory: directory.path, scratch: directory.scratch,
        programs: [command.executable] + programs.filter { $0.hasPrefix("/") })
      return BubblewrapCommand.wrap(command, .agent(session, places, settings), bubblewrap: tool)
    }
  }

  /// A validation command in its sandbox, or as it is when there is none.
  ///
  /// - Throws: `needsHuman` when a sandbox is required and cannot start.
  func wrapValidation(_ command: Command, in worktree: String) async throws(Failure) -> Command {
    guard let tool = try await tool() else { return command }
    return BubblewrapCommand.wrap(
      command, .validation(worktree: worktree, allPlaces, settings()), bubblewrap: tool)
  }

  private var allPlaces: SandboxPlaces {
    var places = places
    places.own += privateFiles().map(places.expanded)
    return places
  }

  private func tool() async throws(Failure) -> String? {
    let mode = settings().mode
    guard mode != .off else { return nil }
    switch await bubblewrap.state() {
    case .works(let path): return path
    case .unusable(let reason):
      guard mode == .require else { return nil }
      throw Failure(.needsHuman, "sandbox.mode is require, but \(reason)")
    }
  }
}
