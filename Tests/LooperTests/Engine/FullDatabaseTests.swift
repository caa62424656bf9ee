import Logging
import Synchronization
import Testing

@testable import Looper

@Suite("lesson 52: a disk that is full for a minute loses nothing, repeats nothing and costs no attempt")
struct FullDatabaseTests {
  private static let minute: Duration = .seconds(60)
  /// Far more than an agent's beginning takes.
  private static let roundsMax = 200

  /// What an agent does first, set when there is a scene.
  private final class Beginning: Sendable {
    private let state = Mutex<(@Sendable () async throws -> Void)?>(nil)
    func set(_ body: @escaping @Sendable () async throws -> Void) { state.withLock { $0 = body } }
    func callAsFunction() async throws { try await state.withLock { $0 }?() }
  }

  private static func sessions(_ beginning: Beginning = Beginning()) -> ScriptedSessions {
    let work: ScriptedAgents.Script = { assignment in
      try await beginning()
      return try await AgentScript.work()(assignment)
    }
    return ScriptedSessions(ScriptedAgents([.worker: [work], .reviewer: [AgentScript.clean]]))
  }

  private func label(_ scene: EngineScene) async throws {
    try await scene.watch()
    try await scene.forge.addLabel("looper:implement", to: 1, in: EngineScene.repository, as: "alice")
  }

  /// Lives until there is room again.
  ///
  /// - Returns: how often a part had no room.
  private func endure(_ scene: EngineScene, _ disk: FullDatabase) async throws -> Int {
    var refusals = 0
    while disk.isFull { refusals += try await scene.enduringRound() }
    try await disk.makeRoom()
    return refusals
  }

  /// Everything is there once, every session is paid once, and nothing is held against anybody.
  private func expectNothingLostOrRepeated(
    _ scene: EngineScene, _ sessions: ScriptedSessions, _ disk: FullDatabase
  ) async throws {
    let loop = try await scene.rounds { $0.phase == .ready }
    #expect(loop.counters.agentFailures == 0)
    #expect(loop.counters.infrastructureFailures == 0)
    #expect(sessions.started.map(\.role) == [.worker, .reviewer])
    let runs = try await scene.store.runs(ofLoop: loop.id, state: nil, before: .max, limit: 50)
    #expect(
      runs.reversed().map { "\($0.job.code) \($0.state.code)" } == [
        "implement succeeded", "review-code succeeded",
      ])
    let ledger = try await scene.store.usage(by: "total", since: Timestamp(milliseconds: 0))
    #expect(ledger.map(\.usage) == [Usage(inputTokens: 20, outputTokens: 2, costUSD: 0.02)])
    let seen = try await scene.poller.forge.observe(loop.project, issue: 1, pull: loop.pullNumber)
    #expect(seen.pull?.reviews.count == 1)
    #expect(seen.pull?.headSHA == loop.pushedSHA)
    #expect(seen.issue?.comments.count == 1)
    #expect(await scene.forge.snapshot().issues.rows.count(where: \.isPull) == 1)
    #expect(try await disk.check() == "ok")
  }

  @Test(
    "an agent is at work, and its end comes when nothing can be written",
    arguments: FullDatabase.Kind.allCases)
  func sessionEnds(kind: FullDatabase.Kind) async throws {
    let beginning = Beginning()
    let sessions = Self.sessions(beginning)
    try await EngineScene.with(sessions: sessions) { scene in
      let disk = FullDatabase(of: scene, kind)
      beginning.set { try await disk.fill(for: Self.minute) }
      try await label(scene)
      for _ in 0..<Self.roundsMax where !disk.wasFilled { _ = try await scene.enduringRound() }
      try #require(disk.wasFilled)
      let before = await scene.forge.mutationCount
      let refusals = try await endure(scene, disk)
      #expect(sessions.started.map(\.role) == [.worker])
      if kind == .commits {
        #expect(refusals >= 29)
        #expect(await scene.forge.mutationCount == before)
        #expect(try await scene.store.liveRuns().map(\.job.code) == ["implement"])
      }
      try await expectNothingLostOrRepeated(scene, sessions, disk)
    }
  }

  @Test("it begins at any moment from the label on", arguments: FullDatabase.Kind.allCases, [0, 2, 5, 7, 9])
  func anyMoment(kind: FullDatabase.Kind, round: Int) async throws {
    let sessions = Self.sessions()
    try await EngineScene.with(sessions: sessions) { scene in
      let disk = FullDatabase(of: scene, kind)
      try await label(scene)
      try await scene.rounds(round)
      try await disk.fill(for: Self.minute)
      let refusals = try await endure(scene, disk)
      // SQLite writes what still fits, so that with pages alone some goes on.
      #expect(kind == .commits ? refusals >= 29 : refusals > 0)
      try await expectNothingLostOrRepeated(scene, sessions, disk)
    }
  }

  @Test("a daemon that dies meanwhile takes up what its agent did")
  func crash() async throws {
    let beginning = Beginning()
    let sessions = Self.sessions(beginning)
    try await EngineScene.with(sessions: sessions) { scene in
      let disk = FullDatabase(of: scene, .commits)
      beginning.set { try await disk.fill(for: Self.minute) }
      try await label(scene)
      for _ in 0..<Self.roundsMax where !disk.wasFilled { _ = try await scene.enduringRound() }
      try #require(disk.wasFilled)
      _ = try await endure(scene, disk)
      let next = try await scene.restarted()
      try await expectNothingLostOrRepeated(next, sessions, disk)
    }
  }

  @Test("a run's own runner brings it over the minute")
  func runner() async throws {
    let beginning = Beginning()
    let sessions = Self.sessions(beginning)
    try await EngineScene.with(sessions: sessions) { scene in
      let disk = FullDatabase(of: scene, .commits)
      try await label(scene)
      var live: [Run] = []
      for _ in 0..<Self.roundsMax where live.isEmpty {
        scene.forgeScene.clock.advance(by: .seconds(2))
        scene.time.advance(by: .seconds(2))
        try await scene.poller.tick(at: scene.time.now)
        try await scene.scheduler.tick(at: scene.time.now)
        live = try await scene.store.liveRuns()
      }
      let run = try #require(live.first?.id)
      let started = Mutex<[Timestamp]>([])
      beginning.set { started.withLock { $0.append(scene.time.now) } }
      let end = scene.time.now + Self.minute
      try await disk.fill(for: Self.minute)
      let effects = scene.store.changes(in: ["effect"])
      // The clock moves by the runner's sleeps alone.
      await withTaskGroup(of: Void.self) { group in
        group.addTask { await scene.runner.run(run) }
        group.addTask { for await _ in effects { break } }
        await group.next()
        group.cancelAll()
      }
      #expect(started.withLock { $0 } == [end])
      try await expectNothingLostOrRepeated(scene, sessions, disk)
    }
  }
}
