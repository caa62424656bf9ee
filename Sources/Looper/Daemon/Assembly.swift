import Foundation
import Logging
import ServiceLifecycle
import UnixSignals

/// Every part of a daemon, wired.
struct Assembly {
  /// On every child, so that a later daemon recognises what an earlier one left: the real data directory.
  static let instanceKey = "LOOPER_INSTANCE"
  private static let orphanGrace: Duration = .seconds(2)

  let source: ConfigurationSource
  let house: House
  /// What the log and the API leave out.
  let known: KnownSecrets
  private let secrets: OperatorSecrets
  let log: Logger
  let time = SystemTime()
  let store: Store
  let settings: LiveSettings
  let configuration: ConfigurationKeeper
  let hub: EventHub
  let sessions: VendorSessions
  let dispatcher: OutboxDispatcher
  let pool: RunnerPool
  let scheduler: Scheduler
  let reaper: Reaper
  let poller: GitHubPoller
  let follower: BaseFollower
  let operations: DaemonOperations
  /// The service manager that started us; nil when none did.
  let notifier: ServiceNotifier?

  /// Ends orphans, opens the database and recovers it; nothing runs yet.
  init(
    source: ConfigurationSource, house: House, environment: [String: String], known: KnownSecrets, log: Logger
  ) async throws {
    self.source = source
    self.house = house
    self.known = known
    self.log = log
    let loaded = source.loaded
    notifier = ServiceNotifier(environment: environment)
    let secrets = OperatorSecrets(
      environment: environment, token: try house.token(), configuration: { source.loaded.configuration })
    known.learn(secrets)
    self.secrets = secrets
    house.sweepScratch()
    let instance = URL(filePath: house.paths.dataDirectory).resolvingSymlinksInPath().path
    let survivors = await ProcessTable.terminateAll(
      taggedWith: Self.instanceKey, value: instance, grace: Self.orphanGrace)
    if !survivors.isEmpty { log.warning("orphans survived", metadata: ["pids": "\(survivors.map(\.pid))"]) }
    store = try Store(path: house.paths.databasePath)
    let metrics = MetricsRegistry()
    let tools = Tools(
      loaded, house: house, instance: instance, environment: environment, log: log, time: time,
      metrics: metrics)
    settings = LiveSettings(EngineSettings(loaded.configuration, dataDirectory: loaded.paths.dataDirectory))
    configuration = ConfigurationKeeper(
      source: source, settings: settings, store: store, time: time, log: log)
    hub = EventHub(store: store)
    let health = HostHealth()
    let random = RandomSource()
    let forge = tools.forge
    let sandbox = Sandbox(
      source, house: house, commands: tools.commands, environment: environment, time: time)
    if case .missing(let reason) = await sandbox.health() {
      log.warning("agents run without a sandbox", metadata: ["reason": "\(reason)"])
    }
    dispatcher = OutboxDispatcher(
      store: store, forge: forge, workspaces: tools.workspaces, settings: settings, health: health,
      scanner: secrets.scanner, time: time, random: random, log: log, metrics: metrics)
    sessions = VendorSessions(
      runner: AgentSessionRunner(
        launcher: tools.launcher, time: time, environment: tools.agentEnvironment,
        sessionsRoot: house.sessions),
      sandbox: sandbox, configuration: { source.loaded.configuration },
      versions: AgentVersions(commands: tools.commands))
    let performer = StepPerformer(
      store: store, forge: forge, workspaces: tools.workspaces,
      agents: AgentSupervisor(store: store, sessions: sessions, settings: settings, time: time, log: log),
      validator: ShellValidator(runner: tools.commands, environment: environment, sandbox: sandbox),
      settings: settings, time: time, freeSpace: { GitFiles.freeSpace(at: $0) })
    pool = RunnerPool(
      runner: Runner(
        store: store, performer: performer, settings: settings, time: time, random: random, log: log),
      log: log)
    scheduler = Scheduler(
      store: store, pool: pool, settings: settings, health: health, time: time, random: random, log: log)
    reaper = Reaper(store: store, workspaces: tools.workspaces, pool: pool, time: time, log: log)
    follower = BaseFollower(store: store, sizes: tools.workspaces, time: time, log: log)
    poller = GitHubPoller(
      store: store, forge: forge, settings: settings, health: health, time: time, random: random, log: log)
    operations = DaemonOperations(
      store: store, pool: pool, poller: poller, hub: hub, health: health, settings: settings, forge: forge,
      git: tools.workspaces.git, configuration: { source.loaded }, time: time, startedAt: time.now,
      version: LooperVersion.current, configurationTrouble: { source.problem },
      waitingForRestart: { source.waitingForRestart },
      worktreeKeeper: WorktreeKeeper(workspaces: tools.workspaces, reaper: reaper, store: store, time: time),
      sandbox: sandbox, known: known, agentSearchPath: environment["PATH"],
      writesSettled: { [dispatcher] in await dispatcher.settled($0) },
      forgeMetrics: { forge.metrics + metrics.families })
  }

