import Logging

/// Looks at GitHub: one sweep per host and tick, details only of what changed, observations stored before anyone
/// reacts. Starts loops for labels that somebody with write access set.
actor GitHubPoller {
  /// Looks again at once at loops that wait for a look, then ever less often.
  static let lookDelays: [Duration] = [
    .zero, .seconds(1), .seconds(2), .seconds(4), .seconds(8), .seconds(15), .seconds(15), .seconds(15),
    .seconds(15), .seconds(15), .seconds(15), .seconds(15), .seconds(30), .seconds(60),
  ]
  /// How often a dependency is looked at that the sweep does not see: a pull request, or in another repository.
  static let slowLook: Duration = .seconds(600)
  /// How often the rules' lists are read beyond their first page: it costs a request a page.
  static let wholeListEvery: Duration = .seconds(600)
  /// After so many looks at subjects where something may begin, loops that wait for a look have their turn.
  static let looksInARow = 20
  /// How long it is believed that somebody may not write: the right may be given later, and GitHub err.
  static let refusalKept: Duration = .seconds(300)
  /// How long a failed look is remembered after it could have been repeated.
  static let troubleKept: Duration = .seconds(3600)
  /// Looks at least this often, should a wake-up get lost, the clock be set or the interval be changed.
  static let cadence: Duration = .seconds(30)

  let store: Store
  let forge: any Forge
  let settings: LiveSettings
  let health: HostHealth
  let time: any TimeSource
  let random: RandomSource
  let log: Logger
  /// Subjects that nothing starts for as they are: in memory, for a restart asks again.
  var ignored: [SubjectKey: Ignored] = [:]
  /// The rules that ``ignored`` was found by.
  private var ignoredBy: [AutoRule] = []
  private var lastSweep: Timestamp?
  private let sweepAsked = WakeSignal()
  var looks: [Loop.ID: (count: Int, next: Timestamp)] = [:]
  /// Subjects whose last look failed; they alone are looked at less often.
  var troubles: [SubjectKey: LookTrouble] = [:]
  /// Subjects whose looks failed one after the other, by host; whatever works there clears it.
  var failedInARow: [String: Set<SubjectKey>] = [:]
  /// In how many sweeps in a row a loop's subject was not found.
  var missing: [Loop.ID: Int] = [:]
  /// Projects that another one of the same repository does the work of; each was told once.
  private var duplicates: Set<Project.ID> = []
  /// When the rules' lists of a project were last read to their end.
  private var wholeLists: [Project.ID: Timestamp] = [:]

  /// A subject of a project.
  struct SubjectKey: Hashable {
    var project: Project.ID
    var subject: Subject
  }

  /// How a subject was when nothing started for it; another fingerprint, or the time, makes it worth a new look.
  struct Ignored {
    var fingerprint: String
    var until: Timestamp?
    /// The loop that does the work instead; nil when there is none. What it leaves undone is asked for again.
    var besides: Loop.ID?
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
    forgetOld(besides: loops)
    for (host, members) in Dictionary(grouping: projects, by: \.name.host).sorted(by: { $0.key < $1.key }) {
      if let retryAt = health[host, .read].retryAt, now < retryAt { continue }
      let request = try await request(host: host, members, loops, blockers)
      let result: SweepResult
      do throws(Failure) {
        result = try await forge.sweep(request)
      } catch {
        // A sweep asks about everything there: whatever it is refused for, nothing of the host is known any more.
        try await reportFailure(error, of: host)
        continue
      }
      try await reportSuccess(of: host)
      for trouble in result.troubles { logRefusal(trouble, of: host) }
      var watched: Set<ProjectName> = []
      for project in members.sorted(by: { $0.id.rawValue < $1.id.rawValue }) {
        guard case .success(var repository)? = result.repositories[project.name] else {
          // One that cannot be read any more, whose name leads nowhere for instance, does nobody's work.
          if !isGone(result.repositories[project.name]) {
            watched.insert(project.facts?.name ?? project.name)
          }
          logFailure(result.repositories[project.name], of: project)
          continue
        }
        // In a repository that was renamed and added again by its new name nothing is begun twice.
        if watched.insert(repository.name).inserted {
          duplicates.remove(project.id)
        } else {
          repository.triggers = []
          logDuplicate(project, of: repository.name)
        }
        try await take(repository, project, loops.filter { $0.projectID == project.id }, seen, blockers)
      }
    }
  }

  /// Another set of rules may want what the last one did not.
  private func forgetOld(besides loops: [Loop]) {
    let live = Set(loops.map(\.id))
    missing = missing.filter { live.contains($0.key) }
    troubles = troubles.filter { $0.value.retryAt + Self.troubleKept > time.now }
    ignored = ignored.filter { $0.value.besides.map(live.contains) ?? true }
    guard ignoredBy != settings.current.auto else { return }
    ignoredBy = settings.current.auto
    ignored = [:]
  }

  private func request(
    host: String, _ projects: [Project], _ loops: [Loop], _ blockers: [Loop.ID: [BlockerSnapshot]]
  ) async throws -> SweepRequest {
    let labels = settings.current.policy.labels
    var request = SweepRequest(host: host, repositories: [])
    for project in projects {
      let own = loops.filter { $0.projectID == project.id }
      let issues = own.compactMap(\.subject.issueNumber)
      let waitedFor = own.flatMap { blockers[$0.id] ?? [] }.filter { $0.repository == nil }.map(\.number)
      // A rule whose day is spent asks for nothing.
      let applying = try await rules(of: project).open
      request.repositories.append(
        SweepRequest.Repository(
          project: project.name, issueLabels: [labels.plan, labels.implement],
          pullLabels: [labels.adopt, labels.review], issues: issues + waitedFor,
          pulls: own.compactMap(\.pullNumber), autoLabels: unique(applying.flatMap(\.labels)),
          autoAuthors: unique(applying.filter(\.labels.isEmpty).flatMap(\.authors)),
          autoSince: applying.map(\.lookBack).max().map { time.now - $0 },
          readsWholeAutoLists: !applying.isEmpty && isWholeListDue(of: project)))
    }
    return request
  }

  private func isWholeListDue(of project: Project) -> Bool {
    if let last = wholeLists[project.id], time.now < last + Self.wholeListEvery { return false }
    wholeLists[project.id] = time.now
    return true
  }

  /// Learns what GitHub says of a project: of one that was added while GitHub did not answer, as soon as it has work, and
  /// of one that was renamed.
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

  func unique(_ names: [String]) -> [String] {
    var seen: Set<String> = []
    return names.filter { seen.insert($0.lowercased()).inserted }
  }

  private func take(
    _ repository: SweepResult.Repository, _ project: Project, _ loops: [Loop],
    _ seen: [Loop.ID: SeenFingerprints], _ blockers: [Loop.ID: [BlockerSnapshot]]
  ) async throws {
    let isRenamed = project.facts.map { $0.name != repository.name } ?? false
    if isRenamed || project.facts == nil && !loops.isEmpty {
      try await contact(project)
    } else if var facts = project.facts, !repository.defaultBranch.isEmpty,
      facts.defaultBranch != repository.defaultBranch
    {
      // An empty repository has no branch yet; what its first is to be called was told with its facts.
      facts.defaultBranch = repository.defaultBranch
      try await store.updateFacts(of: project.id, to: facts)
    }
    for loop in loops {
      guard try await isThere(loop, repository) else { continue }
      let issue = repository.issues[loop.subject.number]
      let pull = loop.pullNumber.flatMap { repository.pulls[$0] }
      guard issue != nil || pull != nil else { continue }
      let isFreed = (blockers[loop.id] ?? []).contains { blocker in
        blocker.repository == nil
          && repository.issues[blocker.number].map { SubjectFingerprint($0).isClosed } == true
      }
      if !isFreed, let known = seen[loop.id], issue.map({ $0 == known.issue }) ?? true,
        pull.map({ $0 == known.pull }) ?? true
      {
        continue
      }
      guard retryAt(loop.key) == nil else { continue }
      try await look(at: loop, issue: issue, pull: pull)
    }
    // A pull request that carries a loop's work is no subject of its own.
    let live = Set(loops.map(\.subject) + loops.compactMap(\.pullNumber).map(Subject.pull))
    // GitHub lists the newest first. A rule that may start only so many a day begins with the oldest.
    let found = repository.triggers.filter { !live.contains($0.subject) }
    let automatic = found.filter(\.isAuto).sorted { $0.subject.number < $1.subject.number }
    var count = 0
    for trigger in found.filter({ !$0.isAuto }) + automatic where try await consider(trigger, in: project) {
      count += 1
      if count.isMultiple(of: Self.looksInARow) { try await lookAtWaiting(at: time.now) }
    }
  }

  func record(_ write: @escaping @Sendable () async throws -> Void) async {
    do {
      try await write()
    } catch {
      log.error("a look could not be recorded", metadata: ["error": "\(error)"])
    }
  }

  /// Takes note that a host does not answer.
  func reportFailure(_ failure: Failure, of host: String) async throws {
    // A call that our own shutdown cut off says nothing about the host.
    guard !Task.isCancelled else { return }
    let change = health.failed(host, .read, failure, unit: random.unit(), at: time.now)
    guard case .becameUnavailable(let message) = change else { return }
    log.warning("github does not answer", metadata: ["host": "\(host)", "failure": "\(message)"])
    try await store.append(EventDraft(.forgeUnavailable, "\(host): \(message)"), at: time.now)
  }

  func logRefusal(_ failure: Failure, of host: String) {
    guard !Task.isCancelled else { return }
    log.warning("github refused a look", metadata: ["host": "\(host)", "failure": "\(failure.message)"])
  }

  private func reportSuccess(of host: String) async throws {
    failedInARow[host] = nil
    guard case .becameAvailable = health.succeeded(host, .read) else { return }
    log.notice("github answers again", metadata: ["host": "\(host)"])
    try await store.append(EventDraft(.forgeAvailable, "\(host) answers again"), at: time.now)
  }

  private func isGone(_ result: Result<SweepResult.Repository, Failure>?) -> Bool {
    guard case .failure(let failure)? = result else { return false }
    return failure.kind == .permanent
  }

  private func logDuplicate(_ project: Project, of repository: ProjectName) {
    guard duplicates.insert(project.id).inserted else { return }
    log.warning(
      "a project is watched under an older name already",
      metadata: ["project": "\(project.name)", "repository": "\(repository)"])
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
    case .effects, .checks, .quietPeriod, .hold, .paused, .takeover, .answer, .specApproval, .merge,
      .baseChecks, .draft, .author, .edited:
      false
    }
  }
}
