import Testing

@testable import Looper

@Suite("a stop that the daemon's end cut off is finished by the next one, or taken back")
struct UnfinishedStopTests {
  /// A daemon that ends right after it has fenced a loop and told its run, if one is live, to stop; and the next one.
  private func cutOff(
    _ purpose: StopPurpose, isRunning: Bool, isPaused: Bool = false,
    _ body: (EngineScene, Loop.ID) async throws -> Void
  ) async throws {
    try await EngineScene.with(ScriptedAgents.unerring()) { scene in
      try await scene.watch()
      try await scene.forge.addLabel("looper:plan", to: 1, in: EngineScene.repository, as: "alice")
      try await scene.rounds { $0.pullNumber != nil }
      if isRunning {
        for _ in 0..<60 where try await scene.store.liveRuns().isEmpty {
          scene.forgeScene.clock.advance(by: .seconds(2))
          scene.time.advance(by: .seconds(2))
          try await scene.poller.tick(at: scene.time.now)
          try await scene.dispatcher.tick(at: scene.time.now)
          try await scene.scheduler.tick(at: scene.time.now)
        }
      } else {
        try await scene.rounds { $0.phase == .ready && $0.state == .waiting(.merge, wakeAt: nil) }
      }
      let id = try await scene.loop.id
      let runs = try await scene.store.liveRuns()
      #expect(runs.isEmpty != isRunning)
      if isPaused { try await scene.store.fence(id, at: scene.time.now) }
      // A stop asks twice where somebody resumed in between.
      for _ in 0..<2 { try await scene.store.fence(id, for: purpose, at: scene.time.now) }
      for run in runs { try await scene.store.requestStop(of: run.id, reason: "stopped") }
      try await body(try await scene.restarted(), id)
    }
  }

  @Test("a cancel is finished", arguments: [true, false])
  func cancel(isRunning: Bool) async throws {
    try await cutOff(.cancel, isRunning: isRunning) { scene, _ in
      try await scene.rounds(until: { $0.state == .done(.cancelled) }, most: 10)
    }
  }

  @Test("a takeover is taken back, for nobody was given the worktree", arguments: [true, false])
  func takeover(isRunning: Bool) async throws {
    try await cutOff(.takeover, isRunning: isRunning) { scene, id in
      try await scene.rounds(until: { $0.state == .waiting(.merge, wakeAt: nil) }, most: 200)
      let told = try await scene.store.events(after: 0, limit: 10_000).filter { $0.kind == .loopControl }
      #expect(told.map(\.message) == ["goes on: the daemon ended before it was taken over"])
      #expect(try await scene.store.facts(of: id)?.isTakenOver == false)
    }
  }

  @Test("a pause stays one, also where a takeover came after it", arguments: [StopPurpose.pause, .takeover])
  func pause(purpose: StopPurpose) async throws {
    try await cutOff(purpose, isRunning: false, isPaused: true) { scene, _ in
      try await scene.rounds(10)
      #expect(try await scene.loop.state == .waiting(.paused, wakeAt: nil))
    }
  }

  @Test("a cancel that an operator took back by resuming is not finished")
  func resumed() async throws {
    try await EngineScene.with(ScriptedAgents.unerring()) { scene in
      try await scene.watch()
      try await scene.forge.addLabel("looper:plan", to: 1, in: EngineScene.repository, as: "alice")
      try await scene.rounds { $0.pullNumber != nil && $0.state != .running }
      let id = try await scene.loop.id
      try await scene.store.fence(id, for: .cancel, at: scene.time.now)
      try await scene.store.unfence(id, at: scene.time.now)
      try await scene.restarted().rounds { $0.phase == .ready }
    }
  }
}
