extension OutboxDispatcher {
  /// What the world says about a write just before it is sent.
  enum Gate: Sendable {
    case send(ResolvedWrite)
    case later
    case never(Failure)
  }

  /// Reads the labels, states and head again: a person's change wins over a pending write.
  func gate(_ effect: Effect, _ facts: LoopFacts) async throws -> Gate {
    let loop = facts.loop
    guard let number = number(of: effect.write, loop) else {
      return .never(Failure(.bug, "\(effect.write.kind) has no pull request to go to"))
    }
    if let failure = try await withheld(effect.write, of: loop.project) { return .never(failure) }
    var write = ResolvedWrite(
      project: loop.project, key: markerKey(effect, loop), write: effect.write, number: number)
    if case .statusComment = effect.write {
      write.remoteID = try await store.statusComment(of: loop.id).remoteID
    }
    let issue = loop.subject.issueNumber
    let now = try await reading(for: effect) {
      try await self.forge.guardFacts(loop.project, issue: issue, pull: loop.pullNumber)
    }
    let hold = settings.current.policy.labels.hold.lowercased()
    let isHeld = (now.issueLabels + now.pullLabels).contains { $0.lowercased() == hold }
    if !loop.state.isDone, isHeld, !effect.write.isWithdrawal {
      // What is only right at this moment is decided anew when the hold is gone.
      return effect.write.isOptional
        ? .never(Failure(.conflict, "it is held by the label \(hold)")) : .later
    }
    let asking = loop.askingLabels(settings.current.policy.labels).map { $0.lowercased() }
    let present = (issue == nil ? now.pullLabels : now.issueLabels).map { $0.lowercased() }
    if !loop.state.isDone, !asking.isEmpty, Set(asking).isDisjoint(with: present),
      !effect.write.isAcknowledgement, !effect.write.isWithdrawal
    {
      // The next look ends the loop, unless the label was only gone for a moment.
      return effect.write.isOptional
        ? .never(Failure(.conflict, "the label that asked for it was taken away")) : .later
    }
    // What ended is only acknowledged.
    if !effect.write.isAcknowledgement {
      if now.pullState == .closed || now.pullState == .merged {
        return .never(Failure(.conflict, "the pull request is \(now.pullState?.rawValue ?? "closed")"))
      }
      if !now.isIssueOpen, issue != nil { return .never(Failure(.conflict, "the issue was closed")) }
    }
    if let head = effect.write.judgedHead, let present = now.pullHead, head != present {
      return .never(
        Failure(.conflict, "the head moved to \(present.short) before the \(effect.write.kind) was sent"))
    }
    if case .merge(_, let order) = effect.write, !stillHolds(order, facts) {
      return .never(
        Failure(.conflict, "what allowed the merge of \(order.head.short) does not hold any more"))
    }
    return .send(write)
  }

  /// Between the decision and the sending a look may have seen a failing check, a comment, another base.
  private func stillHolds(_ order: MergeOrder, _ facts: LoopFacts) -> Bool {
    guard !facts.loop.state.isDone, let pull = facts.observation?.pull else { return false }
    let decision = MergeDecision(facts, pull, settings.current.policy, at: time.now)
    return decision == .order(order) || decision == .standing
  }

  func probe(_ write: ResolvedWrite) async throws -> Receipt? {
    guard case .pushBranch(let push) = write.write else { return try await forge.probe(write) }
    let head = try await workspaces.remoteHead(of: push.branch, in: repository(of: write.project))
    return head == push.commit ? Receipt(wasFound: true) : nil
  }

  func perform(_ write: ResolvedWrite) async throws -> Receipt {
    guard case .pushBranch(let push) = write.write else { return try await forge.perform(write) }
    try await workspaces.push(push, in: repository(of: write.project))
    return Receipt()
  }

  func repository(of project: ProjectName) async throws -> RemoteRepository {
    guard let facts = try await store.project(named: project)?.facts else {
      throw Failure(.transient, "where \(project) is cloned from is not known yet")
    }
    return RemoteRepository(name: project, cloneURL: facts.cloneURL)
  }

  private func number(of write: Write, _ loop: Loop) -> Int? {
    switch write {
    case .pushBranch, .openPullRequest, .setCommitStatus, .resolveThread, .rerunCheck: 0
    case .updatePullRequest(let target, _, _), .addLabel(let target, _), .removeLabel(let target, _),
      .submitReview(let target, _), .replyToThread(let target, _, _), .comment(let target, _),
      .statusComment(let target, _), .updateHead(let target, _), .merge(let target, _),
      .withdrawMerge(let target):
      switch target {
      case .number(let number): number
      case .loopPull: loop.pullNumber
      }
    }
  }

  /// The status comment is one per subject for ever; every other marker is the effect's own.
  private func markerKey(_ effect: Effect, _ loop: Loop) -> String {
    if case .statusComment = effect.write { WriteMarker.statusCommentKey } else { effect.key }
  }
}

extension Write {
  /// The head it was decided for, when it is wrong for any other.
  var judgedHead: CommitSHA? {
    switch self {
    case .submitReview(_, let review): review.head
    case .resolveThread(_, let evidence): evidence?.head
    case .rerunCheck(let rerun): rerun.head
    case .updateHead(_, let update): update.head
    case .merge(_, let order): order.head
    case .pushBranch, .openPullRequest, .updatePullRequest, .addLabel, .removeLabel, .setCommitStatus,
      .replyToThread, .comment, .statusComment, .withdrawMerge:
      nil
    }
  }

  /// Whether it only tells people how things stand, or takes an order back that would outlive the loop, so that it may
  /// follow the end.
  var isAcknowledgement: Bool {
    switch self {
    case .statusComment, .addLabel(.number, _), .removeLabel(.number, _), .withdrawMerge: true
    case .pushBranch, .openPullRequest, .updatePullRequest, .addLabel, .removeLabel, .submitReview,
      .setCommitStatus,
      .replyToThread, .resolveThread, .comment, .rerunCheck, .updateHead, .merge:
      false
    }
  }
}
