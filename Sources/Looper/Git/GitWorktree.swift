import Foundation

/// The worktree of one loop: its directory, and its administrative directory inside the mirror.
///
/// An agent can write both. Every command gets the directories by name, and every pointer is compared with
/// what we wrote before it is used.
struct GitWorktree: Sendable {
  let mirror: GitMirror
  let loopID: Loop.ID

  var path: String { mirror.git.layout.worktree(of: loopID, in: mirror.remote.name) }
  var admin: String { "\(mirror.path)/worktrees/\(loopID.handle)" }
  var place: GitPlace { .worktree(path: path, admin: admin, mirror: mirror.path) }
  var git: GitRunner { mirror.git }

  /// The files that tie the two directories together, with what git wrote into them.
  private var pointers: [(path: String, content: String)] {
    [
      ("\(path)/.git", "gitdir: \(admin)\n"),
      ("\(admin)/gitdir", "\(path)/.git\n"),
      ("\(admin)/commondir", "../..\n"),
    ]
  }

  /// What is not as we made it; empty when the worktree can be trusted to be ours.
  func tamperings() -> [String] {
    var found: [String] = []
    for directory in [path, admin]
    where GitFiles.kind(directory) != .directory || GitFiles.resolved(directory) != directory {
      found.append("\(directory) is not the directory it was")
    }
    for pointer in pointers where GitFiles.text(pointer.path) != pointer.content {
      found.append("\(pointer.path) was changed")
    }
    return found
  }

  /// Puts the pointers back. A repository of the agent's own in place of `.git` is moved aside, not removed.
  func repairPointers(start: CommitSHA) throws(Failure) {
    guard GitFiles.kind(path) == .directory, GitFiles.resolved(path) == path else {
      throw Failure(.permanent, "\(path) is not below the worktree directory any more; move it away")
    }
    if GitFiles.kind(admin) != .directory || GitFiles.resolved(admin) != admin {
      try GitFiles.remove(admin)
      try GitFiles.makeDirectory(admin)
    }
    if GitFiles.kind("\(admin)/HEAD") == .missing {
      try GitFiles.write(Data("\(start)\n".utf8), to: "\(admin)/HEAD")
    }
    if GitFiles.kind("\(path)/.git") == .directory {
      try GitFiles.rename("\(path)/.git", to: "\(path).git-\(UUID().uuidString)")
    }
    for pointer in pointers where GitFiles.text(pointer.path) != pointer.content {
      try GitFiles.remove(pointer.path)
      try GitFiles.write(Data(pointer.content.utf8), to: pointer.path)
    }
  }

  /// Makes the worktree anew; whatever lay there must be of no worth.
  func create(at start: CommitSHA) async throws(Failure) {
    try GitFiles.remove(path)
    try GitFiles.remove(admin)
    try GitFiles.makeDirectory((path as NSString).deletingLastPathComponent)
    _ = try await git.run(
      GitCall(
        arguments: ["worktree", "add", "--quiet", "--detach", path, start.rawValue], place: mirror.place,
        isLong: true))
    let problems = tamperings()
    guard problems.isEmpty else {
      throw Failure(.bug, "git made another worktree than asked for: \(problems.joined(separator: "; "))")
    }
  }

  /// The commit of HEAD; nil when it names none.
  func head() async throws(Failure) -> CommitSHA? {
    let output = try await git.run(
      GitCall(
        arguments: ["rev-parse", "--quiet", "--verify", "HEAD^{commit}"], place: place, accepted: [0, 1, 128])
    )
    return output.status == 0 ? CommitSHA(output.line) : nil
  }

  /// Whether the agent switched to a branch.
  var isOnBranch: Bool { GitFiles.text("\(admin)/HEAD")?.hasPrefix("ref:") ?? true }

  /// Moves HEAD alone, off any branch.
  func setHead(_ commit: CommitSHA) async throws(Failure) {
    _ = try await git.run(
      GitCall(arguments: ["update-ref", "--no-deref", "HEAD", commit.rawValue], place: place))
  }

