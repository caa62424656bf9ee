import Foundation

extension GitWorkspaces {
  /// More uncommitted files than this are no work but something that should have been ignored.
  static let leftoverPathsMax = 20_000

  func inspect(_ facts: WorktreeFacts, leftovers: LeftoverPolicy) async throws(Failure) -> TreeFacts {
    try await holding(facts.repository) { mirror throws(Failure) in
      let worktree = try trustedWorktree(facts, mirror: mirror)
      try worktree.removeLocks()
      guard let head = try await worktree.head() else {
        throw Failure(.agent, "HEAD of \(facts.path) names no commit")
      }
      switch leftovers {
      case .discard:
        let discarded = try await worktree.discard(head: head, facts: facts)
        return try await worktree.treeFacts(facts, head: facts.startSHA, discarded: discarded, unmerged: [])
      case .commit(let message):
        return try await worktree.commitLeftovers(head: head, message: message, facts: facts)
      }
    }
  }

  /// - Throws: `agent` when anything that ties it to the mirror was changed.
  func trustedWorktree(_ facts: WorktreeFacts, mirror: GitMirror) throws(Failure) -> GitWorktree {
    let worktree = GitWorktree(mirror: mirror, loopID: facts.loopID)
    guard worktree.path == facts.path else {
      throw Failure(.bug, "\(facts.path) is not the worktree of \(facts.loopID.handle)")
    }
    guard GitFiles.kind(facts.path) != .missing else {
      throw Failure(.agent, "the worktree \(facts.path) is gone")
    }
    let problems = worktree.tamperings()
    guard problems.isEmpty else { throw Failure(.agent, problems.joined(separator: "; ")) }
    return worktree
  }
}

extension GitWorktree {
  /// Returns to the start. Commits, and whatever an earlier run had left, are kept on a rescue ref.
  fileprivate func discard(head: CommitSHA, facts: WorktreeFacts) async throws(Failure) -> Bool {
    let status = try await status()
    let isUntouched = head == facts.startSHA && status.entries.isEmpty && !hasOperation
    if isUntouched, !isOnBranch { return false }
    if head != facts.startSHA || facts.adoptedEarlierWork {
      _ = try await rescue(facts.adoptedEarlierWork ? status : .clean, head: head)
    }
    try await reset(to: facts.startSHA, isThorough: false)
    return !isUntouched
  }

  fileprivate func commitLeftovers(
    head: CommitSHA, message: String, facts: WorktreeFacts
  ) async throws(Failure) -> TreeFacts {
    let status = try await status()
    guard status.entries.count <= GitWorkspaces.leftoverPathsMax else {
      throw Failure(
        .agent, "\(status.entries.count) uncommitted files were left; ignore what is no work in .gitignore")
    }
    guard try await mirror.isAncestor(facts.startSHA, of: head) else {
      throw Failure(.agent, "HEAD \(head.short) does not descend from the start \(facts.startSHA.short)")
    }
    var head = head
    let unmerged = status.unmergedPaths
    if unmerged.isEmpty {
      if !status.isClean || !mergeParents.isEmpty {
        head = try await commitAll(status, onto: head, message: message)
      }
      if isOnBranch { try await setHead(head) }
      try clearOperation()
    }
    return try await treeFacts(facts, head: head, discarded: false, unmerged: unmerged)
  }

  fileprivate func treeFacts(
    _ facts: WorktreeFacts, head: CommitSHA, discarded: Bool, unmerged: [String]
  ) async throws(Failure) -> TreeFacts {
    let isUnchanged = head == facts.startSHA
    let commits = isUnchanged ? [] : try await commits(from: facts, to: head)
    let changed = isUnchanged ? [] : try await changedPaths(from: facts.startSHA, to: head)
    let diff = try await diff(from: facts.mergeBase, to: head)
    return TreeFacts(
      headSHA: head, commits: commits, changedPaths: changed, files: diff.files,
      isTruncated: diff.isTruncated,
      discardedChanges: discarded, unmergedPaths: unmerged,
      containsBase: isUnchanged ? nil : try await mirror.isAncestor(facts.baseSHA, of: head),
      conflictMarkers: isUnchanged ? nil : try await conflictMarkers(from: facts.startSHA, to: head),
      patch: isUnchanged || facts.leavesAsPatch != true
        ? nil : try await patch(from: facts.startSHA, to: head),
      specBytes: try await size(of: facts.specPath, at: head))
  }

