import Logging
import Testing

@testable import Looper

@Suite("A run that waits for its writes does not keep the processor busy")
struct RunnerWaitTests {
  @Test("it looks at its cadence and on news, also after it looked in vain")
  func waits() async throws {
    try await EngineScene.with(ScriptedAgents([.planner: [AgentScript.plan]])) { scene in
      let run = try await parkedRun(scene)
      let time = SteppedTime()
      let runner = Runner(
        store: scene.store, performer: scene.runner.performer, settings: scene.settings, time: time,
        random: RandomSource(seed: 1), log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { await runner.run(run) }
        #expect(await time.nextSleep() != nil)
        // In vain: nothing was sent meanwhile.
        time.advance(by: Runner.receiptCadence)
        #expect(await time.nextSleep() != nil)
        #expect(time.cancelled == 0)
        // News end the wait at once, and the next one lasts again.
        try await touchEffect(of: run, scene)
        #expect(await time.nextSleep() != nil)
        for _ in 0..<20 { _ = try await scene.store.run(run) }
        #expect(time.cancelled == 1)
        #expect(time.sleepers == 1)
        group.cancelAll()
      }
    }
  }

  /// A run whose writes nobody sends: the outbox is not driven.
  private func parkedRun(_ scene: EngineScene) async throws -> Run.ID {
    try await scene.watch()
    try await scene.forge.addLabel("looper:plan", to: 1, in: ForgeScene.repository, as: "alice")
    for _ in 0..<100 {
      scene.forgeScene.clock.advance(by: .seconds(2))
      scene.time.advance(by: .seconds(2))
      try await scene.poller.tick(at: scene.time.now)
      try await scene.scheduler.tick(at: scene.time.now)
      for run in try await scene.store.liveRuns() where try await scene.runner.advance(run.id) == .parked {
        return run.id
      }
    }
    throw StaleWrite(row: "no run got as far as its writes")
  }

  /// Changes a write of the run and nothing else.
  private func touchEffect(of run: Run.ID, _ scene: EngineScene) async throws {
    let effect = try #require(try await scene.store.effects(ofRun: run).first)
    try await scene.store.postponeEffect(effect.id, because: nil, until: scene.time.now)
  }
}
