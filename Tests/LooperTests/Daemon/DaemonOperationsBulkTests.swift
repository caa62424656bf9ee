import Testing

@testable import Looper

@Suite("a command on all loops has a result for each, and a pause of everything lasts until it is resumed")
struct DaemonOperationsBulkTests {
  @Test("pause --all stops the work, nothing new starts, also after a restart, and resume --all goes on")
  func paused() async throws {
    try await OpsScene.with { scene in
      let (busy, run) = try await scene.startWork()
      let other = try await scene.startLoop(13)
      let bulk = try await scene.operations.controlAll(.pause)
      #expect(
        bulk.items == [
          BulkItemView(loop: busy.handle, ok: true, error: nil),
          BulkItemView(loop: other.handle, ok: true, error: nil),
        ])
      #expect(try await scene.store.run(run)?.state.code == "cancelled")
      #expect(try await scene.operations.status().pausedSince == scene.time.now)
      #expect(bulk.changed == true)
      #expect(try await scene.operations.controlAll(.pause) == BulkView(items: [], changed: false))
      let late = try await scene.startLoop(14)
      try await scene.scheduler.tick(at: scene.time.now)
      #expect(try await scene.store.liveRuns().isEmpty)
      #expect(
        try await scene.operations.why(late).sentence.hasSuffix(
          "does not start, for everything is paused since \(WhyAnswer.clock(scene.time.now))"))
      _ = try await Recovery(
        store: scene.store, sessions: ScriptedSessions(ScriptedAgents()), time: scene.time,
        log: TakeoverScene.log
      ).run()
      try await scene.scheduler.tick(at: scene.time.now)
      #expect(try await scene.store.liveRuns().isEmpty)
      let resumed = try await scene.operations.controlAll(.resume)
      #expect(resumed.items.map(\.loop) == [busy.handle, other.handle])
      #expect(resumed.changed == true)
      #expect(try await scene.operations.controlAll(.resume) == BulkView(items: [], changed: false))
      #expect(try await scene.operations.status().pausedSince == nil)
      try await scene.scheduler.tick(at: scene.time.now)
      #expect(try await scene.store.liveRuns().isEmpty == false)
    }
  }

  /// Two loops: one is paused by itself, then everything is.
  private func pauseApart(_ scene: OpsScene) async throws -> (mine: Loop.ID, other: Loop.ID) {
    let mine = try await scene.startLoop()
    let other = try await scene.startLoop(13)
    _ = try await scene.operations.control(mine, .pause)
    _ = try await scene.operations.controlAll(.pause)
    return (mine, other)
  }

  @Test("the end of a pause of everything leaves paused what was paused by itself, and a retry is refused")
  func pausedApart() async throws {
    try await OpsScene.with { scene in
      let (mine, other) = try await pauseApart(scene)
      #expect(try await scene.operations.controlAll(.resume).items.map(\.loop) == [other.handle])
      let refusal = await scene.refusal { () throws(LooperError) in
        _ = try await scene.operations.control(mine, .retry)
      }
      #expect(refusal == LooperError(.conflict, "L1 is paused; let it go on first: looper resume L1"))
      #expect(try await scene.store.facts(of: mine)?.isPaused == true)
      #expect(try await scene.operations.controlAll(.resume).items.map(\.loop) == [mine.handle])
      #expect(try await scene.store.facts(of: mine)?.isPaused == false)
    }
  }

  @Test("what is a person's while everything is paused goes on with the rest", arguments: [true, false])
  func takenOverBetween(isPausedFirst: Bool) async throws {
    try await OpsScene.with { scene in
      let loop = try await scene.startLoop()
      if isPausedFirst { _ = try await scene.operations.controlAll(.pause) }
      try await scene.store.fence(loop, for: .takeover, at: scene.time.now)
      try await scene.store.setTakenOver(true, loop, at: scene.time.now)
      if !isPausedFirst { _ = try await scene.operations.controlAll(.pause) }
      try await scene.store.setTakenOver(false, loop, at: scene.time.now)
      #expect(try await scene.store.facts(of: loop)?.isPaused == true)
      #expect(try await scene.operations.controlAll(.resume).items.map(\.loop) == [loop.handle])
      #expect(try await scene.store.facts(of: loop)?.isPaused == false)
    }
  }

  @Test("an end of the pause that a crash cut off is gone on with, and nothing else")
  func cutOffResume() async throws {
    try await OpsScene.with { scene in
      let (mine, other) = try await pauseApart(scene)
      _ = try await scene.store.setAllPaused(false, at: scene.time.now)
      #expect(try await scene.operations.controlAll(.resume).items.map(\.loop) == [other.handle])
      #expect(try await scene.store.facts(of: mine)?.isPaused == true)
    }
  }

  @Test("more loops than one page holds are reached, and each has its result")
  func many() async throws {
    try await OpsScene.with { scene in
      let project = try #require(try await scene.store.projects().first)
      for number in 1...250 {
        let draft = LoopDraft(
          projectID: project.id, subject: .issue(number), title: "", lane: .manual, skipsPlan: true)
        _ = try await scene.store.startLoop(draft, at: scene.time.now)
      }
      #expect(try await scene.operations.controlAll(.pause).items.count == 250)
      #expect(try await scene.operations.controlAll(.retry).items == [])
      #expect(try await scene.operations.controlAll(.cancel).items.count { $0.ok } == 250)
      #expect(try await scene.store.liveLoops().isEmpty)
    }
  }
}
