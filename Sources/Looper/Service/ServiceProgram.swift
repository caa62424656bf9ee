/// What runs in the background: the daemon's own command line and what it needs around it.
struct ServiceProgram: Equatable, Sendable {
  /// Absolute and without links, so that it is still this one after a change of directory.
  var executable: String
  /// `serve` and its options, paths absolute.
  var arguments: [String]
  /// Where `gh`, `git` and the agents are found; a service manager's own `PATH` knows none of them.
  var searchPath: String
  /// How long the daemon takes at most to stop its agents.
  var shutdownGrace: Duration

  /// What a service manager waits for beyond ``shutdownGrace`` before it kills.
  static let stopMargin = Duration.seconds(30)

  var stopTimeout: Duration { shutdownGrace + Self.stopMargin }
}

/// For whom a service is installed.
enum ServiceScope: Equatable, Sendable {
  /// The calling user, in that user's own service manager.
  case user
  /// The machine, as this account.
  case system(account: String)
}
