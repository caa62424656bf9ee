import Logging

extension GitHubPoller {
  /// Starts a loop for a labelled subject, if the label counts.
  ///
  /// It counts when the person who set it may write here, and when the subject's last loop had not seen it yet.
  /// Unknown is neither a yes nor a no: the next sweep asks again.
  ///
  /// - Returns: whether it had to be looked at.
  func consider(_ trigger: SweepResult.Trigger, in project: Project) async throws -> Bool {
    let key = SubjectKey(project: project.id, subject: trigger.subject)
    guard !isIgnored(trigger, key), retryAt(key) == nil else { return false }
    let rules = try await rules(of: project)
    if trigger.isAuto, rules.open.isEmpty { return false }
    try await look(at: trigger, key, in: project, rules)
    return true
  }

  private func look(
    at trigger: SweepResult.Trigger, _ key: SubjectKey, in project: Project,
    _ rules: (open: [AutoRule], spent: [AutoRule])
  ) async throws {
    let startedAt = time.now
    let observation: Observation
    do throws(Failure) {
      observation = try await observe(trigger.subject, in: project.name)
    } catch {
      return try await lookFailed(error, at: key, on: project.name.host)
    }
    lookSucceeded(at: key, on: project.name.host)
    guard let request = request(observation, rules.open) else {
      return ignore(trigger, key, observation, spent: rules.spent)
    }
    guard try await counts(request, trigger, key) else { return }
    var draft = request.draft(trigger.subject, in: project.id)
    draft.labelledAt = request.labelledAt(observation, settings.current.policy.labels)
    let known = try await store.knownPulls(of: trigger.subject, in: project.id)
    do throws(Failure) {
      if let issue = observation.issue {
        draft.earlierPull = try await earlierPull(for: issue, in: project.name, known: known)
      }
    } catch {
      return try await lookFailed(error, at: key, on: project.name.host)
    }
    let (loop, isNew) = try await store.startLoop(draft, at: time.now)
    guard isNew else {
      // Until the subject changes or that loop ends there is nothing to look at.
      ignored[key] = Ignored(fingerprint: trigger.fingerprint, besides: loop.id)
      return
    }
    if let earlier = draft.earlierPull {
      log.notice(
        "an earlier pull request was found", metadata: ["loop": "\(loop.id)", "pull": "\(earlier.number)"])
    }
    looks[loop.id] = (1, time.now + Self.lookDelays[1])
    let isPull = draft.pullNumber != nil
    try await store.recordObservation(
      observation, of: loop.id, issue: isPull ? nil : observation.confirmed(issue: trigger.fingerprint),
      pull: isPull ? observation.confirmed(pull: trigger.fingerprint) : nil,
      at: startedAt)
  }

  /// Whether who asks may ask, and asks anew.
  private func counts(
    _ request: TriggerRequest, _ trigger: SweepResult.Trigger, _ key: SubjectKey
  ) async throws -> Bool {
    // A label that was there from the beginning has no event of its own everywhere; its author set it.
    switch request.isAuthorised ? .yes : (request.label.setBy ?? request.author).canWrite {
    case .unknown:
      // A moment's trouble is over at the next sweep.
      let isFirst = ignored[key]?.fingerprint != trigger.fingerprint
      ignored[key] = Ignored(
        fingerprint: trigger.fingerprint, until: isFirst ? time.now : time.now + Self.refusalKept)
      if isFirst { logIgnored("github does not say whether who set a label may write", key) }
      return false
    case .no:
      let isKnown = ignored[key]?.fingerprint == trigger.fingerprint
      ignored[key] = Ignored(fingerprint: trigger.fingerprint, until: time.now + Self.refusalKept)
      if !isKnown { logIgnored("a label by somebody without write access does not count", key) }
      return false
    case .yes: break
    }
    if let last = try await store.lastEnd(of: trigger.subject, in: key.project), !request.isNews(since: last)
    {
      ignored[key] = Ignored(fingerprint: trigger.fingerprint)
      return false
    }
    return true
  }

