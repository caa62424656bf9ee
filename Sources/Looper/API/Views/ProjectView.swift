/// A registered repository.
struct ProjectView: Codable, Equatable, Sendable {
  /// `owner/name`, or `host/owner/name` away from github.com; also its id in paths.
  var name: String
  /// The local checkout it is bound to.
  var path: String?
  /// The branch work starts from; nil before it is known.
  var base: String?
  var url: String
  var liveLoops: Int
  var addedAt: Timestamp
  /// Whether the configuration file names it, so that removing it here would not last.
  var isConfigured: Bool
  /// Why it cannot be worked on now (archived, no write access, not found); nil when it can.
  var problem: String?
}

/// Asks for a project to be registered; registering it again changes path and base.
struct ProjectRequest: Codable, Equatable, Sendable {
  /// `owner/name`, `host/owner/name` or the repository's web or clone address.
  var name: String
  /// Absolute path of a checkout.
  var path: String?
  var base: String?
}

/// Asks for a fresh look at GitHub.
struct SyncRequest: Codable, Equatable, Sendable {
  /// `owner/name` or `host/owner/name`; nil for every registered project.
  var project: String?
}
