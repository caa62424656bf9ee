/// What happens to pull requests.
extension ForgeSession {
  /// What a new pull request is made of.
  struct NewPull: Sendable {
    var title: String
    var body = ""
    /// `branch`, or `owner:branch` for a fork.
    var head: String
    var base: String
    var isDraft = false
    var maintainerCanModify = true
  }

  mutating func createPull(in repository: ForgeRepository, _ new: NewPull) async throws -> ForgeIssue {
    let (source, branch) = try headRepository(of: new.head, for: repository)
    try require(source.id == repository.id ? .write : .read, in: repository)
    guard let head = source.branches[branch] else {
      throw ForgeRefusal.invalid("PullRequest", "head", code: "invalid")
    }
    guard let base = repository.branches[new.base] else {
      throw ForgeRefusal.invalid("PullRequest", "base", code: "invalid")
    }
    let twin = state.issues(in: repository.id).first { issue in
      issue.state == .open && issue.pull?.headBranch == branch && issue.pull?.headRepositoryID == source.id
        && issue.pull?.baseBranch == new.base
    }
    guard twin == nil || !configuration.refusesSecondPulls else {
      throw ForgeRefusal.invalid(
        "PullRequest", "head", code: "custom",
        message: "A pull request already exists for \(source.owner):\(branch).")
    }
    if source.id != repository.id {
      let ref = "refs/forks/\(source.owner)/\(branch)"
      try await git.importCommit(head, from: source.path, into: repository.path, as: ref)
    }
    if try await git.mergeBase(base, head, in: repository.path) == head {
      throw ForgeRefusal.invalid(
        "PullRequest", "head", code: "custom", message: "No commits between \(new.base) and \(branch)")
    }
    var issue = try newIssue(in: repository, title: new.title, body: new.body)
    issue.pull = ForgePull(
      headRepositoryID: source.id, headBranch: branch, headSHA: head, baseBranch: new.base, baseSHA: base,
      observedBaseSHA: base, isDraft: new.isDraft, unknownReadsLeft: configuration.mergeabilityUnknownReads,
      maintainerCanModify: new.maintainerCanModify)
    state.issues.put(issue)
    try await welcomeHead(of: issue)
    changes.append(.pullOpened(repository: repository.fullName, number: issue.number))
    return issue
  }

  private func headRepository(
    of head: String, for repository: ForgeRepository
  ) throws -> (repository: ForgeRepository, branch: String) {
    guard let colon = head.firstIndex(of: ":") else { return (repository, head) }
    let owner = head[..<colon].lowercased()
    let branch = String(head[head.index(after: colon)...])
    if owner == repository.owner.lowercased() { return (repository, branch) }
    let fork = state.repositories.rows.first {
      $0.parentID == repository.id && $0.owner.lowercased() == owner
    }
    guard let fork else { throw ForgeRefusal.invalid("PullRequest", "head", code: "invalid") }
    return (fork, branch)
  }

  /// The files of the pull request: its merge base against its head.
  func files(of issue: ForgeIssue) async throws -> [ForgeFileDiff] {
    let pull = try pull(of: issue)
    let repository = try repositoryOf(issue)
    let start = try await forkPoint(of: pull, in: repository)
    return try await git.diff(from: start, to: pull.headSHA, in: repository.path)
  }

  func commits(of issue: ForgeIssue) async throws -> [ForgeCommitFacts] {
    let pull = try pull(of: issue)
    let repository = try repositoryOf(issue)
    let start = try await forkPoint(of: pull, in: repository)
    return try await git.commits(from: start, to: pull.headSHA, in: repository.path)
  }

  /// Where the head left its base. After a merge the base contains the head, so the recorded base counts.
  func forkPoint(of pull: ForgePull, in repository: ForgeRepository) async throws -> CommitSHA {
    let base = pull.isMerged ? pull.baseSHA : pull.observedBaseSHA
    return try await git.mergeBase(base, pull.headSHA, in: repository.path) ?? base
  }

