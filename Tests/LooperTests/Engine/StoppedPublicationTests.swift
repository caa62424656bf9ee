import Testing

@testable import Looper

@Suite("what a run decided to publish is published once, whenever a person stops it")
struct StoppedPublicationTests {
  private static let repository = ForgeScene.repository
  private static let jobs: [Job] = [
    .plan, .reviewSpec, .implement, .reviewCode, .fixFindings(.codeReview),
  ]

  /// One finding in the code, fixed at once: every job has one run.
  private static func agents() -> ScriptedAgents {
    ScriptedAgents([
      .planner: [AgentScript.plan],
      .reviewer: [AgentScript.clean, AgentScript.changes("fix.txt", line: 1), AgentScript.clean],
      .worker: [AgentScript.work()], .fixer: [AgentScript.fix("fix.txt", "better\n")],
    ])
  }

  @Test("paused, and resumed later: no agent works twice, nothing is missing", arguments: jobs)
  func paused(job: Job) async throws {
    try await EngineScene.with(Self.agents()) { scene in
      let run = try await Self.decide(job, scene)
      try await Self.stop(run, scene)
      let before = await scene.forge.mutationCount
      for _ in 0..<20 { try await scene.round() }
      #expect(await scene.forge.mutationCount == before)
      #expect(try await scene.store.loop(run.loopID)?.state == .waiting(.paused, wakeAt: nil))
      try await scene.store.unfence(run.loopID, at: scene.time.now)
      try await Self.goOn(scene)
    }
  }

  @Test("stopped, and the daemon dies before it can say so", arguments: jobs)
  func killed(job: Job) async throws {
    try await EngineScene.with(Self.agents()) { scene in
      let run = try await Self.decide(job, scene)
      try await scene.store.fence(run.loopID, at: scene.time.now)
      try await scene.store.requestStop(of: run.id, reason: "paused by the operator")
      let next = try await scene.restarted()
      for _ in 0..<5 { try await next.round() }
      #expect(try await next.store.liveRuns().isEmpty)
      try await next.store.unfence(run.loopID, at: next.time.now)
      try await Self.goOn(next)
    }
  }

  @Test("a review that GitHub did not get is made again, and its round is given back")
  func overtakenReview() async throws {
    try await EngineScene.with(Self.agents()) { scene in
      let run = try await Self.decide(.reviewCode, scene)
      let loop = try #require(try await scene.store.loop(run.loopID))
      #expect(loop.counters.codeRounds == 1)
      try await Self.stop(run, scene)
      let pull = try #require(loop.pullNumber)
      let branch = try #require(loop.branch)
      _ = try await scene.forgeScene.push(["by-hand.txt": "by hand\n"], to: branch, from: branch)
      try await scene.store.unfence(loop.id, at: scene.time.now)
      try await scene.rounds { $0.phase == .codeReview && $0.counters.codeRounds == 0 }
      try await scene.rounds { $0.phase == .ready }
      let state = await scene.forge.snapshot()
      let repository = try #require(state.repository(named: Self.repository))
      let issue = try #require(state.issue(pull, in: repository.id))
      // The spec's, and the one of the head that is there.
      #expect(state.reviews(of: issue.id).count { !$0.body.isEmpty } == 2)
    }
  }

  @Test("work that a person's push overtook while it was paused is done again")
  func overtakenWork() async throws {
    try await EngineScene.with(Self.agents()) { scene in
      let run = try await Self.decide(.implement, scene)
      try await Self.stop(run, scene)
      let loop = try #require(try await scene.store.loop(run.loopID))
      let branch = try #require(loop.branch)
      _ = try await scene.forgeScene.push(["by-hand.txt": "by hand\n"], to: branch, from: branch)
      try await scene.store.unfence(loop.id, at: scene.time.now)
      // The commit that was not pushed counts as nobody's, so that only the person's is news.
      try await scene.rounds { $0.phase == .work && $0.pushedSHA == loop.replacedSHA }
      try await scene.rounds { $0.phase == .ready }
      #expect(scene.agents.started.count { $0.role == .worker } == 2)
    }
  }

  // MARK: steps

  /// Goes on until a run of this job has decided what to publish and nothing of it was sent.
  private static func decide(_ job: Job, _ scene: EngineScene) async throws -> Run {
    try await scene.watch()
    try await scene.forge.addLabel("looper:plan", to: 1, in: repository, as: "alice")
    for _ in 0..<400 {
      scene.forgeScene.clock.advance(by: .seconds(2))
      scene.time.advance(by: .seconds(2))
      try await scene.poller.tick(at: scene.time.now)
      try await scene.follower.tick(at: scene.time.now)
      try await scene.scheduler.tick(at: scene.time.now)
      for run in try await scene.store.liveRuns() {
        if try await scene.runner.advance(run.id) == .ended { await scene.runner.settle(run.id) }
        let results = try await scene.store.record(of: run.id)?.results ?? [:]
        if run.job == job, results.values.contains(.emitted) { return run }
      }
      try await scene.dispatcher.tick(at: scene.time.now)
    }
    throw LooperError(.timeout, "no run of \(job.code) came so far")
  }

  private static func stop(_ run: Run, _ scene: EngineScene) async throws {
    try await scene.store.fence(run.loopID, at: scene.time.now)
    try await scene.store.requestStop(of: run.id, reason: "paused by the operator")
    await scene.runner.settle(run.id)
    #expect(try await scene.store.run(run.id)?.state.isSuccess == true)
  }

  /// To the end: every job had one agent, and GitHub has each thing once.
  private static func goOn(_ scene: EngineScene) async throws {
    let loop = try await scene.rounds { $0.phase == .ready }
    let roles = scene.agents.started.map(\.role)
    #expect(roles == [.planner, .reviewer, .worker, .reviewer, .fixer, .reviewer])
    let state = await scene.forge.snapshot()
    let found = try #require(state.repository(named: repository))
    let number = try #require(loop.pullNumber)
    let pull = try #require(state.issue(number, in: found.id))
    #expect(state.issues.rows.count(where: \.isPull) == 1)
    #expect(state.reviews(of: pull.id).count { !$0.body.isEmpty } == 3)
    #expect(OncePerKey.twice(in: state, viewer: "looper") == nil)
  }
}
