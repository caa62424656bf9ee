import Foundation
import GRDB
import Testing

@testable import Looper

@Suite("faults of GitHub and crashes of the daemon change nothing about the end")
struct FaultTests {
  private static let spec = "specs/1-it-is-broken/spec.md"

  private static func agents() -> ScriptedAgents {
    ScriptedAgents([
      .planner: [AgentScript.plan],
      .reviewer: [AgentScript.changes(spec, line: 3), AgentScript.clean],
      .fixer: [AgentScript.fix(spec, "# Spec\n\nline two, with more\n\nAC1 it works\n")],
      .worker: [AgentScript.work()],
    ])
  }

  /// One of everything, whatever happened on the way.
  private func expectOneOfEach(_ scene: EngineScene, _ loop: Loop) async throws {
    let seen = try await scene.poller.forge.observe(loop.project, issue: 1, pull: loop.pullNumber)
    let pull = try #require(seen.pull)
    #expect(seen.issue?.comments.count == 1)
    #expect(pull.threads.map(\.isResolved) == [true])
    #expect(pull.threads.first?.comments.count == 2)
    let reviews = pull.reviews.filter {
      WriteMarker.key(in: $0.body, by: $0.author.login, viewer: seen.viewer) != nil
    }
    #expect(reviews.count == 3)
    let state = await scene.forge.snapshot()
    let pulls = state.issues.rows.filter(\.isPull)
    #expect(pulls.count == 1)
    #expect(try await scene.store.liveRuns().isEmpty)
  }

  @Test("every object dropped after every round: the same end, each agent paid once")
  func crashesEverywhere() async throws {
    try await EngineScene.with(Self.agents()) { first in
      try await first.watch()
      try await first.forge.addLabel("looper:plan", to: 1, in: ForgeScene.repository, as: "alice")
      var scene = first
      var loop: Loop?
      for _ in 0..<400 {
        try await scene.round()
        scene = try await scene.restarted()
        loop = try await scene.store.loops(state: nil, project: nil, before: .max, limit: 1).first
        if loop?.phase == .ready { break }
      }
      #expect(loop?.phase == .ready)
      try await expectOneOfEach(scene, try #require(loop))
      #expect(
        first.agents.started.map(\.role) == [.planner, .reviewer, .fixer, .reviewer, .worker, .reviewer])
    }
  }

  @Test(
    "a write whose answer is lost is recognised, not repeated",
    arguments: ["/pulls", "/comments", "/reviews", "/labels", "/statuses", "/graphql"])
  func lostAnswers(path: String) async throws {
    try await EngineScene.with(Self.agents()) { scene in
      try await scene.watch()
      try await scene.forge.addLabel("looper:plan", to: 1, in: ForgeScene.repository, as: "alice")
      await scene.forge.inject(.lostAfter, matching: .init(method: "POST", path: path), times: 4)
      let loop = try await scene.rounds { $0.phase == .ready }
      try await expectOneOfEach(scene, loop)
      let runs = try await scene.store.runs(ofLoop: loop.id, state: nil, before: .max, limit: 50)
      #expect(loop.counters.agentFailures == 0)
      #expect(runs.count { $0.state.code == "succeeded" } == 6)
    }
  }

  @Test(
    "an outage uses no attempt, starts no agent and heals itself",
    arguments: [
      ForgeFault.status(500), .htmlPage(502), .unauthorized, .secondaryLimit(retryAfter: 60), .truncatedBody,
      .lostBefore,
    ])
  func outage(_ fault: ForgeFault) async throws {
    try await EngineScene.with(Self.agents()) { scene in
      try await scene.watch()
      try await scene.forge.addLabel("looper:plan", to: 1, in: ForgeScene.repository, as: "alice")
      try await scene.rounds { $0.phase == .specReview }
      await scene.forge.inject(fault, times: 100_000)
      let before = scene.agents.started.count
      for _ in 0..<60 { try await scene.round() }
      #expect(scene.agents.started.count - before <= 1)
      await scene.forge.clearFaults()
      let loop = try await scene.rounds(until: { $0.phase == .ready }, most: 900)
      #expect(loop.counters.agentFailures == 0)
      try await expectOneOfEach(scene, loop)
    }
  }

