extension GitWorkspaces {
  func prepare(_ request: WorktreeRequest) async throws(Failure) -> WorktreeFacts {
    try checkDisk()
    return try await holding(request.repository) { mirror throws(Failure) in
      let commits = try await mirror.start(for: request)
      let texts = try await mirror.texts(for: request, at: commits)
      let worktree = GitWorktree(mirror: mirror, loopID: request.loopID)
      let adopted = try await worktree.bring(to: commits.start, adopting: request.adoptsEarlierWork)
      try await worktree.giveSteeringBack()
      if request.takesSteeringFromBase {
        try await worktree.takeSteering(of: commits.steering, start: commits.start)
      }
      return WorktreeFacts(
        loopID: request.loopID, repository: request.repository, path: worktree.path, startSHA: commits.start,
        baseSHA: commits.base, mergeBase: commits.mergeBase, repositoryConfiguration: texts.configuration,
        spec: texts.spec, adoptedEarlierWork: adopted, leavesAsPatch: request.leavesAsPatch ? true : nil)
    }
  }

  private func checkDisk() throws(Failure) {
    let floor = git.settings.diskFloor
    guard let free = GitFiles.freeSpace(at: git.layout.root), free < floor else { return }
    throw Failure(
      .transient,
      "only \(free.bytes >> 20) MiB are free at \(git.layout.root), \(floor.bytes >> 20) MiB are needed"
    )
  }
}

extension GitWorktree {
  /// Brings the worktree to `start`, whatever an earlier run, a crash or an agent left.
  ///
  /// - Parameter adopting: whether unfinished work on the same start may stay.
  /// - Returns: whether work of an earlier run was kept in place.
  fileprivate func bring(to start: CommitSHA, adopting: Bool) async throws(Failure) -> Bool {
    guard let note = GitWorktreeNote.read(besideWorktree: path) else {
      guard GitFiles.kind(path) == .missing else {
        throw Failure(.permanent, "\(path) exists without a record of ours; move it away")
      }
      try await recreate(at: start, generation: 1)
      return false
    }
    guard note.loopID == loopID, note.remote.name == mirror.remote.name else {
      throw Failure(
        .permanent,
        "the record of \(path) belongs to \(note.loopID.handle) of \(note.remote.name); move it away")
    }
    switch (note.state, GitFiles.kind(path)) {
    case (.ready, .directory): return try await adoptOrReset(note, start: start, adopting: adopting)
    case (.ready, .missing):
      try await keepLostHead()
      try await recreate(at: start, generation: note.generation + 1)
      return false
    case (.ready, .file), (.ready, .symbolicLink), (.ready, .other):
      throw Failure(.permanent, "\(path) is no directory any more; move it away")
    case (.creating, _), (.removing, _):
      try await recreate(at: start, generation: note.generation + 1)
      return false
    }
  }

  private func recreate(at start: CommitSHA, generation: Int) async throws(Failure) {
    var note = GitWorktreeNote(
      loopID: loopID, remote: mirror.remote, state: .creating, startSHA: start, generation: generation)
    try GitFiles.makeDirectory(String(path.dropLast(loopID.handle.count + 1)))
    try note.write(besideWorktree: path)
    try await create(at: start)
    note.state = .ready
    try note.write(besideWorktree: path)
  }

  /// The directory is gone, but its HEAD may still name commits nothing else does.
  private func keepLostHead() async throws(Failure) {
    let commits = try await mirror.commits(of: ["worktrees/\(loopID.handle)/HEAD"])
    guard let head = commits.values.first, !(try await mirror.keeps(head)) else { return }
    try await mirror.setRef(try await mirror.freeRescueRef(of: loopID), to: head)
  }

  private func adoptOrReset(_ note: GitWorktreeNote, start: CommitSHA, adopting: Bool) async throws(Failure)
    -> Bool
  {
    let wasTampered = !tamperings().isEmpty
    if wasTampered { try repairPointers(start: note.startSHA) }
    try removeLocks()
    var head = try await head()
    if head == nil {
      try await setHead(note.startSHA)
      head = note.startSHA
    }
    let status = try await status()
    let continues: Bool
    if let head, adopting, !wasTampered, note.startSHA == start {
      continues = try await mirror.isAncestor(start, of: head)
    } else {
      continues = false
    }
    if continues, let head, !hasOperation {
      if isOnBranch { try await setHead(head) }
      return head != start || !status.isClean
    }
    _ = try await rescue(status, head: head)
    let target = continues ? head ?? start : start
    try await reset(to: target, isThorough: true)
    var note = note
    note.startSHA = start
    note.generation += 1
    try note.write(besideWorktree: path)
    return target != start
  }
}
