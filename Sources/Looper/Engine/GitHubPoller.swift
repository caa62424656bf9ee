import Logging

/// Looks at GitHub: one sweep per host and tick, details only of what changed, observations stored before anyone
/// reacts. Starts loops for labels that somebody with write access set.
actor GitHubPoller {
  /// Looks again at once at loops that wait for a look, then ever less often.
  static let lookDelays: [Duration] = [
    .zero, .seconds(1), .seconds(2), .seconds(4), .seconds(8), .seconds(15),
  ]
  /// How often waiting looks are considered between sweeps.
  static let cadence: Duration = .seconds(1)

  let store: Store
  let forge: any Forge
  let settings: LiveSettings
  let health: HostHealth
  let time: any TimeSource
  let random: RandomSource
  let log: Logger
  /// Subjects whose label does not count, with the fingerprint that said so: in memory, for a restart asks again.
  var ignored: [IgnoredKey: String] = [:]
  private var nextSweep: Timestamp?
  private var looks: [Loop.ID: (count: Int, next: Timestamp)] = [:]

  /// A subject of a project.
  struct IgnoredKey: Hashable {
    var project: Project.ID
    var subject: Subject
  }

  init(
    store: Store, forge: any Forge, settings: LiveSettings, health: HostHealth, time: any TimeSource,
    random: RandomSource, log: Logger
  ) {
    self.store = store
    self.forge = forge
    self.settings = settings
    self.health = health
    self.time = time
    self.random = random
    self.log = log
  }

  func run() async {
    await drive(on: [store.changes(in: ["loop", "project"])], every: { Self.cadence }, time: time) {
      await self.tickLogged()
    }
  }

  private func tickLogged() async {
    do {
      try await tick(at: time.now)
    } catch {
      if !Task.isCancelled { log.error("poller tick failed", metadata: ["error": "\(error)"]) }
    }
  }

  /// Sweeps when the interval is over, and looks at the loops that wait for a look.
  func tick(at now: Timestamp) async throws {
    if nextSweep.map({ $0 <= now }) ?? true {
      nextSweep = now + settings.current.pollInterval
      try await sweep(at: now)
    }
    try await lookAtWaiting(at: now)
  }

  /// Makes the next tick sweep: a project was added, an operator asked.
  func sweepSoon() { nextSweep = nil }

  private func sweep(at now: Timestamp) async throws {
    let projects = try await store.projects()
    let loops = try await store.liveLoops()
    let seen = try await store.seenFingerprints()
    for (host, members) in Dictionary(grouping: projects, by: \.name.host).sorted(by: { $0.key < $1.key }) {
      if let retryAt = health[host].retryAt, now < retryAt { continue }
      let request = request(host: host, members, loops)
      let result: SweepResult
      do throws(Failure) {
        result = try await forge.sweep(request)
      } catch {
        try await reportFailure(error, of: host)
        continue
      }
      try await reportSuccess(of: host)
      for project in members {
        guard case .success(let repository)? = result.repositories[project.name] else {
          logFailure(result.repositories[project.name], of: project)
          continue
        }
        try await take(repository, project, loops.filter { $0.projectID == project.id }, seen)
      }
    }
  }

  private func request(host: String, _ projects: [Project], _ loops: [Loop]) -> SweepRequest {
    let labels = settings.current.policy.labels
    return SweepRequest(
      host: host,
      repositories: projects.map { project in
        let own = loops.filter { $0.projectID == project.id }
        let issues: [Int] = own.compactMap { if case .issue(let number) = $0.subject { number } else { nil } }
        return SweepRequest.Repository(
          project: project.name, issueLabels: [labels.plan, labels.implement],
          pullLabels: [labels.adopt, labels.review], issues: issues,
          pulls: own.compactMap(\.pullNumber))
      })
  }

  private func take(
    _ repository: SweepResult.Repository, _ project: Project, _ loops: [Loop],
    _ seen: [Loop.ID: SeenFingerprints]
  ) async throws {
    if var facts = project.facts, facts.defaultBranch != repository.defaultBranch {
      facts.defaultBranch = repository.defaultBranch
      try await store.updateFacts(of: project.id, to: facts)
    }
    for loop in loops {
      let issue = repository.issues[loop.subject.number]
      let pull = loop.pullNumber.flatMap { repository.pulls[$0] }
      guard issue != nil || pull != nil else { continue }
      if let known = seen[loop.id], issue.map({ $0 == known.issue }) ?? true,
        pull.map({ $0 == known.pull }) ?? true
      {
        continue
      }
      try await look(at: loop, issue: issue, pull: pull)
    }
    let live = Set(loops.map(\.subject))
    for trigger in repository.triggers where !live.contains(trigger.subject) {
      try await consider(trigger, in: project)
    }
  }

  /// Loops that cannot go on before somebody looked: after our own writes, or while GitHub computes.
  private func lookAtWaiting(at now: Timestamp) async throws {
    var waiting: Set<Loop.ID> = []
    for loop in try await store.liveLoops() {
      guard case .waiting(let reason, _) = loop.state, reason.needsLook, health.isAvailable(loop.project.host)
      else {
        continue
      }
      waiting.insert(loop.id)
      let state = looks[loop.id] ?? (0, now)
      guard state.next <= now else { continue }
      let delay = Self.lookDelays[min(state.count + 1, Self.lookDelays.count - 1)]
      looks[loop.id] = (state.count + 1, now + delay)
      try await look(at: loop, issue: nil, pull: nil)
    }
    looks = looks.filter { waiting.contains($0.key) }
  }

  /// One detailed look, stored. A failure changes nothing but the host's health.
  private func look(at loop: Loop, issue: String?, pull: String?) async throws {
    let issueNumber: Int? = if case .issue(let number) = loop.subject { number } else { nil }
    let startedAt = time.now
    do throws(Failure) {
      let observation = try await forge.observe(loop.project, issue: issueNumber, pull: loop.pullNumber)
      await record { [store] in
        // The time before the look: what was written while it ran is not in it.
        try await store.recordObservation(observation, of: loop.id, issue: issue, pull: pull, at: startedAt)
      }
    } catch {
      try await reportFailure(error, of: loop.project.host)
    }
  }

  func record(_ write: @escaping @Sendable () async throws -> Void) async {
    do {
      try await write()
    } catch {
      log.error("a look could not be recorded", metadata: ["error": "\(error)"])
    }
  }

  func reportFailure(_ failure: Failure, of host: String) async throws {
    // A call that our own shutdown cut off says nothing about the host.
    guard !Task.isCancelled else { return }
    // A refusal that concerns one thing says nothing about the host.
    switch failure.kind {
    case .transient, .rateLimited: break
    case .usageLimited, .conflict, .agent, .permanent, .needsHuman, .bug:
      log.warning("github refused a look", metadata: ["host": "\(host)", "failure": "\(failure.message)"])
      return
    }
    let change = health.failed(host, failure, unit: random.unit(), at: time.now)
    guard case .becameUnavailable(let message) = change else { return }
    log.warning("github does not answer", metadata: ["host": "\(host)", "failure": "\(message)"])
    try await store.append(EventDraft(.forgeUnavailable, "\(host): \(message)"), at: time.now)
  }

  private func reportSuccess(of host: String) async throws {
    guard case .becameAvailable = health.succeeded(host) else { return }
    log.notice("github answers again", metadata: ["host": "\(host)"])
    try await store.append(EventDraft(.forgeAvailable, "\(host) answers again"), at: time.now)
  }

  private func logFailure(_ result: Result<SweepResult.Repository, Failure>?, of project: Project) {
    guard case .failure(let failure)? = result else { return }
    log.warning(
      "a project could not be read",
      metadata: ["project": "\(project.name)", "failure": "\(failure.message)"])
  }
}

extension WaitReason {
  /// Whether only a new look can end the wait.
  var needsLook: Bool {
    switch self {
    case .observation, .mergeability, .permission: true
    case .effects, .checks, .quietPeriod, .hold, .paused, .takeover, .answer, .specApproval, .merge, .retry,
      .limit:
      false
    }
  }
}
