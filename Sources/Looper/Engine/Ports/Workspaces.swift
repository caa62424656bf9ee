/// Git, as the engine needs it: a bare mirror per project under the data directory, and one worktree per loop.
protocol Workspaces: Sendable {
  /// Brings the loop's worktree to the wanted commit, detached, from a freshly fetched mirror.
  ///
  /// What lies there from an earlier run of the same start commit is adopted (commits and dirt) when the request says
  /// so; anything else is first kept on a rescue ref. The worktree is created when missing.
  /// - Throws: `conflict` when the wanted head is not what the remote has; `transient` for network trouble.
  func prepare(_ request: WorktreeRequest) async throws(Failure) -> WorktreeFacts

  /// What the agent left: commits since the start, changed files, the lines of the diff that can be commented on.
  ///
  /// - Throws: `agent` when the tree was tampered with (its `.git` file, HEAD no descendant of the start).
  func inspect(_ worktree: WorktreeFacts, leftovers: LeftoverPolicy) async throws(Failure) -> TreeFacts

  /// The remote branch's commit now; nil when there is no such branch.
  func remoteHead(of branch: String, in project: RemoteRepository) async throws(Failure) -> CommitSHA?

  /// Everything a push would publish that the remote does not have: added lines of every new commit by file, and the
  /// commits' messages.
  /// - Throws: `needsHuman` when it is more than can be looked through.
  func addedText(by push: PushBranch, in project: RemoteRepository) async throws(Failure) -> [AddedText]

  /// Pushes with the expected old value; never forces over anything else.
  /// - Throws: `conflict` when the branch moved.
  func push(_ push: PushBranch, in project: RemoteRepository) async throws(Failure)

  /// Removes a loop's worktree; what only it holds is kept on a rescue ref first.
  /// - Returns: the rescue ref, when one was needed.
  func remove(_ loopID: Loop.ID, in project: RemoteRepository) async throws(Failure) -> String?

  /// Keeps what only a worktree holds, commits and changes, on a rescue ref; the worktree stays as it is.
  /// - Returns: the ref, when there was anything to keep.
  func keep(_ worktree: WorktreeFacts) async throws(Failure) -> String?

  /// A fingerprint of what an agent must leave alone around its worktree: the mirror's configuration and hooks, the
  /// worktree's git pointers, and of the user's checkout, when there is one, what nobody else would have changed.
  func surroundings(of worktree: WorktreeFacts, checkout: String?) async throws(Failure) -> Surroundings
}

/// Where git fetches from and pushes to.
struct RemoteRepository: Codable, Equatable, Sendable {
  var name: ProjectName
  var cloneURL: String
}

/// A text that a push publishes.
struct AddedText: Equatable, Sendable {
  /// A path in the repository, or what else it is, as a person would say it.
  var place: String
  /// As they are in the commit, in whatever encoding.
  var bytes: [UInt8]
}

/// What worktree a run wants.
struct WorktreeRequest: Codable, Equatable, Sendable {
  var repository: RemoteRepository
  var loopID: Loop.ID
  var start: WorktreeStart
  /// The branch a pull request merges into, for the diff's base.
  var baseBranch: String
  /// Where `.looper/looper.toml` is read at the fetched commit, never in the work: the default branch, whatever the
  /// base is. Nil means the base.
  var configurationBranch: String?
  /// Where the files that steer agents are taken from. Nil means the base.
  var steeringBranch: String?
  /// Whether unfinished work of an earlier run on the same start goes on; a reviewer looks at the head and nothing else.
  var adoptsEarlierWork = true
  /// Whether files that steer agents (`CLAUDE.md`, `.mcp.json`, …) are those of
  /// ``steeringBranch``: for judging the work of others.
  var takesSteeringFromBase = false
  /// Read from the start commit when set: the spec.
  var specPath: String?
}

