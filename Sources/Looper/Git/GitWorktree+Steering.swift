import Foundation

/// Files that steer agents: whoever writes them into a pull request would tell the agents that judge it what to do.
///
/// In the worktree they are those of the base branch, while the index keeps those of the head: marked
/// `skip-worktree`, they are no change to `git status`, and no commit takes them in.
extension GitWorktree {
  /// Files that the agents' CLIs read of their own accord in any directory.
  private static let steeringFiles: Set<Substring> = ["AGENTS.md", "CLAUDE.md", "CLAUDE.local.md"]
  /// Directories of such files, anywhere.
  private static let steeringDirectories: Set<Substring> = [".claude", ".codex", ".cursor", ".opencode"]
  /// Read at the top alone, files and directories.
  private static let steeringTop: Set<Substring> = [
    ".cursorrules", ".looper", ".mcp.json", "opencode.json", "opencode.jsonc",
  ]

  /// Whether a path of the repository steers agents.
  static func isSteering(_ path: String) -> Bool {
    let parts = path.split(separator: "/")
    return parts.last.map(steeringFiles.contains) ?? false || parts.first.map(steeringTop.contains) ?? false
      || parts.dropLast().contains(where: steeringDirectories.contains)
  }

  /// Puts the base's steering files in place of those of `start`. One that only the base has is left out: it would be
  /// a change.
  func takeSteering(of base: CommitSHA, start: CommitSHA) async throws(Failure) {
    let differing = try await names([
      "diff-tree", "-r", "-z", "--name-only", "--no-renames", start.rawValue, base.rawValue, "--",
    ]).filter(Self.isSteering)
    guard !differing.isEmpty else { return }
    let own = Set(try await names(["ls-tree", "-r", "-z", "--name-only", start.rawValue]))
    let theirs = Set(try await names(["ls-tree", "-r", "-z", "--name-only", base.rawValue]))
    let hidden = differing.filter(own.contains)
    guard !hidden.isEmpty else { return }
    try await updateIndex("--skip-worktree", hidden)
    for name in hidden { try removeSteering(name) }
    try await checkOut(hidden.filter(theirs.contains), from: base)
  }

  /// Puts back what ``takeSteering(of:start:)`` hid, for work that may change it.
  func giveSteeringBack() async throws(Failure) {
    let output = try await git.run(GitCall(arguments: ["ls-files", "-t", "-z"], place: place, isLong: true))
    let hidden = output.data.split(separator: 0).filter { $0.starts(with: Data("S ".utf8)) }
      .map { String(decoding: $0.dropFirst(2), as: UTF8.self) }
    guard !hidden.isEmpty else { return }
    try await updateIndex("--no-skip-worktree", hidden)
    for name in hidden { try removeSteering(name) }
    _ = try await git.run(
      GitCall(
        arguments: ["checkout-index", "-f", "-z", "--stdin"], place: place, input: Self.list(hidden),
        isLong: true))
  }

  /// The paths a command lists.
  private func names(_ arguments: [String]) async throws(Failure) -> [String] {
    try await git.run(GitCall(arguments: arguments, place: mirror.place, isLong: true)).data
      .split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
  }

  private func updateIndex(_ flag: String, _ names: [String]) async throws(Failure) {
    _ = try await git.run(
      GitCall(
        arguments: ["update-index", flag, "-z", "--stdin"], place: place, input: Self.list(names),
        isLong: true))
  }

  /// Writes files of a commit through an index of their own.
  private func checkOut(_ names: [String], from commit: CommitSHA) async throws(Failure) {
    guard !names.isEmpty else { return }
    try GitFiles.makeDirectory(git.layout.scratch)
    let index = "\(git.layout.scratch)/\(UUID().uuidString).index"
    defer { unlink(index) }
    _ = try await git.run(
      GitCall(arguments: ["read-tree", commit.rawValue], place: place, isLong: true, indexPath: index))
    _ = try await git.run(
      GitCall(
        arguments: ["checkout-index", "-f", "-z", "--stdin"], place: place, input: Self.list(names),
        isLong: true, indexPath: index))
  }

  /// Leaves alone what lies behind a link that an earlier agent put in place of a directory; git replaces the link.
  private func removeSteering(_ name: String) throws(Failure) {
    let file = "\(path)/\(name)"
    guard GitFiles.kind(file) != .missing else { return }
    let directory = (file as NSString).deletingLastPathComponent
    guard let real = GitFiles.resolved(directory), real == path || real.hasPrefix("\(path)/") else { return }
    try GitFiles.remove(file)
  }

  private static func list(_ names: [String]) -> Data {
    names.reduce(into: Data()) { data, name in
      data.append(contentsOf: name.utf8)
      data.append(0)
    }
  }
}
