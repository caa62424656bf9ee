/// How children are kept apart from the rest of the machine.
struct SandboxSettings: Sendable, Equatable {
  var mode = Mode.prefer
  /// Of agents, which must reach their provider.
  var network = Network.open
  /// Of the commands that prove work.
  var validationNetwork = Network.none
  /// Hidden in addition to the usual ones, as written, with `~`.
  var hide: [String] = []
  /// Readable although they are among the usual hidden ones.
  var show: [String] = []
  /// Writable in addition to the worktree: caches, for example.
  var writable: [String] = []

  /// What a sandbox that cannot start means.
  enum Mode: String, Sendable, CaseIterable {
    /// No agent runs without it.
    case require
    /// Agents run without it, and the daemon's status says so.
    case prefer
    case off
  }

  /// Which network is there.
  enum Network: String, Sendable, CaseIterable {
    case open
    /// Only a loopback of its own.
    case none
  }
}