  /// Recovers, then runs every service until the process is told to stop.
  func serve() async throws {
    for run in try await Recovery(store: store, sessions: sessions, time: time, log: log).run() {
      await pool.submit(run)
    }
    try await configuration.registerProjects()
    try await store.append(EventDraft(.daemonStarted, "looper \(LooperVersion.current)"), at: time.now)
    var group = ServiceGroupConfiguration(services: try services(), logger: log)
    let grace = source.loaded.configuration.daemon.shutdownGrace
    group.maximumGracefulShutdownDuration = grace
    group.maximumCancellationDuration = .seconds(5)
    try await serveUntilSignal(ServiceGroup(configuration: group))
    try await shielded { [store, time] in
      try await store.append(EventDraft(.daemonStopped, "stopped in order"), at: time.now)
      try store.close()
    }
  }

  /// In dependency order; shut down in reverse.
  private func services() throws(LooperError) -> [any Service] {
    let server = source.loaded.configuration.server
    let tcp =
      server.isEnabled ? APIServer.TCP(host: server.host, port: server.port, token: try house.token()) : nil
    let listeners = Countdown(tcp == nil ? 1 : 2)
    var services: [any Service] = [
      ActorService("event hub") { await hub.run() },
      ActorService("outbox") { await dispatcher.run() },
      ActorService("runners") { await pool.run() },
      ActorService("scheduler") { await scheduler.run() },
      ActorService("reaper") { await reaper.run() },
      ActorService("poller") { await poller.run() },
      ActorService("base follower") { await follower.run() },
      ActorService("configuration") { await watchConfiguration() },
      ActorService("transcripts") { await keepTranscripts() },
      ActorService("hang-up") { await reloadOnHangUp() },
      ActorService("program text") { await giveProgramTextBack() },
      APIServer(
        operations: operations, socketPath: house.paths.socketPath, tcp: tcp, time: time, logger: log,
        onListening: { listener in
          log.notice("listening", metadata: ["on": "\(listener)"])
          if listeners.step() { notifier?.tell(.ready) }
        }),
    ]
    // Last, so that it is the first to hear that the daemon stops.
    if let notifier { services.append(ActorService("notifier") { await report(to: notifier) }) }
    return services
  }

  /// Secrets lie in files of their own as well, which change when they like.
  func learnSecrets() { known.learn(secrets) }

  private func giveProgramTextBack() async {
    do {
      try await time.sleep(until: time.now + ProgramText.delay)
    } catch {
      return
    }
    await drive(on: [], every: ProgramText.cadence, time: time) { ProgramText.giveBack() }
  }

  private func keepTranscripts() async {
    let keeper = TranscriptKeeper(root: house.sessions)
    await drive(on: [], every: TranscriptKeeper.cadence, time: time) {
      let keep = source.loaded.configuration.storage.transcriptKeep
      let removed = keeper.sweep(olderThan: time.now - keep)
      if removed > 0 { log.info("old transcripts removed", metadata: ["sessions": "\(removed)"]) }
    }
  }
}

/// A long-lived part as a service: its work is cancelled when the group shuts down.
struct ActorService: Service, CustomStringConvertible {
  /// For the log, which would otherwise show everything that the part holds.
  let description: String
  let body: @Sendable () async -> Void

  init(_ name: String, _ body: @escaping @Sendable () async -> Void) {
    description = name
    self.body = body
  }

  func run() async throws {
    await cancelWhenGracefulShutdown { await body() }
  }
}
