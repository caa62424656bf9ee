extension GitWorkspaces: MergeSizes {
  func mergeSize(
    of head: CommitSHA, pull: Int, base: String, in project: RemoteRepository
  ) async throws(Failure) -> MergeSize {
    try GitBranchName.check(base)
    return try await holding(project) { mirror throws(Failure) in
      try await mirror.fetch(pull: pull)
      let ref = GitMirror.branchRef(base)
      let commits = try await mirror.commits(of: [ref, head.rawValue])
      guard let tip = commits[ref] else {
        throw Failure(.permanent, "\(project.name) has no branch '\(base)'")
      }
      guard commits[head.rawValue] != nil else {
        throw Failure(.conflict, "the head \(head.short) of #\(pull) is not there any more; look again")
      }
      return try await mirror.trialMerge(of: head, into: tip)
    }
  }
}

extension GitMirror {
  fileprivate func trialMerge(of head: CommitSHA, into base: CommitSHA) async throws(Failure) -> MergeSize {
    let mergeBase = try await mergeBase(base, head)
    let paths = try await conflictPaths(of: head, and: base)
    var size = MergeSize(head: head, base: base, mergeBase: mergeBase, conflictPaths: paths)
    if !size.isClean {
      size.headCommits = try await commits(from: mergeBase, to: head, touching: paths)
      size.baseCommits = try await commits(from: mergeBase, to: base, touching: paths)
    }
    return size
  }

  /// Exit 1 of `git merge-tree` is a merge with conflicts: the tree's name, then the names of the files.
  private func conflictPaths(of head: CommitSHA, and base: CommitSHA) async throws(Failure) -> [String] {
    let arguments = [
      "merge-tree", "--write-tree", "--name-only", "--no-messages", "-z", base.rawValue, head.rawValue,
    ]
    let output = try await git.run(
      GitCall(arguments: arguments, place: place, isLong: true, accepted: [0, 1]))
    guard output.status == 1 else { return [] }
    let names = output.data.split(separator: 0).dropFirst().map { String(decoding: $0, as: UTF8.self) }
    guard !names.isEmpty else { throw Failure(.bug, "git merge-tree named no conflicting file") }
    return Array(Set(names).sorted().prefix(MergeSize.pathsMax))
  }

  private func commits(
    from start: CommitSHA, to end: CommitSHA, touching paths: [String]
  ) async throws(Failure) -> [MergeSize.Commit] {
    let arguments = [
      "log", "--format=%H %s", "--max-count=\(MergeSize.commitsMax)", "\(start)..\(end)", "--",
    ]
    let output = try await git.run(GitCall(arguments: arguments + paths, place: place))
    return output.lines.compactMap { line in
      let parts = line.split(separator: " ", maxSplits: 1)
      guard let name = parts.first, let sha = CommitSHA(String(name)) else { return nil }
      return MergeSize.Commit(sha: sha, subject: parts.count > 1 ? String(parts[1]) : "")
    }
  }
}
