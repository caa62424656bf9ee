/// Merges that happen later: automatic ones, and those of the merge queue.
extension ForgeSession {
  mutating func setAutoMerge(_ method: ForgeMergeMethod?, of issue: ForgeIssue) throws -> ForgeIssue {
    let repository = try repositoryOf(issue)
    try require(.write, in: repository)
    let pull = try pull(of: issue)
    if method != nil {
      guard repository.allowsAutoMerge else {
        throw ForgeRefusal(status: 422, message: "Auto merge is not allowed for this repository")
      }
      guard missingRequirement(of: issue, pull: pull, in: repository) != nil else {
        throw ForgeRefusal(status: 422, message: "Pull request is in clean status")
      }
    }
    var changed = issue
    changed.pull?.autoMerge = method.map { ForgeAutoMerge(method: $0, enabledBy: viewer, enabledAt: now) }
    touch(changed)
    return try self.issue(issue.id)
  }

  /// Whether a queue has tried something long enough.
  var isQueueDue: Bool {
    state.issues.rows.contains { issue in
      guard issue.state == .open, let pull = issue.pull, pull.queuedAt != nil else { return false }
      return protection(of: issue, pull).queueTime > .zero && hasTurn(issue, pull)
    }
  }

  /// What was not queued waits for no turn.
  private func hasTurn(_ issue: ForgeIssue, _ pull: ForgePull) -> Bool {
    pull.queuedAt.map { now >= $0 + protection(of: issue, pull).queueTime } ?? true
  }

  private func protection(of issue: ForgeIssue, _ pull: ForgePull) -> ForgeProtection {
    state.repositories[issue.repositoryID]?.protections[pull.baseBranch] ?? ForgeProtection()
  }

  /// Merges what was waiting for its requirements or its turn and has them now, or throws it out of the queue.
  ///
  /// - Returns: whether that changed anything.
  mutating func performAutoMerges() async throws -> Bool {
    var hasMoved = false
    for issue in state.issues.rows {
      guard issue.state == .open, let pull = issue.pull, let order = pull.standingOrder,
        let repository = state.repositories[issue.repositoryID], hasTurn(issue, pull),
        missingRequirement(of: issue, pull: pull, in: repository) == nil
      else { continue }
      if pull.queuedAt != nil, pull.queueRefusals < protection(of: issue, pull).queueRefusals {
        var refused = issue
        refused.pull?.queuedAt = nil
        refused.pull?.queueRefusals += 1
        touch(refused)
        hasMoved = true
        continue
      }
      var enabler = ForgeSession(
        state: state, git: git, configuration: configuration, viewer: order.enabledBy)
      // A conflict leaves the order standing, as on GitHub.
      guard (try? await enabler.merge(issue, MergeOrder(method: order.method, isFromQueue: true))) != nil
      else { continue }
      state = enabler.state
      changes += enabler.changes
      hasMoved = true
    }
    return hasMoved
  }

  /// Refuses, as GitHub does, an order for another head than the present one.
  func requireHead(_ expected: String?, of issue: ForgeIssue) throws {
    guard let expected, expected.lowercased() != (try pull(of: issue)).headSHA.rawValue else { return }
    throw ForgeRefusal(status: 422, message: "Expected head sha didn't match current head ref.")
  }

  mutating func enqueue(_ issue: ForgeIssue) async throws -> ForgeIssue {
    let repository = try repositoryOf(issue)
    try require(.write, in: repository)
    let pull = try pull(of: issue)
    guard repository.protections[pull.baseBranch]?.hasQueue == true else {
      throw ForgeRefusal(status: 422, message: "Merge queue is not enabled on this branch")
    }
    guard issue.state == .open, !pull.isDraft, pull.queuedAt == nil else {
      throw ForgeRefusal(status: 422, message: "Pull request is already in the queue or cannot be merged")
    }
    if let missing = missingRequirement(of: issue, pull: pull, in: repository) {
      throw ForgeRefusal(status: 422, message: missing)
    }
    var queued = issue
    queued.pull?.queuedAt = now
    queued.pull?.queuedBy = viewer
    touch(queued)
    return try self.issue(issue.id)
  }

  mutating func dequeue(_ issue: ForgeIssue) throws -> ForgeIssue {
    try require(.write, in: try repositoryOf(issue))
    var changed = issue
    changed.pull?.queuedAt = nil
    touch(changed)
    return issue
  }
}

extension ForgePull {
  /// The merge that somebody asked for and that has not happened yet.
  fileprivate var standingOrder: ForgeAutoMerge? {
    if let autoMerge { return autoMerge }
    guard let queuedAt, let queuedBy else { return nil }
    return ForgeAutoMerge(method: .merge, enabledBy: queuedBy, enabledAt: queuedAt)
  }
}
