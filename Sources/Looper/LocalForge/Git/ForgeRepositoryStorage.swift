import Foundation

/// What one commit says.
struct ForgeCommitFacts: Sendable, Hashable {
  var sha: CommitSHA
  var tree: CommitSHA
  var parents: [CommitSHA]
  var message: String
  var authorName: String
  var authorEmail: String
  var authoredAt: Timestamp
  var committerName: String
  var committerEmail: String
  var committedAt: Timestamp
}

/// One line of a file's patch, with its number on each side it exists on.
struct ForgePatchLine: Sendable, Hashable {
  /// Starts with ` `, `+` or `-`.
  var text: String
  var left: Int?
  var right: Int?
}

/// A run of changed lines with their context.
struct ForgePatchHunk: Sendable, Hashable {
  /// The `@@ … @@` line.
  var header: String
  var lines: [ForgePatchLine]
}

/// What a change does to one file.
struct ForgeFileDiff: Sendable, Hashable {
  /// What happened to the file, by the REST names.
  enum Status: String, Sendable { case added, removed, modified, renamed }

  var path: String
  var previousPath: String?
  var status: Status
  var isBinary = false
  var hunks: [ForgePatchHunk] = []

  var additions: Int { hunks.reduce(0) { $0 + $1.lines.count { $0.left == nil && $0.right != nil } } }
  var deletions: Int { hunks.reduce(0) { $0 + $1.lines.count { $0.right == nil && $0.left != nil } } }
  var patch: String {
    hunks.map { hunk in ([hunk.header] + hunk.lines.map(\.text)).joined(separator: "\n") }
      .joined(separator: "\n")
  }
}

/// How an attempt to merge two commits went.
enum ForgeMergeOutcome: Sendable, Hashable {
  /// The commit that has both; it exists, no branch points at it yet.
  case merged(CommitSHA)
  case conflict
}

/// What a merge commit is to say.
struct ForgeMergeRequest: Sendable {
  var path: String
  var base: CommitSHA
  var head: CommitSHA
  var method: ForgeMergeMethod
  var message: String
  var authorName: String
  var at: Timestamp
}

/// An entry of a tree, or the bytes of a file.
enum ForgeContent: Sendable, Hashable {
  case file(Data)
  case directory([String])
}

/// Why the storage could not answer: the git behind it failed.
struct ForgeStorageError: Error, Sendable, Hashable { var message: String }

/// The git side of the local GitHub: bare repositories, named by their path.
///
/// The implementation over real repositories is ``ForgeGitStorage``; a simulator can bring one in memory.
/// Commits are immutable, so everything but ``branches(of:)`` may be cached.
protocol ForgeRepositoryStorage: Sendable {
  /// Makes a bare repository whose default branch has one commit with these files.
  func create(_ path: String, defaultBranch: String, files: [String: Data], at: Timestamp) async throws
  /// Makes a bare copy of a repository, as a fork does.
  func fork(_ path: String, to newPath: String) async throws
  func branches(of path: String) async throws -> [String: CommitSHA]
  /// Moves, makes (`old` nil) or deletes (`new` nil) a ref, only when it is still at `old`.
  func updateRef(_ ref: String, in path: String, from old: CommitSHA?, to new: CommitSHA?) async throws
  /// Makes a commit of another repository available in this one under a ref.
  func importCommit(_ sha: CommitSHA, from source: String, into path: String, as ref: String) async throws
  /// The commit a branch, tag, ref or (abbreviated) object name means; nil when there is none.
  func resolve(_ revision: String, in path: String) async throws -> CommitSHA?
  func commit(_ sha: CommitSHA, in path: String) async throws -> ForgeCommitFacts?
  /// The commits of `base..head`, oldest first, at most 250 as on GitHub.
  func commits(from base: CommitSHA, to head: CommitSHA, in path: String) async throws -> [ForgeCommitFacts]
  func mergeBase(_ one: CommitSHA, _ other: CommitSHA, in path: String) async throws -> CommitSHA?
  func diff(from base: CommitSHA, to head: CommitSHA, in path: String) async throws -> [ForgeFileDiff]
  /// The plain text of a diff, or of a mail-formatted patch series.
  func diffText(from base: CommitSHA, to head: CommitSHA, asPatches: Bool, in path: String) async throws
    -> Data
  func merge(_ request: ForgeMergeRequest) async throws -> ForgeMergeOutcome
  func content(_ file: String, at sha: CommitSHA, in path: String) async throws -> ForgeContent?
}
