import Logging

extension GitHubPoller {
  /// Starts a loop for a labelled subject, if the label counts.
  ///
  /// It counts when the person who set it may write here, and when it was set after the subject's last loop ended.
  /// Unknown is neither a yes nor a no: the next sweep asks again.
  func consider(_ trigger: SweepResult.Trigger, in project: Project) async throws {
    let key = IgnoredKey(project: project.id, subject: trigger.subject)
    guard ignored[key] != trigger.fingerprint, case .issue(let number) = trigger.subject else { return }
    let startedAt = time.now
    let observation: Observation
    do throws(Failure) {
      observation = try await forge.observe(project.name, issue: number, pull: nil)
    } catch {
      try await reportFailure(error, of: project.name.host)
      return
    }
    guard let issue = observation.issue, issue.isOpen else { return }
    let labels = settings.current.policy.labels
    guard let label = issue.labels.named(labels.plan) ?? issue.labels.named(labels.implement) else { return }
    // A label that was there from the beginning has no event of its own everywhere; its author set it.
    let setter = label.setBy ?? issue.author
    switch setter.canWrite {
    case .unknown: return
    case .no:
      ignored[key] = trigger.fingerprint
      log.notice(
        "a label by somebody without write access does not count",
        metadata: ["project": "\(project.name)", "issue": "\(number)"])
      return
    case .yes: break
    }
    if let ended = try await store.lastEnd(of: trigger.subject, in: project.id),
      (label.setAt ?? ended) <= ended
    {
      ignored[key] = trigger.fingerprint
      return
    }
    let skipsPlan = !issue.labels.has(labels.plan)
    let (loop, isNew) = try await store.startLoop(
      LoopDraft(
        projectID: project.id, subject: trigger.subject, title: issue.title, lane: .planned,
        skipsPlan: skipsPlan),
      at: time.now)
    guard isNew else { return }
    try await adoptEarlierPull(of: loop, issue)
    try await store.recordObservation(
      observation, of: loop.id, issue: trigger.fingerprint, pull: nil, at: startedAt)
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
