import Foundation

#if canImport(Darwin)
  import Darwin
#else
  // The overlay's view of `stat` is attributed to this module when NIO is in the build.
  import CDispatch
  import Glibc
#endif

extension GitWorktree {
  /// Commits all uncommitted changes onto HEAD, without hooks, filters or submodules.
  ///
  /// - Returns: the new head, or `head` when the trees are the same.
  func commitAll(_ status: GitStatus, onto head: CommitSHA, message: String) async throws(Failure)
    -> CommitSHA
  {
    let parents = [head] + mergeParents
    let commit = try await snapshot(status, parents: parents, message: message, indexPath: nil)
    guard let commit else { return head }
    try await setHead(commit)
    return commit
  }

  /// Keeps what only this worktree holds: commits, changes, and what a half-done operation refers to.
  ///
  /// - Returns: the ref of the changes, else of the commits, when one was needed.
  func rescue(_ status: GitStatus, head: CommitSHA?) async throws(Failure) -> String? {
    for commit in operationCommits where !(try await mirror.keeps(commit)) {
      try await keep(commit)
    }
    if !status.isClean {
      try GitFiles.makeDirectory(git.layout.scratch)
      let index = "\(git.layout.scratch)/\(UUID().uuidString).index"
      defer { unlink(index) }
      try copyIndex(to: index)
      let commit = try await snapshot(
        status, parents: [head].compactMap(\.self), message: "Work of \(loopID.handle) kept by Looper",
        indexPath: index)
      if let commit { return try await keep(commit) }
    }
    guard let head, !(try await mirror.keeps(head)) else { return nil }
    return try await keep(head)
  }

  @discardableResult
  private func keep(_ commit: CommitSHA) async throws(Failure) -> String? {
    let exists = try await mirror.commits(of: [commit.rawValue])
    // Named by a file an agent can write; there may be no such commit.
    guard !exists.isEmpty else { return nil }
    let ref = try await mirror.freeRescueRef(of: loopID)
    try await mirror.setRef(ref, to: commit)
    return ref
  }

  private func copyIndex(to target: String) throws(Failure) {
    guard let content = GitFiles.content("\(admin)/index", limit: .mebibytes(512)) else { return }
    try GitFiles.write(content, to: target)
  }

  /// Makes a commit of the worktree's files.
  ///
  /// - Returns: nil when it would have the tree of its first parent and no other parent.
  private func snapshot(
    _ status: GitStatus, parents: [CommitSHA], message: String, indexPath: String?
  ) async throws(Failure) -> CommitSHA? {
    try await add(status, indexPath: indexPath)
    let tree = try await git.run(GitCall(arguments: ["write-tree"], place: place, indexPath: indexPath)).line
    if parents.count == 1 {
      let old = try await git.run(
        GitCall(arguments: ["rev-parse", "--verify", "\(parents[0])^{tree}"], place: place))
      if old.line == tree { return nil }
    }
    let arguments = ["commit-tree", tree] + parents.flatMap { ["-p", $0.rawValue] }
    let output = try await git.run(
      GitCall(arguments: arguments, place: place, input: Data((message + "\n").utf8)))
    guard let commit = CommitSHA(output.line) else {
      throw Failure(.bug, "git commit-tree answered '\(output.line.prefix(80))'")
    }
    return commit
  }

  /// Takes changes into the index path by path: `git add -A` would run git inside nested repositories, under
  /// configuration an agent wrote.
  private func add(_ status: GitStatus, indexPath: String?) async throws(Failure) {
    var input = Data()
    for entry in status.changes where isAddable(entry) {
      input.append(entry.path)
      input.append(0)
    }
    guard !input.isEmpty else { return }
    _ = try await git.run(
      GitCall(
        arguments: ["update-index", "-z", "--add", "--remove", "--replace", "--stdin"], place: place,
        input: input, isLong: true, indexPath: indexPath))
  }

  /// Sockets and alike cannot be committed. A file we may not read is made readable, it is ours.
  private func isAddable(_ entry: GitStatus.Entry) -> Bool {
    let bytes = Array(path.utf8) + [UInt8(ascii: "/")] + Array(entry.path) + [0]
    return bytes.withUnsafeBufferPointer { buffer in
      buffer.withMemoryRebound(to: CChar.self) { name in
        guard let name = name.baseAddress else { return false }
        var status = stat()
        guard lstat(name, &status) == 0 else { return true }
        switch status.st_mode & S_IFMT {
        case S_IFREG:
          if access(name, R_OK) != 0 { chmod(name, status.st_mode | S_IRUSR) }
          return true
        case S_IFLNK, S_IFDIR: return true
        default: return false
        }
      }
    }
  }
}
