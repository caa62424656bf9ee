import Synchronization
import Testing

@testable import Looper

@Suite("takeover against claim, clean-up, publish and shutdown: the tree stays intact and has one owner")
struct TakeoverInterleavingTests {
  private static let parts: UInt64 = 2
  private static let seeds: UInt64 = 500

  /// Whose way the takeover is to cross. An ended loop cannot be taken, so that its clean-up needs more tries.
  private static let rivals: [Contest.Rival] = [
    .claim, .cleanUp, .publish, .cleanUp, .shutdown, .cleanUp,
  ]

  /// What came of a seed.
  private struct Story: Sendable {
    var met: Set<Contest.Rival>
    var takeovers: Int
    var trace: UInt64
  }

  @Test("1,000 orders of tasks that run side by side", arguments: Array(0..<parts))
  func interleavings(part: UInt64) async throws {
    var stories: [Story] = []
    for seed in part * Self.seeds..<(part + 1) * Self.seeds { stories.append(try await play(seed)) }
    #expect(Set(stories.map(\.trace)).count == stories.count)
    #expect(stories.count { $0.takeovers > 0 } > stories.count / 2)
    // Each pair at least 50 times in all parts together.
    for rival in Contest.Rival.allCases {
      #expect(stories.count { $0.met.contains(rival) } >= 25, "\(rival)")
    }
  }

  private func play(_ seed: UInt64) async throws -> Story {
    let rival = Self.rivals[Int(seed) % Self.rivals.count]
    let scene = try TakeoverScene(seed: seed, rival)
    let loop = try #require(try await scene.startLoop())
    let executor = SeededExecutor(seed: seed)
    let takeovers = try await executor.run { await firstLife(scene, loop, rival) }
    try await expectOneOwner(scene, loop, seed)
    // The next daemon finds it as it was left, and a person's as a person's.
    let next = try TakeoverScene(seed: seed + 1000, rival, after: scene)
    try await executor.run { try await secondLife(next, loop) }
    try await expectOneOwner(next, loop, seed)
    if next.tree.isHumans { next.tree.giveBack() }
    #expect(executor.draws < SeededExecutor.piecesMax, "seed \(seed), \(rival): it does not end")
    #expect(scene.tree.violations.isEmpty, "seed \(seed), \(rival)")
    return Story(met: scene.contest.met, takeovers: takeovers ?? 0, trace: executor.trace)
  }

  private func expectOneOwner(_ scene: TakeoverScene, _ loop: Loop.ID, _ seed: UInt64) async throws {
    let breaches = try await scene.store.database.read { try StoredRule.breaches($0) }
    #expect(breaches.isEmpty, "seed \(seed)")
    guard scene.tree.isHumans else { return }
    #expect(try await scene.store.liveRuns().isEmpty, "seed \(seed)")
    #expect(try await scene.store.facts(of: loop)?.isTakenOver == true, "seed \(seed)")
  }

  /// A daemon, and an operator who takes the loop over while `rival` is at it.
  ///
  /// - Returns: how often that was reported as done.
  private func firstLife(_ scene: TakeoverScene, _ loop: Loop.ID, _ rival: Contest.Rival) async -> Int {
    let (stop, stopping) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    let takeovers = Mutex(0)
    let idle: @Sendable () async -> Void = {}
    let operate: @Sendable () async -> Void = {
      let count = await self.operate(scene, loop, rival, stopping)
      takeovers.withLock { $0 = count }
      stopping.finish()
    }
    // A command that is under way when the daemon stops is cut off with it, or is still answered.
    let isCutOff = scene.tree.roll(2) == 0
    await withDiscardingTaskGroup { group in
      group.addTask { await scene.serve(loop, until: stop, with: isCutOff ? operate : idle) }
      if !isCutOff { group.addTask { await operate() } }
    }
    return takeovers.withLock { $0 }
  }

  private func operate(
    _ scene: TakeoverScene, _ loop: Loop.ID, _ rival: Contest.Rival,
    _ stopping: AsyncStream<Void>.Continuation
  ) async -> Int {
    var takeovers = 0
    for isLast in scene.tree.roll(3) == 0 ? [false, true] : [true] {
      guard await approach(rival, scene, loop) else { break }
      async let stopped: Void = isLast && rival == .shutdown ? stop(stopping, scene) : ()
      await wait(scene.tree.roll(rival == .publish || rival == .cleanUp ? 60 : 20))
      let isTaken = await scene.takeOver(loop)
      await stopped
      guard isTaken else { continue }
      takeovers += 1
      await wait(scene.tree.roll(30))
      if isLast, scene.tree.roll(2) == 0 { break }
      await scene.handBack(loop)
    }
    return takeovers
  }

  private func stop(_ stopping: AsyncStream<Void>.Continuation, _ scene: TakeoverScene) async {
    await wait(scene.tree.roll(25))
    stopping.finish()
  }

  /// Waits until there is a tree to take and the rival is about to act.
  ///
  /// - Returns: false when the loop or the daemon has ended.
  private func approach(_ rival: Contest.Rival, _ scene: TakeoverScene, _ loop: Loop.ID) async -> Bool {
    for _ in 0..<40 {
      // Best effort: a stopped daemon answers nothing.
      guard let isNear = try? await isNear(rival, scene, loop) else { return false }
      if isNear { break }
      await wait(30)
    }
    if rival == .cleanUp { try? await scene.close(loop) }
    return true
  }

  /// - Returns: nil when the loop has ended.
  private func isNear(_ rival: Contest.Rival, _ scene: TakeoverScene, _ loop: Loop.ID) async throws -> Bool? {
    guard let state = try await scene.store.loop(loop)?.state, !state.isDone else { return nil }
    guard try await scene.store.worktree(of: loop)?.state == "present" else { return false }
    switch rival {
    case .claim: return state != .running
    case .cleanUp: return true
    case .publish: return try await !scene.store.sendableEffects(at: scene.time.now, limit: 1).isEmpty
    case .shutdown: return state == .running
    }
  }

  /// A daemon alone; in half of the cases what is a person's is given back to it.
  private func secondLife(_ scene: TakeoverScene, _ loop: Loop.ID) async throws {
    try await scene.recover()
    let (stop, stopping) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    await scene.serve(loop, until: stop) {
      await wait(25)
      if scene.tree.isHumans, scene.tree.roll(2) == 0 {
        await scene.handBack(loop)
        await wait(25)
      }
      stopping.finish()
    }
  }

  /// Lets others go first that many times.
  private func wait(_ times: Int) async {
    for _ in 0..<times { await Task.yield() }
  }
}
