/// How the git adapter works: where it keeps things, whom commits are by, and its bounds.
struct GitSettings: Sendable {
  /// The git executable: absolute, or a bare name looked up in `PATH`.
  var gitPath = "git"
  /// The `gh` executable that answers for credentials of https remotes.
  var ghPath = "gh"
  /// Everything of ours lies below it; see ``GitLayout``.
  var dataDirectory: String
  /// The daemon's environment, of which children get what ``ChildEnvironment`` allows.
  var environment: [String: String]
  /// Author and committer of what the daemon commits, and of agents that configured nothing.
  var identity = GitIdentity.looper
  /// Below it no worktree is prepared.
  var diskFloor = ByteCount.mebibytes(1024)
  /// For commands that only read or write a few files.
  var localDeadline = Duration.seconds(60)
  /// For commands that talk to a remote, and for those that write a whole tree.
  var longDeadline = Duration.seconds(600)
  /// For a repository's first fetch, which brings all of it: cut off, it would begin anew.
  var firstFetchDeadline = Duration.seconds(3600)
  /// Above it the diff of a pull request is not listed line by line.
  var diffBytesMax = ByteCount.mebibytes(32)
}

/// Whom a commit is by.
struct GitIdentity: Hashable, Sendable {
  var name: String
  var email: String

  static let looper = GitIdentity(name: "Looper", email: "looper@users.noreply.github.com")
}
