/// A worktree as `worktree list` shows it.
struct GitWorktreeRecord: Hashable, Sendable, Codable {
  /// Absolute.
  var path: String
  /// Nil when it has no record of ours.
  var loopID: Loop.ID?
  var project: ProjectName?
  var head: CommitSHA?
  var isDirty: Bool
  /// Why a clean-up would not simply remove it; nil when it would.
  var reasonKept: String?
}

extension GitWorkspaces {
  func remove(_ loopID: Loop.ID, in project: RemoteRepository) async throws(Failure) -> String? {
    try await holding(project) { mirror throws(Failure) in
      let worktree = GitWorktree(mirror: mirror, loopID: loopID)
      let kind = GitFiles.kind(worktree.path)
      guard var note = GitWorktreeNote.read(besideWorktree: worktree.path) else {
        guard kind == .missing else {
          throw Failure(
            .permanent, "\(worktree.path) has no record of ours and is kept; move it away by hand")
        }
        return nil
      }
      guard note.loopID == loopID, note.remote.name == project.name else {
        throw Failure(
          .permanent, "\(worktree.path) belongs to \(note.loopID.handle) of \(note.remote.name) and is kept")
      }
      guard kind == .missing || (kind == .directory && GitFiles.resolved(worktree.path) == worktree.path)
      else {
        throw Failure(.permanent, "\(worktree.path) is not below the worktree directory and is kept")
      }
      let rescued = try await worktree.rescueBeforeRemoval(note, exists: kind == .directory)
      note.state = .removing
      try note.write(besideWorktree: worktree.path)
      try GitFiles.remove(worktree.path)
      try GitFiles.remove(worktree.admin)
      try GitFiles.remove(GitWorktreeNote.path(besideWorktree: worktree.path))
      return rescued
    }
  }

  func keep(_ facts: WorktreeFacts) async throws(Failure) -> String? {
    try await holding(facts.repository) { mirror throws(Failure) in
      let worktree = try trustedWorktree(facts, mirror: mirror)
      try worktree.removeLocks()
      return try await worktree.rescue(try await worktree.status(), head: try await worktree.head())
    }
  }

  /// Every directory below the worktree root, with why it would be kept.
  func worktrees() async throws(Failure) -> [GitWorktreeRecord] {
    var records: [GitWorktreeRecord] = []
    let root = git.layout.worktrees
    for host in GitFiles.names(in: root) {
      for owner in GitFiles.names(in: "\(root)/\(host)") {
        for name in GitFiles.names(in: "\(root)/\(host)/\(owner)") {
          let directory = "\(root)/\(host)/\(owner)/\(name)"
          for entry in GitFiles.names(in: directory)
          where GitFiles.kind("\(directory)/\(entry)") == .directory {
            records.append(await record(ofWorktree: "\(directory)/\(entry)"))
          }
        }
      }
    }
    return records
  }

  private func record(ofWorktree path: String) async -> GitWorktreeRecord {
    guard let note = GitWorktreeNote.read(besideWorktree: path) else {
      return GitWorktreeRecord(path: path, isDirty: false, reasonKept: "it has no record of ours")
    }
    let worktree = GitWorktree(mirror: GitMirror(git: git, remote: note.remote), loopID: note.loopID)
    var record = GitWorktreeRecord(path: path, loopID: note.loopID, project: note.remote.name, isDirty: false)
    guard worktree.path == path, worktree.tamperings().isEmpty else {
      record.reasonKept = "its git files were changed"
      return record
    }
    do {
      try worktree.mirror.settle()
      record.head = try await worktree.head()
      record.isDirty = !(try await worktree.status(isRepairing: false).isClean)
      if record.isDirty {
        record.reasonKept = "it has uncommitted changes"
      } else if let head = record.head, !(try await worktree.mirror.keeps(head)) {
        record.reasonKept = "it has commits that were not pushed"
      }
    } catch {
      record.reasonKept = error.message
    }
    return record
  }
}

extension GitWorktree {
  fileprivate func rescueBeforeRemoval(
    _ note: GitWorktreeNote, exists: Bool
  ) async throws(Failure) -> String? {
    guard note.state == .ready else { return nil }
    guard exists else {
      let commits = try await mirror.commits(of: ["worktrees/\(loopID.handle)/HEAD"])
      guard let head = commits.values.first, !(try await mirror.keeps(head)) else { return nil }
      let ref = try await mirror.freeRescueRef(of: loopID)
      try await mirror.setRef(ref, to: head)
      return ref
    }
    if !tamperings().isEmpty { try repairPointers(start: note.startSHA) }
    try removeLocks()
    let head = try await head()
    if head == nil { try await setHead(note.startSHA) }
    return try await rescue(try await status(), head: head ?? note.startSHA)
  }
}
