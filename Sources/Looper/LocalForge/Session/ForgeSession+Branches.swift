/// Noticing what was pushed to the bare repositories.
extension ForgeSession {
  /// Reads all branches and lets pull requests follow; false when nothing moved.
  mutating func observeBranches() async throws -> Bool {
    var hasMoved = false
    for repository in state.repositories.rows {
      let branches = try await git.branches(of: repository.path)
      guard branches != repository.branches else { continue }
      hasMoved = true
      var updated = repository
      updated.branches = branches
      state.repositories.put(updated)
      for name in Set(branches.keys).union(repository.branches.keys).sorted()
      where branches[name] != repository.branches[name] {
        changes.append(.pushed(repository: repository.fullName, branch: name, sha: branches[name]))
      }
    }
    if hasMoved {
      for issue in state.issues.rows where issue.isPull && issue.state == .open { try await follow(issue) }
    }
    return hasMoved
  }

  /// Brings one open pull request up to its branches.
  private mutating func follow(_ issue: ForgeIssue) async throws {
    guard let pull = issue.pull, let repository = state.repositories[issue.repositoryID] else { return }
    let headRepository = state.repositories[pull.headRepositoryID]
    guard let head = headRepository?.branches[pull.headBranch] else {
      record(.headRefDeleted, on: issue)
      return try close(issue)
    }
    guard let base = repository.branches[pull.baseBranch] else { return try close(issue) }
    if head != pull.headSHA {
      try await moveHead(of: issue, to: head, base: base)
    } else if base != pull.observedBaseSHA {
      var changed = issue
      changed.pull?.observedBaseSHA = base
      resetMergeability(of: &changed)
      state.issues.put(changed)
    }
    // A base that came to contain the head by a push makes GitHub call the pull request merged.
    if try await git.mergeBase(base, head, in: repository.path) == head, base != pull.observedBaseSHA {
      try markMerged(try self.issue(issue.id), as: base)
    }
  }

  private mutating func moveHead(of issue: ForgeIssue, to head: CommitSHA, base: CommitSHA) async throws {
    guard let pull = issue.pull, let repository = state.repositories[issue.repositoryID] else { return }
    try await publishHead(of: issue, sha: head)
    if try await git.mergeBase(pull.headSHA, head, in: repository.path) != pull.headSHA {
      record(.headRefForcePushed, on: issue) { event in
        event.beforeCommit = pull.headSHA
        event.commit = head
      }
    }
    var changed = issue
    changed.pull?.headSHA = head
    changed.pull?.baseSHA = base
    changed.pull?.observedBaseSHA = base
    // A new head leaves the merge queue.
    changed.pull?.queuedAt = nil
    resetMergeability(of: &changed)
    touch(changed)
    try await moveThreads(of: changed, from: pull.headSHA, to: head)
    changes.append(.headMoved(repository: repository.fullName, number: issue.number, sha: head))
    runAutomaticChecks(on: head, in: repository)
  }

  /// Makes the head reachable as `refs/pull/N/head`, also when it lives in a fork.
  mutating func publishHead(of issue: ForgeIssue, sha: CommitSHA) async throws {
    guard let pull = issue.pull, let repository = state.repositories[issue.repositoryID],
      let source = state.repositories[pull.headRepositoryID]
    else { return }
    try await git.importCommit(
      sha, from: source.path, into: repository.path, as: "refs/pull/\(issue.number)/head")
  }

  func resetMergeability(of issue: inout ForgeIssue) {
    issue.pull?.mergeability = .unknown
    issue.pull?.unknownReadsLeft = configuration.mergeabilityUnknownReads
  }

  /// Threads follow their lines to the new head; those whose lines changed become outdated.
  private mutating func moveThreads(of issue: ForgeIssue, from old: CommitSHA, to new: CommitSHA) async throws
  {
    guard let repository = state.repositories[issue.repositoryID] else { return }
    let threads = state.threads(of: issue.id)
    if threads.isEmpty { return }
    let moves = try await git.diff(from: old, to: new, in: repository.path)
    let shown = try await files(of: issue)
    for var thread in threads {
      guard var anchor = thread.current else { continue }
      let move = moves.first { $0.path == anchor.path || $0.previousPath == anchor.path }
      if anchor.side == .right, let move {
        anchor.path = move.path
        let start = anchor.startLine.map { move.newLine(ofOld: $0) }
        guard move.status != .removed, let line = move.newLine(ofOld: anchor.line), start != .some(nil) else {
          thread.current = nil
          state.threads.put(thread)
          continue
        }
        anchor.line = line
        anchor.startLine = start ?? nil
      }
      let file = shown.first { $0.path == anchor.path }
      thread.current = file?.contains(line: anchor.line, side: anchor.side) == true ? anchor : nil
      state.threads.put(thread)
    }
  }

  private mutating func runAutomaticChecks(on sha: CommitSHA, in repository: ForgeRepository) {
    for check in configuration.automaticChecks {
      let run = ForgeCheckRun(
        id: state.newID(), repositoryID: repository.id, sha: sha, suiteID: state.newID(), app: .actions,
        name: check.name, status: .completed, conclusion: check.conclusion, startedAt: now, completedAt: now,
        log: check.log)
      state.checkRuns.put(run)
      changes.append(.checkRun(repository: repository.fullName, id: run.id, status: "completed"))
    }
  }

  /// What a new pull request's head gets at once.
  mutating func welcomeHead(of issue: ForgeIssue) async throws {
    guard let pull = issue.pull, let repository = state.repositories[issue.repositoryID] else { return }
    try await publishHead(of: issue, sha: pull.headSHA)
    runAutomaticChecks(on: pull.headSHA, in: repository)
  }
}
