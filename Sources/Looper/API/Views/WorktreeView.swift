/// A git worktree of a loop, on disk or only in the records.
struct WorktreeView: Codable, Equatable, Sendable {
  /// What a clean-up would do with it.
  enum State: String, Codable, Sendable {
    /// Its loop goes on.
    case live
    /// Its loop has ended: a clean-up rescues what only it holds and removes it.
    case removable
    /// It stays until somebody looks at it.
    case kept
  }

  var path: String
  /// Handle of its loop, `L12`; nil when it has no record of ours.
  var loop: String?
  var project: String?
  /// The commit it is at.
  var head: String?
  /// Whether it holds uncommitted changes.
  var isDirty: Bool
  var state: State
  /// Why it is so, for people.
  var reason: String
}

/// What a clean-up did, or would do.
struct WorktreeCleanupView: Codable, Equatable, Sendable {
  var isDryRun: Bool
  /// Oldest loop first.
  var removed: [WorktreeRemovalView]
  /// Worktrees that are still there, with the reason.
  var kept: [WorktreeView]
}

/// A worktree that was, or would be, removed.
struct WorktreeRemovalView: Codable, Equatable, Sendable {
  var path: String
  /// Handle of its loop, `L12`.
  var loop: String
  /// Where what only it held is kept, in the project's mirror; nil when there was nothing.
  var rescueRef: String?
}

/// Asks for worktrees of ended loops to be removed.
struct WorktreeCleanupRequest: Codable, Equatable, Sendable {
  /// Only tell.
  var isDryRun: Bool
}
