/// Wire types from rows.
extension EventView {
  init(_ event: Event, project: String?) {
    self.init(
      sequence: event.sequence, at: event.at, kind: event.kind.rawValue, project: project,
      loop: event.loopID?.handle, run: event.runID?.handle, message: event.message)
  }
}

extension LoopView {
  init(_ loop: Loop, _ extras: LoopExtras, at now: Timestamp) {
    let address = SubjectAddress(loop)
    self.init(
      id: loop.id.handle, project: loop.project.display,
      subject: SubjectView(
        kind: loop.subject.kind, number: loop.subject.number, title: loop.title, url: address.subject),
      phase: loop.phase.rawValue, state: loop.state.code, reason: loop.state.reason, since: loop.stateSince,
      wakesAt: nil, pullNumber: loop.pullNumber, pullURL: address.pull, branch: loop.branch,
      lane: loop.lane.rawValue, vendor: loop.vendor?.rawValue, model: loop.model,
      extraArgs: loop.extraArguments.isEmpty ? nil : ConfigurationView.masked(loop.extraArguments),
      costUSD: extras.costUSD,
      findingsOpen: extras.findingsOpen, run: extras.run?.handle, createdAt: loop.createdAt,
      endedAt: loop.endedAt,
      outcome: nil)
    switch loop.state {
    case .waiting(_, let alarm): wakesAt = alarm
    case .queued: wakesAt = extras.dueAt.flatMap { $0 > now ? $0 : nil }
    case .done(let end): outcome = end.rawValue
    case .running, .blocked: break
    }
  }
}

extension LoopState {
  /// The code of what it waits for or is blocked by.
  var reason: String? {
    switch self {
    case .waiting(let reason, _): reason.rawValue
    case .blocked(let reason): reason.rawValue
    case .queued, .running, .done: nil
    }
  }
}

extension RunView {
  init(_ run: Run, _ extras: RunExtras, of loop: Loop, at now: Timestamp) {
    let isLive = run.state == .running
    let usage = extras.spent.usage
    var failureCode: String?
    if case .failed(let failure) = run.state { failureCode = failure.kind.code }
    self.init(
      id: run.id.handle, loop: run.loopID.handle, subject: SubjectAddress(loop).short, job: run.job.code,
      role: run.role.rawValue, state: run.state.code, message: run.state.message, failure: failureCode,
      vendor: run.vendor.rawValue, model: run.model, stage: isLive ? extras.stage : nil,
      progress: isLive ? extras.progress : nil, startedAt: run.startedAt, endedAt: run.endedAt,
      durationSeconds: max(0, ((run.endedAt ?? now) - run.startedAt).inSeconds),
      agentSeconds: extras.spent.time.inSeconds, tokens: usage.tokens, costUSD: usage.costUSD)
  }
}

extension QueueItemView {
  init(_ item: QueueItem, _ loop: Loop) {
    self.init(
      id: item.id.rawValue, loop: loop.id.handle, subject: SubjectAddress(loop).short, title: loop.title,
      job: item.job.code, lane: item.lane.rawValue, state: item.state.rawValue, dueAt: item.dueAt,
      enqueuedAt: item.enqueuedAt, isBumped: item.isBumped)
  }
}

extension FindingView {
  init(_ finding: Finding) {
    self.init(
      id: finding.id.handle, phase: finding.phase.rawValue, round: finding.round, path: finding.draft.path,
      line: finding.draft.line, severity: finding.draft.severity.rawValue, title: finding.draft.title,
      body: finding.draft.body, state: finding.state.rawValue, explanation: finding.explanation)
  }
}

extension EffectView {
  init(_ effect: Effect, of loop: Loop) {
    self.init(
      id: effect.id.rawValue, kind: effect.write.kind, target: effect.write.target(in: loop),
      state: effect.state.rawValue, attempts: effect.attempts, key: effect.key, url: effect.receipt?.url,
      failure: effect.failure?.description, createdAt: effect.createdAt, endedAt: effect.endedAt)
  }
}

extension SessionView {
  init(_ session: Session) {
    self.init(
      id: session.id.rawValue, run: session.runID.handle, stage: session.stage,
      vendor: session.vendor.rawValue,
      model: session.model, executable: session.executable, version: session.version,
      vendorSessionID: session.vendorSessionID,
      state: session.state.rawValue, ending: session.ending, directory: session.directory,
      inputTokens: session.usage.inputTokens, outputTokens: session.usage.outputTokens,
      costUSD: session.usage.costUSD, startedAt: session.startedAt, endedAt: session.endedAt,
      agentSeconds: session.active.inSeconds)
  }
}

/// Web addresses of what a loop is about.
struct SubjectAddress: Equatable, Sendable {
  let repository: String
  let subject: String
  /// The pull request that carries the work.
  let pull: String?
  /// `owner/name#34`.
  let short: String

  init(_ loop: Loop) {
    repository = Self.web(loop.project)
    let kind: String =
      switch loop.subject {
      case .issue: "issues"
      case .pull: "pull"
      }
    subject = "\(repository)/\(kind)/\(loop.subject.number)"
    let number = loop.subject.pullNumber ?? loop.pullNumber
    let repository = repository
    pull = number.map { "\(repository)/pull/\($0)" }
    short = "\(loop.project.display)#\(loop.subject.number)"
  }

  static func web(_ name: ProjectName) -> String { "https://\(name.host)/\(name.slug)" }
}

extension Write {
  /// What it writes to, for people: `#34`, `looper/12-title`, a commit.
  func target(in loop: Loop) -> String {
    switch self {
    case .pushBranch(let push): push.branch
    case .openPullRequest(let open): open.head
    case .updatePullRequest(let target, _, _), .addLabel(let target, _), .removeLabel(let target, _),
      .submitReview(let target, _), .replyToThread(let target, _, _), .comment(let target, _),
      .statusComment(let target, _), .updateHead(let target, _), .merge(let target, _),
      .withdrawMerge(let target):
      switch target {
      case .number(let number): "#\(number)"
      case .loopPull: loop.pullNumber.map { "#\($0)" } ?? "the pull request"
      }
    case .setCommitStatus(let status): status.commit.short
    case .resolveThread(let id, _): id
    case .rerunCheck(let rerun): rerun.head.short
    }
  }
}
