/// What a person left in a loop's worktree.
struct LeftWork: Equatable, Sendable {
  var head: CommitSHA?
  /// Where the loop's last run began.
  var start: CommitSHA?
  /// Commits that no branch of the remote has, newest first, as `1234567 subject`; at most ``GitWorkspaces/leftMax``.
  var commits: [String] = []
  /// Files with changes that are in no commit, as many.
  var changedFiles: [String] = []
  /// Where both were kept.
  var rescueRef: String?

  var isPublished: Bool { commits.isEmpty && changedFiles.isEmpty }
}

extension GitWorkspaces {
  /// Commits and files that are named.
  static let leftMax = 50

  /// - Parameter isFetching: whether what the remote has is asked for; otherwise it is as it was seen last.
  /// - Returns: nil when there is no worktree.
  func left(
    by loopID: Loop.ID, in repository: RemoteRepository, isFetching: Bool
  ) async throws(Failure) -> LeftWork? {
    try await holding(repository) { mirror throws(Failure) in
      guard let worktree = try mirror.worktreeOfPerson(loopID) else { return nil }
      if isFetching { try await mirror.fetch(pull: nil) }
      let note = GitWorktreeNote.read(besideWorktree: worktree.path)
      let start = note?.startSHA
      var work = LeftWork(head: try await worktree.head(), start: start)
      let status = try await worktree.status(isRepairing: false)
      work.changedFiles = status.changes.prefix(Self.leftMax).map { String(decoding: $0.path, as: UTF8.self) }
      guard let head = work.head else { return work }
      let known = ["--not", "--remotes=origin"] + [start?.rawValue].compactMap(\.self)
      let output = try await git.run(
        GitCall(
          arguments: ["log", "--format=%h %s", "--no-color", "--max-count=\(Self.leftMax)", head.rawValue]
            + known,
          place: mirror.place))
      work.commits = output.lines.map { String($0) }
      return work
    }
  }

  /// Keeps what a person left on a rescue ref; the worktree stays as it is.
  ///
  /// - Returns: the ref, when there was anything to keep.
  func keep(by loopID: Loop.ID, in repository: RemoteRepository) async throws(Failure) -> String? {
    try await holding(repository) { mirror throws(Failure) in
      guard let worktree = try mirror.worktreeOfPerson(loopID) else { return nil }
      return try await worktree.rescue(try await worktree.status(), head: try await worktree.head())
    }
  }
}

extension GitMirror {
  /// - Returns: nil when there is none.
  /// - Throws: `conflict` when it is not tied to the mirror as it was.
  fileprivate func worktreeOfPerson(_ loopID: Loop.ID) throws(Failure) -> GitWorktree? {
    let worktree = GitWorktree(mirror: self, loopID: loopID)
    guard GitFiles.kind(worktree.path) != .missing else { return nil }
    let problems = worktree.tamperings()
    guard problems.isEmpty else { throw Failure(.conflict, problems.joined(separator: "; ")) }
    return worktree
  }
}