  private func isIgnored(_ trigger: SweepResult.Trigger, _ key: SubjectKey) -> Bool {
    guard let known = ignored[key], known.fingerprint == trigger.fingerprint else { return false }
    return known.until.map { time.now < $0 } ?? true
  }

  private func logIgnored(_ what: Logger.Message, _ key: SubjectKey) {
    log.notice(what, metadata: ["project": "\(key.project)", "subject": "\(key.subject)"])
  }

  /// What no rule wants is not looked at again until it changes; what only spent rules want, on the next day.
  private func ignore(
    _ trigger: SweepResult.Trigger, _ key: SubjectKey, _ observation: Observation, spent: [AutoRule]
  ) {
    // A look that is older than the sweep says nothing about what the sweep saw.
    guard trigger.isAuto, let issue = observation.issue, let changedAt = trigger.updatedAt,
      issue.updatedAt >= changedAt
    else { return }
    let waits = request(observation, spent) != nil
    ignored[key] = Ignored(
      fingerprint: trigger.fingerprint, until: waits ? time.now.nextMidnight : nil)
  }

  /// What labels ask for goes before what rules do; nothing automatic begins on what a person holds.
  private func request(_ observation: Observation, _ rules: [AutoRule]) -> TriggerRequest? {
    let labels = settings.current.policy.labels
    if let request = TriggerRequest(observation, labels) { return request }
    guard let issue = observation.issue, !issue.labels.has(labels.hold) else { return nil }
    let now = time.now
    return rules.lazy.compactMap { $0.request(issue, at: now) }.first
  }

  /// The rules of a project that may start another loop today, and those whose day is spent.
  func rules(of project: Project) async throws -> (open: [AutoRule], spent: [AutoRule]) {
    let applying = settings.current.auto.filter { $0.applies(to: project) }
    guard !applying.isEmpty else { return ([], []) }
    let started = try await store.autoLoopsStarted(in: project.id, since: time.now.midnight)
    let open = applying.filter { started[$0.identity, default: 0] < $0.perDay }
    return (open, applying.filter { !open.contains($0) })
  }

  private func observe(_ subject: Subject, in project: ProjectName) async throws(Failure) -> Observation {
    try await forge.observe(project, issue: subject.issueNumber, pull: subject.pullNumber)
  }

  /// Finds the open pull request that an earlier loop of this subject left, or an earlier daemon, whose database is gone.
  ///
  /// Asked before the loop begins, so that a loop never begins without the answer.
  ///
  /// - Parameter known: what the subject's earlier loops opened: under what the issue was called then.
  func earlierPull(
    for issue: IssueSnapshot, in project: ProjectName, known: [KnownPull]
  ) async throws(Failure) -> EarlierPull? {
    for earlier in known {
      guard let number = earlier.number else { continue }
      if let found = try await openPull(number, earlier.branch, in: project) { return found }
    }
    let branch = settings.current.policy.branch(for: issue.number, title: issue.title)
    for branch in unique([branch] + known.compactMap { $0.number == nil ? $0.branch : nil }) {
      guard let number = try await forge.openPull(headedBy: branch, in: project) else { continue }
      if let found = try await openPull(number, branch, in: project) { return found }
    }
    return nil
  }

  /// - Parameter branch: its head, as it was known; nil when it was not.
  private func openPull(
    _ number: Int, _ branch: String?, in project: ProjectName
  ) async throws(Failure) -> EarlierPull? {
    let seen: Observation
    do throws(Failure) {
      seen = try await forge.observe(project, issue: nil, pull: number)
    } catch {
      // A pull request that was deleted is not open.
      guard case .permanent = error.kind else { throw error }
      return nil
    }
    guard let pull = seen.pull, pull.state == .open, branch == nil || pull.headRef == branch else {
      return nil
    }
    return EarlierPull(
      number: number, branch: pull.headRef, phase: phase(of: pull, settings.current.policy))
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
      isReviewOnly: isReviewOnly, branch: branch, autoRule: rule,
      // A review request has no name, and what a rule asks for stands without its label.
      triggerLabel: label.name.isEmpty || rule != nil ? nil : label.name)
  }
}
