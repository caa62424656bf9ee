import Testing

@testable import Looper

@Suite("nothing is started on a machine that has no room for it, and that is found out before it is claimed")
struct EngineSettingsTests {
  @Test("a disk with less than its floor is short, one that nobody measures is not")
  func disk() {
    func shortage(_ free: ByteCount?) -> String? {
      EngineSettings.diskShortage(floor: .mebibytes(512), free: free, at: "/data")
    }
    #expect(
      shortage(.mebibytes(100)) == "100 MiB are free below /data, less than daemon.disk-floor-mib (512)")
    #expect(shortage(.mebibytes(512)) == nil)
    #expect(shortage(nil) == nil)
  }

  @Test("the disk of the data directory is looked at")
  func live() {
    var configuration = Configuration()
    configuration.daemon.diskFloor = ByteCount(bytes: .max)
    #expect(EngineSettings(configuration, dataDirectory: "/").diskShortage() != nil)
    #expect(EngineSettings(configuration).diskShortage() == nil)
    configuration.daemon.diskFloor = ByteCount(bytes: 0)
    #expect(EngineSettings(configuration, dataDirectory: "/").diskShortage() == nil)
  }

  @Test("while the disk is short a due item stays in the queue, and no worktree is made for it")
  func claim() async throws {
    let agents = ScriptedAgents([.worker: [AgentScript.work()], .reviewer: [AgentScript.clean]])
    try await EngineScene.with(agents, settle: { $0.diskShortage = { "full" } }) { scene in
      try await scene.watch()
      try await scene.forge.addLabel("looper:implement", to: 1, in: ForgeScene.repository, as: "alice")
      try await scene.rounds(10)
      #expect(try await scene.loop.state == .queued)
      #expect(try await scene.store.runs(ofLoop: nil, state: nil, before: .max, limit: 10).isEmpty)
      var settings = scene.settings.current
      settings.diskShortage = { nil }
      scene.settings.replace(with: settings)
      try await scene.rounds { $0.phase == .ready }
    }
  }
}