  @Test("a write whose proof could not be stored is recognised afterwards, without a restart")
  func proofNotStored() async throws {
    try await EngineScene.with(Self.agents()) { scene in
      try await scene.watch()
      try await scene.forge.addLabel("looper:plan", to: 1, in: ForgeScene.repository, as: "alice")
      let trigger = """
        CREATE TRIGGER full BEFORE UPDATE ON effect WHEN NEW.state = 'done'
        BEGIN SELECT RAISE(ABORT, 'disk full'); END
        """
      for _ in 0..<3 {
        try await scene.store.database.write { try $0.execute(sql: trigger) }
        var refusals = 0
        for _ in 0..<12 where refusals < 2 {
          do { try await scene.round() } catch is DatabaseError { refusals += 1 }
        }
        try await scene.store.database.write { try $0.execute(sql: "DROP TRIGGER full") }
        for _ in 0..<6 { try await scene.round() }
      }
      try await expectOneOfEach(scene, try await scene.rounds { $0.phase == .ready })
    }
  }

  /// What was spent so far.
  private struct Spending {
    var runs: Int
    var sessions: Int
    var worktrees: Int
    var notices: Int
    var comments: [Int]

    init(_ scene: EngineScene) async throws {
      runs = try await scene.store.runs(ofLoop: nil, state: nil, before: .max, limit: 1000).count
      sessions = scene.agents.started.count
      worktrees = try await scene.workspaces.worktrees().count
      notices = try await scene.store.events(after: 0, limit: 10_000).count { $0.kind == .forgeUnavailable }
      comments = try await scene.commentCounts()
    }
  }

  @Test(
    "lesson 35: 42 minutes without GitHub cost at most 4 starts, 1 worktree and 1 notice, and heal by themselves",
    arguments: [Phase.plan, .specReview, .work])
  func longOutage(phase: Phase) async throws {
    try await EngineScene.with(Self.agents(), settle: { $0.pollInterval = .seconds(30) }) { scene in
      try await scene.watch()
      try await scene.forge.addLabel("looper:plan", to: 1, in: ForgeScene.repository, as: "alice")
      try await scene.rounds { $0.phase == phase }
      let before = try await Spending(scene)
      await scene.forge.inject(.status(503), times: 1_000_000)
      for _ in 0..<(42 * 2) { try await scene.round(.seconds(30)) }
      let after = try await Spending(scene)
      #expect(after.runs - before.runs <= 4)
      #expect(after.sessions - before.sessions <= 1)
      #expect(after.worktrees - before.worktrees <= 1)
      #expect(after.worktrees <= 1)
      #expect(after.notices - before.notices == 1)
      #expect(after.comments == before.comments)
      await scene.forge.clearFaults()
      let loop = try await scene.rounds(until: { $0.phase == .ready }, most: 900)
      #expect(loop.counters.agentFailures == 0)
      #expect(try await Spending(scene).notices == after.notices)
      try await expectOneOfEach(scene, loop)
    }
  }

  @Test(
    "both clocks eight hours on while an agent works: nothing is lost and nobody is started twice"
  )
  func asleep() async throws {
    let agents = ScriptedAgents([
      .reviewer: [AgentScript.clean], .worker: [AgentScript.work()],
    ])
    try await EngineScene.with(agents) { scene in
      agents.set(
        .planner,
        [
          { assignment in
            scene.time.advance(by: .seconds(8 * 3600))
            scene.forgeScene.clock.advance(by: .seconds(8 * 3600))
            return try await AgentScript.plan(assignment)
          }
        ])
      try await scene.watch()
      try await scene.forge.addLabel("looper:plan", to: 1, in: ForgeScene.repository, as: "alice")
      let loop = try await scene.rounds(until: { $0.phase == .ready }, most: 900)
      #expect(loop.counters.agentFailures == 0)
      #expect(agents.started.map(\.role) == [.planner, .reviewer, .worker, .reviewer])
    }
  }
}
