import Foundation

/// Merging, and bringing a head up to its base.
extension ForgeSession {
  /// How a merge was asked for.
  struct MergeOrder: Sendable {
    var method = ForgeMergeMethod.merge
    var title: String?
    var message: String?
    /// The head the caller saw; another one is refused with 409.
    var expectedHead: String?
    /// Whether the merge queue itself merges.
    var isFromQueue = false
  }

  mutating func merge(_ issue: ForgeIssue, _ order: MergeOrder) async throws -> CommitSHA {
    let pull = try pull(of: issue)
    let repository = try repositoryOf(issue)
    try require(.write, in: repository)
    let refused = ForgeRefusal(status: 405, message: "Pull Request is not mergeable")
    guard issue.state == .open, !pull.isDraft else { throw refused }
    if let expected = order.expectedHead, expected.lowercased() != pull.headSHA.rawValue {
      throw ForgeRefusal(status: 409, message: "Head branch was modified. Review and try the merge again.")
    }
    guard repository.protections[pull.baseBranch]?.hasQueue != true || order.isFromQueue else {
      throw ForgeRefusal(status: 405, message: "Changes must be made through the merge queue")
    }
    if repository.protections[pull.baseBranch]?.isStrict == true, try await isBehind(pull, in: repository) {
      throw ForgeRefusal(status: 405, message: "Head branch is out of date with the base branch")
    }
    guard isAllowed(order.method, in: repository) else {
      throw ForgeRefusal(
        status: 405, message: "Merge method \(order.method.rawValue) is not allowed on this repository.")
    }
    if let missing = missingRequirement(of: issue, pull: pull, in: repository) {
      throw ForgeRefusal(status: 405, message: missing)
    }
    guard let base = repository.branches[pull.baseBranch] else { throw refused }
    let outcome = try await git.merge(
      ForgeMergeRequest(
        path: repository.path, base: base, head: pull.headSHA, method: order.method,
        message: mergeMessage(order, of: issue, pull: pull), authorName: viewer, at: now))
    guard case .merged(let commit) = outcome else { throw refused }
    try await git.updateRef("refs/heads/\(pull.baseBranch)", in: repository.path, from: base, to: commit)
    setBranch(pull.baseBranch, of: repository.id, to: commit)
    try markMerged(issue, as: commit)
    return commit
  }

  private func isAllowed(_ method: ForgeMergeMethod, in repository: ForgeRepository) -> Bool {
    switch method {
    case .merge: repository.allowsMergeCommit
    case .squash: repository.allowsSquash
    case .rebase: repository.allowsRebase
    }
  }

  private func mergeMessage(_ order: MergeOrder, of issue: ForgeIssue, pull: ForgePull) -> String {
    let head = "\(state.repositories[pull.headRepositoryID]?.owner ?? "")/\(pull.headBranch)"
    let isMerge = order.method == .merge
    let title =
      order.title
      ?? (isMerge ? "Merge pull request #\(issue.number) from \(head)" : "\(issue.title) (#\(issue.number))")
    let body = order.message ?? (isMerge ? issue.title : "")
    return body.isEmpty ? title : "\(title)\n\n\(body)"
  }

  /// Closes a pull request as merged, and the issues its body says it closes.
  mutating func markMerged(_ issue: ForgeIssue, as commit: CommitSHA) throws {
    var merged = issue
    merged.state = .closed
    merged.closedAt = now
    merged.closedBy = viewer
    merged.pull?.mergedAt = now
    merged.pull?.mergedBy = viewer
    merged.pull?.mergeCommit = commit
    merged.pull?.autoMerge = nil
    merged.pull?.queuedAt = nil
    touch(merged)
    record(.merged, on: merged) { $0.commit = commit }
    record(.closed, on: merged)
    changes.append(.merged(repository: fullName(issue), number: issue.number))
    let repository = try repositoryOf(issue)
    guard issue.pull?.baseBranch == repository.defaultBranch else { return }
    for closed in closingIssues(of: issue) { try close(closed) }
  }

  /// The issues that `Closes #n` and its like in the body link to.
  func closingIssues(of issue: ForgeIssue) -> [ForgeIssue] {
    let verbs: Set<String> = [
      "close", "closes", "closed", "fix", "fixes", "fixed", "resolve", "resolves", "resolved",
    ]
    let words = issue.body.split { $0.isWhitespace || $0 == "," }.map { $0.lowercased() }
    var numbers: [Int] = []
    for (verb, reference) in zip(words, words.dropFirst())
    where verbs.contains(verb.trimmingCharacters(in: [":"])) && reference.hasPrefix("#") {
      guard let number = Int(reference.dropFirst().prefix { $0.isASCII && $0.isNumber }) else { continue }
      if !numbers.contains(number) { numbers.append(number) }
    }
    return numbers.compactMap { state.issue($0, in: issue.repositoryID) }.filter { !$0.isPull }
  }

  /// Merges the base into the head, as the "Update branch" button does.
  mutating func updateBranch(of issue: ForgeIssue, expectedHead: String?) async throws {
    let pull = try pull(of: issue)
    let repository = try repositoryOf(issue)
    guard let source = state.repositories[pull.headRepositoryID] else { throw ForgeRefusal.notFound }
    try require(.write, in: source)
    if let expectedHead, expectedHead.lowercased() != pull.headSHA.rawValue {
      throw ForgeRefusal(
        status: 422, message: "expected_head_sha was specified but does not match the head ref")
    }
    guard issue.state == .open, let base = repository.branches[pull.baseBranch],
      try await isBehind(pull, in: repository)
    else {
      throw ForgeRefusal(status: 422, message: "There are no new commits on the base branch.")
    }
    if source.id != repository.id {
      try await git.importCommit(
        base, from: repository.path, into: source.path, as: "refs/upstream/\(pull.baseBranch)")
    }
    let message = "Merge branch '\(pull.baseBranch)' into \(pull.headBranch)"
    let outcome = try await git.merge(
      ForgeMergeRequest(
        path: source.path, base: pull.headSHA, head: base, method: .merge, message: message,
        authorName: viewer, at: now))
    guard case .merged(let commit) = outcome else {
      throw ForgeRefusal(status: 422, message: "merge conflict between base and head")
    }
    try await git.updateRef("refs/heads/\(pull.headBranch)", in: source.path, from: pull.headSHA, to: commit)
    _ = try await observeBranches()
  }

  mutating func setBranch(_ name: String, of repositoryID: Int, to sha: CommitSHA?) {
    guard var repository = state.repositories[repositoryID] else { return }
    repository.branches[name] = sha
    state.repositories.put(repository)
    changes.append(.pushed(repository: repository.fullName, branch: name, sha: sha))
  }

  mutating func setDraft(_ isDraft: Bool, of issue: ForgeIssue) throws -> ForgeIssue {
    if issue.author.lowercased() != viewer.lowercased() { try require(.write, in: try repositoryOf(issue)) }
    guard let pull = issue.pull, pull.isDraft != isDraft else { return issue }
    var changed = issue
    changed.pull?.isDraft = isDraft
    record(isDraft ? .convertToDraft : .readyForReview, on: issue)
    touch(changed)
    return try self.issue(issue.id)
  }
}
