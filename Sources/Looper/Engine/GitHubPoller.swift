import Logging

/// Looks at GitHub: one sweep per host and tick, details only of what changed, observations stored before anyone
/// reacts. Starts loops for labels that somebody with write access set.
actor GitHubPoller {
  /// Looks again at once at loops that wait for a look, then ever less often.
  static let lookDelays: [Duration] = [
    .zero, .seconds(1), .seconds(2), .seconds(4), .seconds(8), .seconds(15),
  ]
  /// How often a dependency is looked at that the sweep does not see: a pull request, or in another repository.
  static let slowLook: Duration = .seconds(600)
  /// Looks at least this often, should a wake-up get lost, the clock be set or the interval be changed.
  static let cadence: Duration = .seconds(30)

  let store: Store
  let forge: any Forge
  let settings: LiveSettings
  let health: HostHealth
  let time: any TimeSource
  let random: RandomSource
  let log: Logger
  /// Subjects whose label does not count, with the fingerprint that said so: in memory, for a restart asks again.
  var ignored: [IgnoredKey: String] = [:]
  private var lastSweep: Timestamp?
  private let sweepAsked = WakeSignal()
  var looks: [Loop.ID: (count: Int, next: Timestamp)] = [:]

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
    let wakes = [store.changes(in: ["loop", "project"]), sweepAsked.stream]
    await drive(on: wakes, atLeastEvery: Self.cadence, time: time) { await self.tickLogged() }
  }

  /// - Returns: when the next look is due.
  private func tickLogged() async -> Timestamp? {
    do {
      try await tick(at: time.now)
    } catch {
      if !Task.isCancelled { log.error("poller tick failed", metadata: ["error": "\(error)"]) }
    }
    return nextLook
  }

  /// The next sweep, or the next look at a loop that waits for one.
  private var nextLook: Timestamp? {
    let sweep = lastSweep.map { $0 + settings.current.pollInterval }
    return (looks.values.map(\.next) + [sweep].compactMap(\.self)).min()
  }

  /// Sweeps when the interval is over, and looks at the loops that wait for a look.
  func tick(at now: Timestamp) async throws {
    if isSweepDue(at: now) {
      lastSweep = now
      try await sweep(at: now)
    }
    try await lookAtWaiting(at: now)
  }

  /// A last sweep in the future means that the clock was set back.
  private func isSweepDue(at now: Timestamp) -> Bool {
    guard let lastSweep, lastSweep <= now else { return true }
    return lastSweep + settings.current.pollInterval <= now
  }

  /// Sweeps at once: a project was added, an operator asked.
  func sweepSoon() {
    lastSweep = nil
    sweepAsked.send()
  }

  private func sweep(at now: Timestamp) async throws {
    let projects = try await store.projects()
    let loops = try await store.liveLoops()
    let seen = try await store.seenFingerprints()
    let blockers = try await store.waitedForBlockers()
    for (host, members) in Dictionary(grouping: projects, by: \.name.host).sorted(by: { $0.key < $1.key }) {
      if let retryAt = health[host, .read].retryAt, now < retryAt { continue }
      let request = request(host: host, members, loops, blockers)
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
        try await take(repository, project, loops.filter { $0.projectID == project.id }, seen, blockers)
      }
    }
  }

  private func request(
    host: String, _ projects: [Project], _ loops: [Loop], _ blockers: [Loop.ID: [BlockerSnapshot]]
  ) -> SweepRequest {
    let rules = settings.current.auto
    let labels = settings.current.policy.labels
    return SweepRequest(
      host: host,
      repositories: projects.map { project in
        let own = loops.filter { $0.projectID == project.id }
        let issues: [Int] = own.compactMap { if case .issue(let number) = $0.subject { number } else { nil } }
        let waitedFor = own.flatMap { blockers[$0.id] ?? [] }.filter { $0.repository == nil }.map(\.number)
        let applying = rules.filter { $0.applies(to: project.name) }
        return SweepRequest.Repository(
          project: project.name, issueLabels: [labels.plan, labels.implement],
          pullLabels: [labels.adopt, labels.review], issues: issues + waitedFor,
          pulls: own.compactMap(\.pullNumber), autoLabels: unique(applying.flatMap(\.labels)),
          autoAuthors: unique(applying.filter(\.labels.isEmpty).flatMap(\.authors)),
          autoSince: applying.map(\.lookBack).max().map { time.now - $0 })
      })
  }

  /// A project that was added while GitHub did not answer is completed as soon as it has work.
  private func contact(_ project: Project) async throws {
    let facts: RepositoryFacts
    do throws(Failure) {
      facts = try await forge.repository(project.name)
    } catch {
      return log.warning(
        "a project could not be read",
        metadata: ["project": "\(project.name)", "failure": "\(error.message)"])
    }
    try await store.updateFacts(of: project.id, to: facts)
  }

  private func unique(_ names: [String]) -> [String] {
    var seen: Set<String> = []
    return names.filter { seen.insert($0.lowercased()).inserted }
  }

  private func take(
    _ repository: SweepResult.Repository, _ project: Project, _ loops: [Loop],
    _ seen: [Loop.ID: SeenFingerprints], _ blockers: [Loop.ID: [BlockerSnapshot]]
  ) async throws {
    if var facts = project.facts, facts.defaultBranch != repository.defaultBranch {
      facts.defaultBranch = repository.defaultBranch
      try await store.updateFacts(of: project.id, to: facts)
    } else if project.facts == nil, !loops.isEmpty {
      try await contact(project)
    }
    for loop in loops {
      let issue = repository.issues[loop.subject.number]
      let pull = loop.pullNumber.flatMap { repository.pulls[$0] }
      guard issue != nil || pull != nil else { continue }
      let isFreed = (blockers[loop.id] ?? []).contains { blocker in
        blocker.repository == nil && repository.issues[blocker.number]?.contains(" CLOSED ") == true
      }
      if !isFreed, let known = seen[loop.id], issue.map({ $0 == known.issue }) ?? true,
        pull.map({ $0 == known.pull }) ?? true
      {
        continue
      }
      try await look(at: loop, issue: issue, pull: pull)
    }
    // A pull request that carries a loop's work is no subject of its own.
    let live = Set(loops.map(\.subject) + loops.compactMap(\.pullNumber).map(Subject.pull))
    for trigger in repository.triggers where !live.contains(trigger.subject) {
      try await consider(trigger, in: project)
    }
  }

  /// Loops that cannot go on before somebody looked: after our own writes, or while GitHub computes.
  private func lookAtWaiting(at now: Timestamp) async throws {
    var waiting: Set<Loop.ID> = []
    let reasons = WaitReason.allCases.filter(\.needsLook)
    for loop in try await store.loops(waitingFor: reasons)
    where health[loop.project.host, .read].isAvailable {
      waiting.insert(loop.id)
      let isSlow = loop.state.waitReason == .dependency
      let state = looks[loop.id] ?? (0, isSlow ? now + Self.slowLook : now)
      looks[loop.id] = state
      guard state.next <= now else { continue }
      let delay = isSlow ? Self.slowLook : Self.lookDelays[min(state.count + 1, Self.lookDelays.count - 1)]
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
    let change = health.failed(host, .read, failure, unit: random.unit(), at: time.now)
    guard case .becameUnavailable(let message) = change else { return }
    log.warning("github does not answer", metadata: ["host": "\(host)", "failure": "\(message)"])
    try await store.append(EventDraft(.forgeUnavailable, "\(host): \(message)"), at: time.now)
  }

  private func reportSuccess(of host: String) async throws {
    guard case .becameAvailable = health.succeeded(host, .read) else { return }
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
    case .observation, .mergeability, .permission, .dependency: true
    case .effects, .checks, .quietPeriod, .hold, .paused, .takeover, .answer, .specApproval, .merge, .retry,
      .limit, .baseChecks, .draft, .author:
      false
    }
  }
}
