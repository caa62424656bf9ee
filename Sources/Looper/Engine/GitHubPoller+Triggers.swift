import Logging

extension GitHubPoller {
  /// Starts a loop for a labelled subject, if the label counts.
  ///
  /// It counts when the person who set it may write here, and when it was set after the subject's last loop ended.
  /// Unknown is neither a yes nor a no: the next sweep asks again.
  func consider(_ trigger: SweepResult.Trigger, in project: Project) async throws {
    let key = IgnoredKey(project: project.id, subject: trigger.subject)
    guard ignored[key] != trigger.fingerprint else { return }
    let startedAt = time.now
    let observation: Observation
    do throws(Failure) {
      observation = try await observe(trigger.subject, in: project.name)
    } catch {
      try await reportFailure(error, of: project.name.host)
      return
    }
    guard let request = TriggerRequest(observation, settings.current.policy.labels) else { return }
    // A label that was there from the beginning has no event of its own everywhere; its author set it.
    switch (request.label.setBy ?? request.author).canWrite {
    case .unknown: return
    case .no:
      ignored[key] = trigger.fingerprint
      log.notice(
        "a label by somebody without write access does not count",
        metadata: ["project": "\(project.name)", "subject": "\(trigger.subject)"])
      return
    case .yes: break
    }
    if let ended = try await store.lastEnd(of: trigger.subject, in: project.id),
      (request.label.setAt ?? ended) <= ended
    {
      ignored[key] = trigger.fingerprint
      return
    }
    let draft = request.draft(trigger.subject, in: project.id)
    let (loop, isNew) = try await store.startLoop(draft, at: time.now)
    guard isNew else { return }
    if let issue = observation.issue { try await adoptEarlierPull(of: loop, issue) }
    let isPull = draft.pullNumber != nil
    try await store.recordObservation(
      observation, of: loop.id, issue: isPull ? nil : trigger.fingerprint,
      pull: isPull ? trigger.fingerprint : nil,
      at: startedAt)
  }

  private func observe(_ subject: Subject, in project: ProjectName) async throws(Failure) -> Observation {
    switch subject {
    case .issue(let number): try await forge.observe(project, issue: number, pull: nil)
    case .pull(let number): try await forge.observe(project, issue: nil, pull: number)
    }
  }

  /// Finds the pull request that an earlier daemon, whose database is gone, opened for this subject.
  func adoptEarlierPull(of loop: Loop, _ issue: IssueSnapshot) async throws {
    let policy = settings.current.policy
    let branch = policy.branch(for: issue.number, title: issue.title)
    do throws(Failure) {
      guard let number = try await forge.openPull(headedBy: branch, in: loop.project) else { return }
      let seen = try await forge.observe(loop.project, issue: nil, pull: number)
      guard let pull = seen.pull, pull.state == .open else { return }
      let phase = phase(of: pull, policy)
      await record { [store, time] in
        try await store.adoptPull(number, branch: branch, phase: phase, of: loop.id, at: time.now)
      }
      log.notice("an earlier pull request was found", metadata: ["loop": "\(loop.id)", "pull": "\(number)"])
    } catch {
      try await reportFailure(error, of: loop.project.host)
    }
  }

  private func phase(of pull: PullSnapshot, _ policy: FlowPolicy) -> Phase {
    if pull.labels.has(policy.labels.specReviewing) { return .specReview }
    if pull.labels.has(policy.labels.specReady) { return .work }
    return pull.title.hasPrefix("Spec: ") ? .specReview : .codeReview
  }
}

/// What the labels of an open subject ask for.
struct TriggerRequest: Equatable, Sendable {
  var label: LabelSnapshot
  var author: AuthorSnapshot
  var title: String
  var skipsPlan = false
  var isReviewOnly = false
  var branch: String?

  /// Nil when nothing is asked or the subject is not open.
  init?(_ observation: Observation, _ labels: FlowPolicy.Labels) {
    if let pull = observation.pull, pull.state == .open {
      guard let label = pull.labels.named(labels.adopt) ?? pull.labels.named(labels.review) else {
        return nil
      }
      (self.label, author, title, branch) = (label, pull.author, pull.title, pull.headRef)
      // Nobody can push to a fork's branch for its owner: such a pull request is only reviewed.
      isReviewOnly = pull.isCrossRepository || !pull.labels.has(labels.adopt)
    } else if let issue = observation.issue, issue.isOpen {
      guard let label = issue.labels.named(labels.plan) ?? issue.labels.named(labels.implement) else {
        return nil
      }
      (self.label, author, title) = (label, issue.author, issue.title)
      skipsPlan = !issue.labels.has(labels.plan)
    } else {
      return nil
    }
  }

  func draft(_ subject: Subject, in project: Project.ID) -> LoopDraft {
    LoopDraft(
      projectID: project, subject: subject, title: title, lane: .planned, skipsPlan: skipsPlan,
      isReviewOnly: isReviewOnly, branch: branch)
  }
}
