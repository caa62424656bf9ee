import Foundation
import Logging
import Testing

@testable import Looper

/// The whole engine over the local GitHub, with real git, scripted agents and manual time; moved step by step.
struct EngineScene {
  let forgeScene: ForgeScene
  let store: Store
  let agents: ScriptedAgents
  /// What starts sessions below the real supervisor; nil when the agents answer in its place.
  let sessions: (any AgentSessions)?
  let time: ManualTime
  let settings: LiveSettings
  let health: HostHealth
  var poller: GitHubPoller
  let scheduler: Scheduler
  var dispatcher: OutboxDispatcher
  let reaper: Reaper
  var runner: Runner
  let workspaces: GitWorkspaces
  let follower: BaseFollower

  var forge: LocalForge { forgeScene.forge }

  static func with(
    _ agents: ScriptedAgents = ScriptedAgents(), sessions: (any AgentSessions)? = nil,
    workspaces: @escaping (GitWorkspaces) -> any Workspaces = { $0 },
    settle: (inout EngineSettings) -> Void = { _ in },
    _ body: (EngineScene) async throws -> Void
  ) async throws {
    try await withForge { forgeScene in
      let store = try Store.scratch()
      let scene = try await make(forgeScene, store, agents, sessions, workspaces, settle: settle)
      try await body(scene)
    }
  }

  /// Everything again over the same database, as after a crash.
  func restarted() async throws -> EngineScene {
    let scene = try await Self.make(forgeScene, store, agents, sessions, settings: settings)
    let sessions = scene.sessions ?? ScriptedSessions(agents)
    _ = try await Recovery(store: store, sessions: sessions, time: scene.time, log: Self.log).run()
    return scene
  }

  private static let log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

  private static func make(
    _ forgeScene: ForgeScene, _ store: Store, _ agents: ScriptedAgents, _ sessions: (any AgentSessions)?,
    _ workspaces: (GitWorkspaces) -> any Workspaces, settle: (inout EngineSettings) -> Void
  ) async throws -> EngineScene {
    var values = EngineSettings()
    values.policy.quietPeriod = .zero
    values.pacing = .init(interval: .zero, perMinute: 10_000, perHour: 10_000)
    values.pollInterval = .seconds(1)
    settle(&values)
    return try await make(
      forgeScene, store, agents, sessions, settings: LiveSettings(values), workspaces: workspaces)
  }

  private static func make(
    _ forgeScene: ForgeScene, _ store: Store, _ agents: ScriptedAgents, _ sessions: (any AgentSessions)?,
    settings: LiveSettings, workspaces wrap: (GitWorkspaces) -> any Workspaces = { $0 }
  ) async throws -> EngineScene {
    let time = ManualTime(forgeScene.clock.now)
    let health = HostHealth()
    let random = RandomSource(seed: 1)
    let github = GitHub(transport: ForgeTransport(forge: forgeScene.forge), time: time)
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    var git = GitSettings(
      dataDirectory: "\(forgeScene.directory)/data",
      environment: ["PATH": path, "HOME": forgeScene.directory])
    git.diskFloor = ByteCount(bytes: 0)
    let workspaces = GitWorkspaces(commands: forgeScene.runner, settings: git)
    let supervisor = sessions.map {
      AgentSupervisor(store: store, sessions: $0, settings: settings, time: time, log: log)
    }
    let performer = StepPerformer(
      store: store, forge: github, workspaces: wrap(workspaces), agents: supervisor ?? agents,
      validator: ShellValidator(runner: forgeScene.runner, environment: ["PATH": path]), settings: settings,
      time: time)
    let runner = Runner(
      store: store, performer: performer, settings: settings, time: time, random: random, log: log)
    return EngineScene(
      forgeScene: forgeScene, store: store, agents: agents, sessions: sessions, time: time,
      settings: settings, health: health,
      poller: GitHubPoller(
        store: store, forge: github, settings: settings, health: health, time: time, random: random, log: log),
      scheduler: Scheduler(
        store: store, pool: RunnerPool(runner: runner, log: log), settings: settings, health: health,
        time: time,
        random: random, log: log),
      dispatcher: OutboxDispatcher(
        store: store, forge: github, workspaces: workspaces, settings: settings, health: health, time: time,
        random: random, log: log),
      reaper: Reaper(
        store: store, workspaces: workspaces, pool: RunnerPool(runner: runner, log: log), time: time, log: log
      ),
      runner: runner, workspaces: workspaces,
      follower: BaseFollower(store: store, sizes: workspaces, time: time, log: log))
  }

  func watch() async throws {
    let name = try #require(ProjectName(ForgeScene.repository))
    _ = try await store.addProject(name, checkoutPath: nil, baseBranch: nil, facts: nil, at: time.now)
  }

  /// One round of every part.
  func round(_ step: Duration = .seconds(2)) async throws {
    forgeScene.clock.advance(by: step)
    time.advance(by: step)
    try await poller.tick(at: time.now)
    try await follower.tick(at: time.now)
    try await scheduler.tick(at: time.now)
    for run in try await store.liveRuns() where try await runner.advance(run.id) == .ended {
      await runner.settle(run.id)
    }
    try await dispatcher.tick(at: time.now)
    try await reaper.tick(at: time.now)
  }

  /// Rounds until the loop is as wanted.
  @discardableResult
  func rounds(
    until isReached: (Loop) -> Bool, most: Int = 400, _ location: SourceLocation = #_sourceLocation
  ) async throws -> Loop {
    var last: Loop?
    for _ in 0..<most {
      try await round()
      last = try await store.loops(state: nil, project: nil, before: .max, limit: 1).first
      if let last, isReached(last) { return last }
    }
    let id = try #require(last).id
    let facts = try await store.facts(of: id)
    let runs = try await store.runs(ofLoop: nil, state: nil, before: .max, limit: 20).map {
      "\($0.job.code) \($0.state)"
    }
    Issue.record(
      "not reached: \(String(describing: last)) \(String(describing: facts?.stop)) \(runs)",
      sourceLocation: location)
    return try #require(last)
  }
}
