import Testing

@testable import Looper

@Suite("a command that meets a shutdown, another command or a claim loses nothing that was asked for")
struct CrossedCommandTests {
  @Test("a cancel that our own shutdown cuts off is finished by the next daemon")
  func cutOffCancel() async throws {
    try await OpsScene.with { scene in
      let (loop, _) = try await scene.startWork()
      scene.settling.enter { Self.cancelCurrentTask() }
      async let cancelling = scene.refusal { () throws(LooperError) in
        _ = try await scene.operations.control(loop, .cancel)
      }
      #expect(await cancelling?.code == .timeout)
      _ = try await scene.store.recover(at: scene.time.now)
      #expect(try await scene.store.facts(of: loop)?.isCancelDue == true)
    }
  }

  private static func cancelCurrentTask() {
    withUnsafeCurrentTask { task in
      if let task { task.cancel() }
    }
  }

  @Test("a pause that is given while a takeover waits for the agent holds after the handback")
  func pausedMeanwhile() async throws {
    try await OpsScene.with { scene in
      let (loop, _) = try await scene.startWork()
      scene.settling.enter {
        do {
          _ = try await scene.operations.control(loop, .pause)
        } catch {
          Issue.record("\(error)")
        }
      }
      #expect(try await scene.operations.control(loop, .takeover).reason == "takeover")
      try await scene.store.setTakenOver(false, loop, at: scene.time.now)
      #expect(try await scene.store.facts(of: loop)?.isPaused == true)
    }
  }

  @Test("a pause that is given while a takeover fails holds", arguments: [false, true])
  func pausedBeforeFailure(isPaused: Bool) async throws {
    try await OpsScene.with { scene in
      let loop = try await scene.startLoop()
      try await scene.store.fence(loop, for: .takeover, at: scene.time.now)
      if isPaused { try await scene.store.pause(loop, saying: "paused", at: scene.time.now) }
      try await scene.store.releaseTakeover(of: loop, saying: "goes on", at: scene.time.now)
      #expect(try await scene.store.facts(of: loop)?.isPaused == isPaused)
    }
  }

  @Test("a pause that is taken back while a takeover waits is gone after the handback")
  func resumedMeanwhile() async throws {
    try await OpsScene.with { scene in
      let loop = try await scene.startLoop()
      try await scene.store.pause(loop, saying: "paused", at: scene.time.now)
      try await scene.store.fence(loop, for: .takeover, at: scene.time.now)
      try await scene.store.unfence(loop, at: scene.time.now)
      try await scene.store.setTakenOver(true, loop, at: scene.time.now)
      try await scene.store.setTakenOver(false, loop, at: scene.time.now)
      #expect(try await scene.store.facts(of: loop)?.isPaused == false)
    }
  }

  @Test("retrying a cancelled run lets its loop go on and clears what it counted, as one")
  func retryRun() async throws {
    try await OpsScene.with { scene in
      let (loop, run) = try await scene.startWork()
      let atWork = await scene.refusal { () throws(LooperError) in
        _ = try await scene.operations.retryRun(run)
      }
      #expect(
        atWork == LooperError(.conflict, "R1 is still at work; stop it first: looper run cancel R1"))
      _ = try await scene.operations.cancelRun(run)
      try await scene.store.stop(loop, .init(reason: .permanent, message: "broken"))
      let before = try await scene.store.lastEventSequence()
      let view = try await scene.operations.retryRun(run)
      #expect(view.reason == "observation")
      let facts = try #require(try await scene.store.facts(of: loop))
      #expect(!facts.isPaused)
      #expect(facts.stop == nil)
      let told = try await scene.store.events(after: before, limit: 10).map(\.message)
      #expect(told == ["resumed", "retried by the operator"])
    }
  }

  @Test("retrying a run is refused while another one of its loop is at work, and clears nothing")
  func retryBesideRun() async throws {
    try await OpsScene.with { scene in
      let (loop, run) = try await scene.startWork()
      _ = try await scene.operations.cancelRun(run)
      await scene.resumeAndStart(loop)
      try await scene.store.stop(loop, .init(reason: .permanent, message: "broken"))
      let refusal = await scene.refusal { () throws(LooperError) in
        _ = try await scene.operations.retryRun(run)
      }
      #expect(
        refusal == LooperError(.conflict, "L1 is at work; stop its run first: looper pause L1"))
      #expect(try await scene.store.facts(of: loop)?.stop?.message == "broken")
    }
  }
}