  /// The bytes of a file; nil when it is not there.
  private func size(of path: String?, at head: CommitSHA) async throws(Failure) -> Int? {
    guard let path else { return nil }
    // Exit 128: the commit has no such file.
    let arguments = ["cat-file", "-s", "\(head):\(path)"]
    return Int(
      try await git.run(GitCall(arguments: arguments, place: mirror.place, accepted: [0, 128])).line)
  }

  /// `path:line` of each conflict marker that was added since the start.
  private func conflictMarkers(from start: CommitSHA, to head: CommitSHA) async throws(Failure) -> [String] {
    let arguments = ["diff-tree", "-r", "--check", "--no-renames", start.rawValue, head.rawValue]
    // Exit 2: something is wrong with the added lines, which may be no more than a space at an end.
    let output = try await git.run(GitCall(arguments: arguments, place: mirror.place, accepted: [0, 2]))
    return output.lines.compactMap { line in
      guard line.hasSuffix(": leftover conflict marker") else { return nil }
      return String(line.dropLast(": leftover conflict marker".count))
    }
  }

  /// - Throws: `agent` when it is larger than what can be shown to people.
  private func patch(from start: CommitSHA, to head: CommitSHA) async throws(Failure) -> String {
    let arguments = ["format-patch", "--stdout", "--no-signature", "--no-stat", "\(start)..\(head)"]
    let text = try await git.run(GitCall(arguments: arguments, place: mirror.place)).text
    guard text.utf8.count <= PatchText.patchBytesMax.bytes else {
      throw Failure(
        .agent,
        "the patch is larger than \(PatchText.patchBytesMax.bytes) bytes, which no comment holds; do less")
    }
    return text
  }

  /// Commits since the start, without those a merge of the base brought in.
  private func commits(from facts: WorktreeFacts, to head: CommitSHA) async throws(Failure) -> [CommitSHA] {
    let arguments = [
      "rev-list", "--reverse", "--topo-order", head.rawValue, "^\(facts.startSHA)", "^\(facts.baseSHA)",
    ]
    return try await git.run(GitCall(arguments: arguments, place: mirror.place)).lines.compactMap {
      CommitSHA($0)
    }
  }

  private func changedPaths(from start: CommitSHA, to head: CommitSHA) async throws(Failure) -> [String] {
    let arguments = ["diff-tree", "-r", "-z", "--name-only", "--no-renames", start.rawValue, head.rawValue]
    return try await git.run(GitCall(arguments: arguments, place: mirror.place)).data
      .split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
  }

  /// Obeys the worktree's attributes, as GitHub does: what they hide cannot be commented on line by line.
  private func diff(
    from base: CommitSHA, to head: CommitSHA
  ) async throws(Failure) -> (files: [TreeFacts.File], isTruncated: Bool) {
    if base == head { return ([], false) }
    let arguments = [
      "diff-tree", "-r", "-p", "--unified=3", "--no-color", "--no-ext-diff", "--no-textconv", "--no-renames",
      "--src-prefix=a/", "--dst-prefix=b/", base.rawValue, head.rawValue,
    ]
    let call = GitCall(
      arguments: arguments, place: place, isLong: true, outputLimit: git.settings.diffBytesMax)
    let output: GitOutput
    do {
      output = try await git.attempt(call)
    } catch .outputTooLarge {
      let paths = try await changedPaths(from: base, to: head).prefix(GitDiff.filesMax)
      return (paths.map { TreeFacts.File(path: $0, isDeleted: false, rightLines: [], leftLines: []) }, true)
    } catch {
      throw GitFailure.unfinished(call.name, error)
    }
    guard output.status == 0 else { throw GitFailure.local(call.name, output.errorText) }
    let diff = GitDiff(parsing: output.data)
    return (diff.files, diff.isTruncated)
  }
}
