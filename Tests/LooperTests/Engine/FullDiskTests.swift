import Logging
import Synchronization
import Testing

@testable import Looper

@Suite("a full disk is nobody's failure: no attempt is used, and it goes on when there is room")
struct FullDiskTests {
  private static let log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

  /// How much is free, as a test says.
  private final class Disk: Sendable {
    private let state = Mutex(ByteCount.mebibytes(1))
    var free: ByteCount { state.withLock { $0 } }
    func clear() { state.withLock { $0 = .mebibytes(5000) } }
  }

  private func withFullDisk(
    _ agents: ScriptedAgents, validation: [String] = [], _ body: (EngineScene, Disk) async throws -> Void
  ) async throws {
    try await EngineScene.with(agents, settle: { $0.validationCommands = { _ in validation } }) { scene in
      let disk = Disk()
      let scene = on(disk, scene)
      try await scene.watch()
      try await scene.forge.addLabel("looper:implement", to: 1, in: EngineScene.repository, as: "alice")
      try await body(scene, disk)
    }
  }

  /// The scene with a runner that sees how full the disk is.
  private func on(_ disk: Disk, _ plain: EngineScene) -> EngineScene {
    var performer = plain.runner.performer
    performer.freeSpace = { _ in disk.free }
    var scene = plain
    scene.runner = Runner(
      store: plain.store, performer: performer, settings: plain.settings, time: plain.time,
      random: RandomSource(seed: 1), log: Self.log)
    return scene
  }

  private func expectPatience(_ scene: EngineScene, _ disk: Disk) async throws {
    try await scene.rounds { $0.counters.infrastructureFailures >= 4 }
    #expect(try await scene.loop.counters.agentFailures == 0)
    disk.clear()
    try await scene.rounds(until: { $0.phase == .ready }, most: 600)
  }

  @Test("an agent that fails on it")
  func agent() async throws {
    let failed: ScriptedAgents.Script = { _ in .failed(Failure(.agent, "the agent exited with 1")) }
    let agents = ScriptedAgents([
      .worker: [failed, failed, failed, failed, AgentScript.work()], .reviewer: [AgentScript.clean],
    ])
    try await withFullDisk(agents) { scene, disk in try await expectPatience(scene, disk) }
  }

  @Test("a validation command that fails on it")
  func validation() async throws {
    let agents = ScriptedAgents([.worker: [AgentScript.work()], .reviewer: [AgentScript.clean]])
    try await withFullDisk(agents, validation: ["test -e ../../../../../full-no-more"]) { scene, _ in
      try await scene.rounds { $0.counters.infrastructureFailures >= 4 }
      #expect(try await scene.loop.counters.agentFailures == 0)
    }
  }
}
