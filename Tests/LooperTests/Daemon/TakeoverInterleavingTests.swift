import Testing

@testable import Looper

@Suite("takeover against claim, clean-up, publish and shutdown: the tree stays intact and has one owner")
struct TakeoverInterleavingTests {
  /// What an operator and the daemon do, in any order.
  private enum Act: CaseIterable {
    case schedule, send, reap, wait, takeOver, handBack, close
  }

  /// What must hold between a reported takeover and the handback.
  private struct Watch {
    var sends = 0
    var isTaken = false
  }

  @Test("1,000 seeded interleavings", arguments: [0, 1, 2, 3, 4, 5, 6, 7])
  func interleavings(part: UInt64) async throws {
    var takeovers = 0
    for seed in 0..<125 {
      let seed = part * 1000 + UInt64(seed)
      var scene = try TakeoverScene(seed: seed)
      var watch = Watch()
      scene.show(isOpen: true)
      _ = try await scene.watchProject()
      let view = try await scene.operations.start(StartRequest(url: "acme/tool#12", noPlan: true))
      let loop = try #require(Loop.ID(handle: view.id))
      for life in 0..<2 {
        takeovers += try await live(scene, loop, &watch, seed)
        #expect(scene.tree.violations.isEmpty, "seed \(seed), life \(life)")
        #expect(try await scene.store.liveRuns().count <= 1, "seed \(seed)")
        let next = try TakeoverScene(seed: seed + 500, after: scene)
        next.show(isOpen: true)
        let recovery = Recovery(
          store: next.store, sessions: ScriptedSessions(ScriptedAgents()), time: next.time,
          log: TakeoverScene.log)
        for run in try await recovery.run() {
          await next.pool.submit(run)
        }
        scene = next
      }
      if watch.isTaken { scene.tree.giveBack() }
      #expect(scene.tree.violations.isEmpty, "seed \(seed)")
    }
    // Otherwise nothing was tried.
    #expect(takeovers > 20)
  }

  /// A daemon's life of a few acts, ended like a shutdown: everything is cancelled wherever it is.
  private func live(_ scene: TakeoverScene, _ loop: Loop.ID, _ watch: inout Watch, _ seed: UInt64)
    async throws
    -> Int
  {
    var copy = watch
    let takeovers = try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { await scene.pool.run() }
      var takeovers = 0
      for _ in 0..<14 {
        let act = Act.allCases[scene.tree.roll(Act.allCases.count)]
        if act == .takeOver, !copy.isTaken, try await takeOver(scene, loop) {
          takeovers += 1
          copy.isTaken = true
          copy.sends = try await scene.sends(of: loop)
        } else if act == .handBack, copy.isTaken {
          #expect(try await scene.sends(of: loop) == copy.sends, "seed \(seed): sent while a person has it")
          scene.tree.giveBack()
          copy.isTaken = false
          _ = try? await scene.operations.control(loop, .handback)
        } else {
          try await perform(act, scene, loop)
        }
        await scene.tree.pause()
        scene.time.advance(by: .seconds(20))
      }
      group.cancelAll()
      return takeovers
    }
    watch = copy
    return takeovers
  }

  private func takeOver(_ scene: TakeoverScene, _ loop: Loop.ID) async throws -> Bool {
    do {
      _ = try await scene.operations.control(loop, .takeover)
    } catch {
      // Nothing to take yet, or it has ended.
      return false
    }
    scene.tree.take()
    return true
  }

  private func perform(_ act: Act, _ scene: TakeoverScene, _ loop: Loop.ID) async throws {
    switch act {
    case .schedule: try await scene.scheduler.tick(at: scene.time.now)
    case .send: try await scene.dispatcher.tick(at: scene.time.now)
    case .reap: try await scene.reaper.tick(at: scene.time.now)
    case .close:
      guard scene.tree.roll(6) == 0 else { return }
      scene.show(isOpen: false)
      let seen = try await scene.forge.observe(scene.project, issue: 12, pull: nil)
      try await scene.store.recordObservation(seen, of: loop, issue: nil, pull: nil, at: scene.time.now)
    case .wait, .takeOver, .handBack: await scene.tree.pause()
    }
  }
}
