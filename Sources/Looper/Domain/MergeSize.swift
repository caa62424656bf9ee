/// What a trial merge of a pull request's head and its base showed, before any agent is paid.
struct MergeSize: Codable, Equatable, Sendable {
  /// A commit of one side that touches a conflicting file.
  struct Commit: Codable, Equatable, Sendable {
    var sha: CommitSHA
    /// The first line of its message.
    var subject: String
  }

  static let commitsMax = 10
  static let pathsMax = 200

  var head: CommitSHA
  var base: CommitSHA
  /// Where the two part.
  var mergeBase: CommitSHA
  /// Files that conflict, at most ``pathsMax``; empty when the merge is clean.
  var conflictPaths: [String]
  /// Commits of the head since the merge base that touch these files, newest first, at most ``commitsMax``.
  var headCommits: [Commit] = []
  /// The same of the base.
  var baseCommits: [Commit] = []

  var isClean: Bool { conflictPaths.isEmpty }
  /// Whether the base has commits that the head lacks.
  var isBehind: Bool { mergeBase != base }
}
