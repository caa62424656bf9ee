import Logging

extension GitHubPoller {
  /// Starts a loop for a labelled subject, if the label counts.
  ///
  /// It counts when the person who set it may write here, and when it was set after the subject's last loop ended.
  /// Unknown is neither a yes nor a no: the next sweep asks again.
  func consider(_ trigger: SweepResult.Trigger, in project: Project) async throws {
    let key = IgnoredKey(project: project.id, subject: trigger.subject)
    guard ignored[key] != trigger.fingerprint else { return }
    let rules = settings.current.auto.filter { $0.applies(to: project.name) }
    if trigger.isAuto, try await !hasRoomToday(rules, in: project) { return }
    let startedAt = time.now
    let observation: Observation
    do throws(Failure) {
      observation = try await observe(trigger.subject, in: project.name)
    } catch {
      try await reportFailure(error, of: project.name.host)
      return
    }
    guard let request = request(observation, rules) else { return }
    // A label that was there from the beginning has no event of its own everywhere; its author set it.
    switch request.isAuthorised ? .yes : (request.label.setBy ?? request.author).canWrite {
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
    looks[loop.id] = (1, time.now + Self.lookDelays[1])
    let isPull = draft.pullNumber != nil
    try await store.recordObservation(
      observation, of: loop.id, issue: isPull ? nil : trigger.fingerprint,
      pull: isPull ? trigger.fingerprint : nil,
      at: startedAt)
  }

  /// What labels ask for goes before what rules do; nothing automatic begins on what a person holds.
  private func request(_ observation: Observation, _ rules: [AutoRule]) -> TriggerRequest? {
    let labels = settings.current.policy.labels
    if let request = TriggerRequest(observation, labels) { return request }
    guard let issue = observation.issue, !issue.labels.has(labels.hold) else { return nil }
    let now = time.now
    return rules.lazy.compactMap { $0.request(issue, at: now) }.first
  }

  /// Asked before GitHub is, so that a spent day costs no looks.
  private func hasRoomToday(_ rules: [AutoRule], in project: Project) async throws -> Bool {
    let started = try await store.autoLoopsStarted(in: project.id, since: time.now.midnight)
    return started < rules.map(\.perDay).max() ?? 0
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

extension TriggerRequest {
  fileprivate func draft(_ subject: Subject, in project: Project.ID) -> LoopDraft {
    LoopDraft(
      projectID: project, subject: subject, title: title, lane: lane, skipsPlan: skipsPlan,
      isReviewOnly: isReviewOnly, branch: branch)
  }
}