extension WorktreeRequest {
  /// Only who writes on the head of a fork's pull request cannot push what comes of it.
  var leavesAsPatch: Bool {
    guard adoptsEarlierWork, case .pull = start else { return false }
    return true
  }
}

/// Which commit a role begins on.
enum WorktreeStart: Codable, Equatable, Sendable {
  /// The base branch, fetched now.
  case freshBase
  /// The head of a branch of the repository, which must be this commit.
  case branch(String, expected: CommitSHA)
  /// The head of a pull request (also from a fork), which must be this commit.
  case pull(Int, expected: CommitSHA)
}

/// The worktree a run got, with what was read from git on the way.
struct WorktreeFacts: Codable, Equatable, Sendable {
  var loopID: Loop.ID
  var repository: RemoteRepository
  /// Absolute.
  var path: String
  /// Where the run began; what the agent adds comes after it.
  var startSHA: CommitSHA
  /// The base branch as fetched for this run.
  var baseSHA: CommitSHA
  /// `git merge-base` of the two; equal to `startSHA` on a fresh base.
  var mergeBase: CommitSHA
  /// Text of `.looper/looper.toml` on the default branch.
  var repositoryConfiguration: String?
  /// Text of the spec at the start commit, at most ``specBytesMax``.
  var spec: String?
  /// True when commits or dirt of an earlier, unfinished run were kept.
  var adoptedEarlierWork: Bool
  /// Whether the work cannot be pushed, so that it leaves as a patch; nil means it can.
  var leavesAsPatch: Bool?
  /// Where the spec is whose size an inspection tells; nil when it is not asked.
  var specPath: String?

  /// A longer spec is nobody's to implement: who writes one has failed.
  static let specBytesMax: ByteCount = .kibibytes(64)
}

/// What happens with changes the agent did not commit.
enum LeftoverPolicy: Codable, Equatable, Sendable {
  /// Commit them under this message.
  case commit(message: String)
  /// Throw them away and return to the start: the role may not write.
  case discard
}

/// What an agent left in its worktree, as git tells it.
struct TreeFacts: Codable, Equatable, Sendable {
  /// One file of the pull request's diff.
  struct File: Codable, Equatable, Sendable {
    /// Relative to the repository.
    var path: String
    var isDeleted: Bool
    /// Lines of the new side that appear in the diff against the merge base (added and context), as closed ranges.
    var rightLines: [ClosedRange<Int>]
    /// The same of the old side.
    var leftLines: [ClosedRange<Int>]
  }

  /// The commit to publish; equals the start when nothing was done.
  var headSHA: CommitSHA
  /// Commits since the start, oldest first.
  var commits: [CommitSHA]
  /// Files that differ between the start and the head.
  var changedPaths: [String]
  /// Diff of the pull request: merge base against head.
  var files: [File]
  /// True when the diff was too large to list whole.
  var isTruncated: Bool
  /// Whether anything was thrown away under ``LeftoverPolicy/discard``.
  var discardedChanges: Bool
  /// Files with conflict entries in the index (`git ls-files -u`).
  var unmergedPaths: [String]
  /// Whether the head contains the base that the run began with; nil when it was not asked.
  var containsBase: Bool?
  /// Places where the commits since the start leave a conflict marker in a file, as `path:line`.
  var conflictMarkers: [String]?
  /// The commits since the start as a mailbox for `git am`; nil unless the work ``WorktreeFacts/leavesAsPatch``.
  var patch: String?
  /// The size of the spec at the head; nil when there is none, or it was not asked.
  var specBytes: Int?
}

/// See ``Workspaces/surroundings(of:checkout:)``. Equal values mean nothing was touched.
struct Surroundings: Codable, Equatable, Sendable {
  /// Digest per watched thing, by a name a person understands.
  var digests: [String: String]

  /// Names of the things that differ; what only another version of Looper looked at is not compared.
  func differences(from other: Surroundings) -> [String] {
    Set(digests.keys).intersection(other.digests.keys).filter { digests[$0] != other.digests[$0] }.sorted()
  }
}