  /// Uncommitted changes, without looking into submodules or other nested repositories: their configuration
  /// would name commands to run.
  ///
  /// - Parameter isRepairing: whether an index that is missing or broken is made anew; nobody else may be at
  ///   work in the worktree then.
  func status(isRepairing: Bool = true) async throws(Failure) -> GitStatus {
    if isRepairing, GitFiles.kind("\(admin)/index") != .file { try await rebuildIndex() }
    let call = GitCall(
      arguments: [
        "status", "--porcelain=v1", "-z", "--no-renames", "--untracked-files=all", "--ignore-submodules=all",
      ], place: place, isLong: true, accepted: [0, 128])
    var output = try await git.run(call)
    if output.status != 0, isRepairing {
      // An index that cannot be read is rebuilt; what differs from it is then dirt.
      try await rebuildIndex()
      output = try await git.run(call)
    }
    guard output.status == 0 else { throw GitFailure.local("git status", output.errorText) }
    return GitStatus(parsing: output.data)
  }

  private func rebuildIndex() async throws(Failure) {
    try GitFiles.remove("\(admin)/index")
    _ = try await git.run(GitCall(arguments: ["read-tree", "HEAD"], place: place))
  }

  /// Takes back a killed agent's locks; nothing else may be at work in the worktree.
  func removeLocks() throws(Failure) {
    for name in ["index.lock", "HEAD.lock", "ORIG_HEAD.lock", "config.worktree.lock"] {
      try GitFiles.remove("\(admin)/\(name)")
    }
  }

  /// Brings HEAD, index and files to `commit`; ignored files go as well when `isThorough`.
  func reset(to commit: CommitSHA, isThorough: Bool) async throws(Failure) {
    try clearOperation()
    try await setHead(commit)
    if isThorough {
      // Without the index no flag in it (`skip-worktree`) can keep a changed file.
      try GitFiles.remove("\(admin)/index")
      GitFiles.unlockDirectories(below: path)
    }
    _ = try await git.run(
      GitCall(arguments: ["reset", "--quiet", "--hard", commit.rawValue], place: place, isLong: true))
    _ = try await git.run(
      GitCall(arguments: ["clean", "--quiet", isThorough ? "-ffdx" : "-ffd"], place: place, isLong: true))
  }

  private static let operationNames = [
    "MERGE_HEAD", "MERGE_MODE", "MERGE_MSG", "MERGE_AUTOSTASH", "AUTO_MERGE", "CHERRY_PICK_HEAD",
    "REVERT_HEAD",
    "REBASE_HEAD", "rebase-merge", "rebase-apply", "sequencer", "BISECT_LOG", "BISECT_START", "SQUASH_MSG",
  ]

  /// Whether a merge, rebase, cherry-pick, revert or bisection was left half done.
  var hasOperation: Bool {
    ["MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD", "rebase-merge", "rebase-apply", "BISECT_LOG"]
      .contains { GitFiles.kind("\(admin)/\($0)") != .missing }
  }

  func clearOperation() throws(Failure) {
    for name in Self.operationNames { try GitFiles.remove("\(admin)/\(name)") }
  }

  /// Commits a half-done operation refers to: the branch before a rebase, the other sides of a merge.
  var operationCommits: [CommitSHA] {
    ["rebase-merge/orig-head", "rebase-apply/orig-head", "MERGE_HEAD"].flatMap { name in
      (GitFiles.text("\(admin)/\(name)") ?? "").split(separator: "\n").compactMap { CommitSHA(String($0)) }
    }
  }

  /// The other parents of a merge that is to be concluded.
  var mergeParents: [CommitSHA] {
    (GitFiles.text("\(admin)/MERGE_HEAD") ?? "").split(separator: "\n").compactMap { CommitSHA(String($0)) }
  }
}
