import Logging

@testable import Looper

extension EngineScene {
  /// What an operator's commands ask, over this scene's engine.
  func operations() async -> DaemonOperations {
    let configuration = Configuration()
    let loaded = LoadedConfiguration(
      configuration: configuration, origins: [:], warnings: [], fileURL: nil,
      paths: configuration.paths(homeDirectory: "/nowhere"))
    let log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    return DaemonOperations(
      store: store, pool: RunnerPool(runner: runner, log: log), poller: poller, hub: EventHub(store: store),
      health: health, settings: settings, forge: await poller.forge, git: workspaces.git,
      configuration: { loaded }, time: time, startedAt: time.now, version: "1",
      worktreeKeeper: WorktreeKeeper(workspaces: workspaces, reaper: reaper, store: store, time: time),
      writesSettled: { [dispatcher] in await dispatcher.settled($0) })
  }
}
