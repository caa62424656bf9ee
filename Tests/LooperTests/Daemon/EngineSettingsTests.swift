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

  @Test("memory below its floor is short, memory that nobody measures is not")
  func memory() {
    func shortage(_ available: ByteCount?) -> String? {
      EngineSettings.memoryShortage(floor: .mebibytes(512), available: available)
    }
    #expect(
      shortage(.mebibytes(100))
        == "100 MiB of memory are available, less than daemon.memory-floor-mib (512)")
    #expect(shortage(.mebibytes(512)) == nil)
    #expect(shortage(nil) == nil)
  }

  @Test("the memory of the machine is looked at")
  func liveMemory() {
    var configuration = Configuration()
    configuration.daemon.memoryFloor = ByteCount(bytes: .max)
    #expect((EngineSettings(configuration).shortage() != nil) == (MachineMemory.available() != nil))
    configuration.daemon.memoryFloor = ByteCount(bytes: 0)
    #expect(EngineSettings(configuration).shortage() == nil)
  }

  /// What a machine can have too little of.
  enum Resource: CaseIterable, Sendable {
    case disk, memory

    func setShortage(_ words: String?, in settings: inout EngineSettings) {
      switch self {
      case .disk: settings.diskShortage = { words }
      case .memory: settings.shortage = { words }
      }
    }
  }

  @Test(
    "while the machine is short of it a due item stays in the queue, and no worktree is made for it",
    arguments: Resource.allCases)
  func claim(_ resource: Resource) async throws {
    let agents = ScriptedAgents([.worker: [AgentScript.work()], .reviewer: [AgentScript.clean]])
    try await EngineScene.with(agents, settle: { resource.setShortage("full", in: &$0) }) { scene in
      try await scene.watch()
      try await scene.forge.addLabel("looper:implement", to: 1, in: ForgeScene.repository, as: "alice")
      try await scene.rounds(10)
      #expect(try await scene.loop.state == .queued)
      #expect(try await scene.store.runs(ofLoop: nil, state: nil, before: .max, limit: 10).isEmpty)
      var settings = scene.settings.current
      resource.setShortage(nil, in: &settings)
      scene.settings.replace(with: settings)
      try await scene.rounds { $0.phase == .ready }
    }
  }
}