  func repositoryOf(_ issue: ForgeIssue) throws -> ForgeRepository {
    guard let repository = state.repositories[issue.repositoryID] else { throw ForgeRefusal.notFound }
    return repository
  }

  /// Mergeability as a read sees it: the first reads after a move say unknown and set the computation off.
  mutating func readMergeability(of issue: ForgeIssue) async throws -> ForgePull.Mergeability {
    guard var pull = issue.pull, issue.state == .open else { return .unknown }
    if pull.mergeability != .unknown { return pull.mergeability }
    if let stored = state.issues[issue.id]?.pull, stored.mergeability != .unknown {
      return stored.mergeability
    }
    if pull.unknownReadsLeft > 0 {
      pull.unknownReadsLeft -= 1
    } else {
      pull.mergeability = try await isMergeable(pull, in: try repositoryOf(issue)) ? .mergeable : .conflicting
    }
    if var stored = state.issues[issue.id] {
      stored.pull?.mergeability = pull.mergeability
      stored.pull?.unknownReadsLeft = pull.unknownReadsLeft
      state.issues.put(stored)
    }
    return pull.mergeability
  }

  private func isMergeable(_ pull: ForgePull, in repository: ForgeRepository) async throws -> Bool {
    let request = ForgeMergeRequest(
      path: repository.path, base: pull.observedBaseSHA, head: pull.headSHA, method: .merge,
      message: "Test merge", authorName: "GitHub", at: now)
    return try await git.merge(request) != .conflict
  }

  /// What GitHub calls `mergeStateStatus`, in lower case as REST has it.
  func mergeState(of issue: ForgeIssue, mergeability: ForgePull.Mergeability) async throws -> String {
    guard let pull = issue.pull, issue.state == .open else { return "unknown" }
    switch mergeability {
    case .unknown: return "unknown"
    case .conflicting: return "dirty"
    case .mergeable: break
    }
    if pull.isDraft { return "draft" }
    let repository = try repositoryOf(issue)
    if missingRequirement(of: issue, pull: pull, in: repository) != nil { return "blocked" }
    if try await isBehind(pull, in: repository), repository.protections[pull.baseBranch]?.isStrict == true {
      return "behind"
    }
    switch state.rollup(of: pull.headSHA, in: repository.id) {
    case .success?, nil: return "clean"
    case .error?, .failure?, .pending?, .expected?: return "unstable"
    }
  }

  func isBehind(_ pull: ForgePull, in repository: ForgeRepository) async throws -> Bool {
    let base = repository.branches[pull.baseBranch] ?? pull.observedBaseSHA
    return try await git.mergeBase(base, pull.headSHA, in: repository.path) != base
  }

  /// The first requirement of the protected base that is not met, in GitHub's words.
  func missingRequirement(of issue: ForgeIssue, pull: ForgePull, in repository: ForgeRepository) -> String? {
    guard let protection = repository.protections[pull.baseBranch] else { return nil }
    let missing = protection.requiredChecks.filter { !hasPassed($0, on: pull.headSHA, in: repository) }
    if let first = missing.first { return "Required status check \"\(first.name)\" is expected." }
    let decision = reviewDecision(of: issue)
    if protection.requiredApprovals > 0, decision != "APPROVED" {
      return
        "At least \(protection.requiredApprovals) approving review is required "
        + "by reviewers with write access."
    }
    return nil
  }

  private func hasPassed(_ check: ForgeRequiredCheck, on sha: CommitSHA, in repository: ForgeRepository)
    -> Bool
  {
    let runs = state.checkRuns(of: sha, in: repository.id).filter { run in
      run.name == check.name && (check.appID == nil || check.appID == run.app.id)
    }
    let statuses = state.currentStatuses(of: sha, in: repository.id).filter { $0.context == check.name }
    if check.appID != nil || statuses.isEmpty {
      return !runs.isEmpty && runs.allSatisfy { $0.conclusion.map { !$0.isFailure } ?? false }
    }
    return statuses.allSatisfy { $0.state == .success }
      && runs.allSatisfy { $0.conclusion.map { !$0.isFailure } ?? false }
  }
}
