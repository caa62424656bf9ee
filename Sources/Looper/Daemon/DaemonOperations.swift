import Foundation

/// What the API serves, on top of the store and the services of this daemon.
///
/// Every answer is read from the database; commands are recorded there before anything acts on them.
struct DaemonOperations: Operations {
  let store: Store
  let pool: RunnerPool
  let poller: GitHubPoller
  let hub: EventHub
  let health: HostHealth
  let settings: LiveSettings
  let forge: any Forge
  /// Reads checkouts that projects are bound to.
  let git: GitRunner
  /// The configuration in force.
  let loaded: @Sendable () -> LoadedConfiguration
  let time: any TimeSource
  let startedAt: Timestamp
  let versionText: String
  /// What is wrong with a changed configuration file that was not taken over; nil when nothing is.
  let configurationTrouble: @Sendable () -> String?
  /// The keys whose changed values are not in force before a restart.
  let waitingForRestart: @Sendable () -> [String]
  var worktreeKeeper: WorktreeKeeper
  let projectNames = ProjectNames()
  /// Nil where nobody starts agents.
  let sandbox: Sandbox?
  let known: KnownSecrets
  /// Where agents' commands are looked for; nil where nobody starts agents.
  var agentSearchPath: String?
  /// Returns when no write of a loop is on its way to GitHub.
  let writesSettled: @Sendable (Loop.ID) async -> Void
  /// What the adapter to GitHub counted, and what was measured on the way.
  let forgeMetrics: @Sendable () -> [MetricFamily]

  init(
    store: Store, pool: RunnerPool, poller: GitHubPoller, hub: EventHub, health: HostHealth,
    settings: LiveSettings,
    forge: any Forge, git: GitRunner, configuration: @escaping @Sendable () -> LoadedConfiguration,
    time: any TimeSource, startedAt: Timestamp, version: String,
    configurationTrouble: @escaping @Sendable () -> String? = { nil },
    waitingForRestart: @escaping @Sendable () -> [String] = { [] },
    worktreeKeeper: WorktreeKeeper = WorktreeKeeper(list: { [] }, remove: { _ in nil }),
    sandbox: Sandbox? = nil, known: KnownSecrets = KnownSecrets(), agentSearchPath: String? = nil,
    writesSettled: @escaping @Sendable (Loop.ID) async -> Void = { _ in },
    forgeMetrics: @escaping @Sendable () -> [MetricFamily] = { [] }
  ) {
    self.store = store
    self.pool = pool
    self.poller = poller
    self.hub = hub
    self.health = health
    self.settings = settings
    self.forge = forge
    self.git = git
    loaded = configuration
    self.time = time
    self.startedAt = startedAt
    versionText = version
    self.configurationTrouble = configurationTrouble
    self.waitingForRestart = waitingForRestart
    self.worktreeKeeper = worktreeKeeper
    self.sandbox = sandbox
    self.known = known
    self.agentSearchPath = agentSearchPath
    self.writesSettled = writesSettled
    self.forgeMetrics = forgeMetrics
  }

  var mask: SecretMask { known.mask }

  func version() async throws(LooperError) -> VersionView { VersionView(version: versionText) }

  func configuration() async throws(LooperError) -> ConfigView {
    let loaded = loaded()
    return ConfigView(
      path: loaded.fileURL?.path,
      entries: loaded.view.entries.map {
        ConfigEntryView(key: $0.path, value: $0.value, origin: $0.origin.description)
      },
      warnings: configurationWarnings(loaded))
  }

  func configurationWarnings(_ loaded: LoadedConfiguration) -> [String] {
    let waiting = waitingForRestart()
    let restart = "\(waiting.joined(separator: ", ")): changed in the file; run: looper daemon restart"
    return loaded.warnings.map(\.description) + [configurationTrouble()].compactMap(\.self)
      + (waiting.isEmpty ? [] : [restart])
  }

  func events(after: Int64, limit: Int) async throws(LooperError) -> EventPageView {
    try await answering {
      let newest = try await store.lastEventSequence()
      let events = try await store.events(after: after, limit: min(max(limit, 1), EventPageView.limitMax))
      // Read first, so that it may be older than the last item: then the client asks once more.
      let last = max(newest, events.last?.sequence ?? 0)
      return EventPageView(items: try await views(of: events), newest: last, prunedThrough: 0)
    }
  }

  func news(after: Int64) async throws(LooperError) -> EventPageView {
    guard let news = await hub.news(after: after) else {
      return try await events(after: after, limit: EventPageView.limitMax)
    }
    return try await answering {
      EventPageView(items: try await views(of: news.events), newest: news.through, prunedThrough: 0)
    }
  }

  private func views(of events: [Event]) async throws -> [EventView] {
    var views: [EventView] = []
    for event in events {
      var name: String?
      if let id = event.projectID { name = try await projectNames.name(of: id, in: store) }
      views.append(EventView(event, project: name))
    }
    return views
  }

  func eventHints() async -> AsyncStream<Int64> { await hub.hints() }

  /// Runs `body` and turns what it throws into the boundary's error.
  func answering<Answer: Sendable>(_ body: () async throws -> Answer) async throws(LooperError) -> Answer {
    do {
      return try await body()
    } catch {
      throw LooperError(answering: error)
    }
  }

  /// - Throws: `not_found`.
  func knownLoop(_ id: Loop.ID) async throws -> Loop {
    guard let loop = try await store.loop(id) else {
      throw LooperError(.notFound, "there is no loop \(id.handle); see looper loops")
    }
    return loop
  }

  /// - Throws: `not_found`.
  func knownRun(_ id: Run.ID) async throws -> Run {
    guard let run = try await store.run(id) else {
      throw LooperError(.notFound, "there is no run \(id.handle); see looper run list")
    }
    return run
  }

  /// - Throws: `not_found`.
  func knownProject(_ name: ProjectName) async throws -> Project {
    guard let project = try await store.watchedProject(name) else {
      throw LooperError(.notFound, "\(name) is not watched; run: looper project add \(name)")
    }
    return project
  }
}

extension LooperError {
  /// What a failed operation tells its caller.
  init(answering error: any Error) {
    switch error {
    case let error as LooperError: self = error
    case let error as StaleWrite: self.init(.conflict, "\(error.row) changed meanwhile; try again")
    case let failure as Failure: self.init(failure: failure)
    case is CancellationError: self.init(.timeout, "the daemon is stopping; try again when it runs")
    default: self.init(.internal, "\(error)")
    }
  }

  /// A look at GitHub or git that did not work. Exit status 3 is kept for a daemon that cannot be reached.
  init(failure: Failure) {
    switch failure.kind {
    case .transient, .usageLimited: self.init(.timeout, "\(failure.message); try again")
    case .rateLimited: self.init(.rateLimit, failure.message)
    case .conflict: self.init(.conflict, "\(failure.message); try again")
    case .permanent: self.init(.validation, failure.message)
    case .needsHuman: self.init(.auth, failure.message)
    case .agent, .bug: self.init(.internal, failure.message)
    }
  }
}
