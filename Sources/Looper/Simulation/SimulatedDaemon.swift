import Logging

/// One life of the daemon: every part of the production engine, wired to the simulated world.
struct SimulatedDaemon: Sendable {
  /// A part that is driven by a tick.
  enum Part: Hashable, Sendable {
    case poller, follower, scheduler, dispatcher, reaper
    case run(Run.ID)
  }

  let poller: GitHubPoller
  let follower: BaseFollower
  let scheduler: Scheduler
  let dispatcher: OutboxDispatcher
  let reaper: Reaper
  let runner: Runner
  let health: HostHealth
  let recovery: Recovery

  init(
    store: Store, forge: any Forge, workspaces: SimulatedWorkspaces, sessions: any AgentSessions,
    settings: LiveSettings, time: any TimeSource, fate: SimulatedFate
  ) {
    let log = Logger(label: "simulation") { _ in SwiftLogNoOpLogHandler() }
    let random = RandomSource(seed: UInt64(fate.draw(1_000_000)))
    health = HostHealth()
    let performer = StepPerformer(
      store: store, forge: forge, workspaces: workspaces,
      agents: AgentSupervisor(store: store, sessions: sessions, settings: settings, time: time, log: log),
      validator: SimulatedValidator(fate: fate), settings: settings, time: time)
    runner = Runner(
      store: store, performer: performer, settings: settings, time: time, random: random, log: log)
    let pool = RunnerPool(runner: runner, log: log)
    poller = GitHubPoller(
      store: store, forge: forge, settings: settings, health: health, time: time, random: random, log: log)
    follower = BaseFollower(store: store, sizes: workspaces, time: time, log: log)
    scheduler = Scheduler(
      store: store, pool: pool, settings: settings, health: health, time: time, random: random, log: log)
    dispatcher = OutboxDispatcher(
      store: store, forge: forge, workspaces: workspaces, settings: settings, health: health, time: time,
      random: random, log: log)
    reaper = Reaper(store: store, workspaces: workspaces, pool: pool, time: time, log: log)
    recovery = Recovery(store: store, sessions: sessions, time: time, log: log)
  }
}

/// The project's commands in a simulation: they pass, unless the agent did bad work.
struct SimulatedValidator: Validator {
  let fate: SimulatedFate

  func run(_ command: String, in worktree: String, head: CommitSHA, limit: Duration) async throws(Failure)
    -> ValidationResult
  {
    let fails = fate.allows(.agents) && fate.chance(perMille: 60)
    return ValidationResult(
      command: command, exitCode: fails ? 1 : 0, headSHA: head, milliseconds: 1, tail: fails ? "1 failed" : ""
    )
  }
}
