import Testing

@testable import Looper

@Suite("a subject's counters outlive runs, heads and daemons, and each counts one thing")
struct CounterTests {
  private static let outage: ScriptedAgents.Script = { _ in
    throw Failure(.transient, "the provider does not answer")
  }

  private static let failing: ScriptedAgents.Script = { _ in throw Failure(.agent, "the agent exited with 1")
  }

  private static let changes = AgentScript.changes("list.txt", line: 2)

  /// A review during which somebody pushes.
  private static func overtaken(_ scene: EngineScene) -> ScriptedAgents.Script {
    { assignment in
      let text = "\(scene.agents.started.count)\n"
      _ = try await scene.forgeScene.push(["more.txt": text], to: "feature", from: "feature")
      return try await AgentScript.clean(assignment)
    }
  }

  /// Rounds of half a minute, so that delays pass.
  private func rounds(_ scene: EngineScene, until isReached: (Loop) -> Bool) async throws -> Loop {
    for _ in 0..<200 {
      try await scene.round(.seconds(30))
      if let loop = try? await scene.loop, isReached(loop) { return loop }
    }
    Issue.record("not reached: \(try await scene.loop)")
    return try await scene.loop
  }

  private func runs(_ scene: EngineScene) async throws -> [String] {
    try await scene.store.runs(ofLoop: nil, state: nil, before: .max, limit: 99).reversed().map(\.state.code)
  }

  @Test("lesson 38: a head that moves once after nine failures of a provider restarts the review, no more")
  func outageThenMovedHead() async throws {
    let agents = ScriptedAgents()
    try await EngineScene.with(agents) { scene in
      agents.set(
        .reviewer,
        Array(repeating: Self.outage, count: 9) + [Self.overtaken(scene), AgentScript.clean])
      _ = try await scene.adoptPull()
      let loop = try await rounds(scene) { $0.phase == .ready || $0.state.code == "blocked" }
      #expect(loop.phase == .ready)
      #expect(loop.counters == LoopCounters())
      #expect(
        try await runs(scene)
          == Array(repeating: "failed", count: 9) + ["superseded", "succeeded"])
    }
  }

  @Test("lesson 36: ten runs in a row that a moving head overtook end with a person; a retry begins anew")
  func alwaysOvertaken() async throws {
    let agents = ScriptedAgents()
    try await EngineScene.with(agents) { scene in
      agents.set(.reviewer, [Self.overtaken(scene)])
      _ = try await scene.adoptPull()
      let loop = try await rounds(scene) { $0.state.code == "blocked" }
      #expect(loop.state == .blocked(.conflict))
      #expect(try await runs(scene) == Array(repeating: "superseded", count: 10))
      #expect(
        try #require(try await scene.store.facts(of: loop.id)).stop?.message
          == "superseded 10 times in a row: the head moved during the review")
      agents.set(.reviewer, [Self.overtaken(scene), AgentScript.clean])
      try await scene.store.retry(loop.id, at: scene.time.now)
      let ready = try await rounds(scene) { $0.phase == .ready || $0.state.code == "blocked" }
      #expect(ready.phase == .ready)
    }
  }

  @Test(
    "lesson 36: counters survive a new run, a new head and a restart; a retry or progress of their kind clears them"
  )
  func counters() async throws {
    let agents = ScriptedAgents([
      .reviewer: [Self.changes, Self.changes, AgentScript.clean],
      .fixer: [Self.failing],
    ])
    try await EngineScene.with(agents) { first in
      _ = try await first.adoptPull()
      // A new run.
      let twice = try await rounds(first) { $0.counters.agentFailures == 2 }
      #expect(twice.counters == LoopCounters(agentFailures: 2, codeRounds: 1))
      // A restart.
      let scene = try await first.restarted()
      #expect(try await scene.loop.counters == twice.counters)
      // A new head, which the reviewer reads: that is no progress of the fixer's.
      _ = try await scene.forgeScene.push(["more.txt": "x\n"], to: "feature", from: "feature")
      let reviewed = try await rounds(scene) { $0.counters.codeRounds == 2 }
      #expect(reviewed.counters == LoopCounters(agentFailures: 2, codeRounds: 2))
      let blocked = try await rounds(scene) { $0.state.code == "blocked" }
      #expect(blocked.state == .blocked(.agentFailures))
      #expect(agents.started.map(\.role) == [.reviewer, .fixer, .fixer, .reviewer, .fixer])
      // The operator.
      agents.set(.fixer, [Self.failing, AgentScript.fix("list.txt", ForgeScene.list(changing: 3))])
      try await scene.store.retry(blocked.id, at: scene.time.now)
      #expect(try await scene.loop.counters == LoopCounters())
      _ = try await rounds(scene) { $0.counters.agentFailures == 1 }
      // Progress of that kind.
      let fixed = try await rounds(scene) { $0.counters.agentFailures == 0 }
      #expect(agents.started.last?.role == .fixer)
      #expect(fixed.pushedSHA != nil)
      _ = try await rounds(scene) { $0.phase == .ready }
    }
  }

  @Test("lesson 36: a clean review is progress: what failed before it is over")
  func cleanReview() async throws {
    let agents = ScriptedAgents([.reviewer: [Self.changes, AgentScript.clean], .fixer: [Self.failing]])
    try await EngineScene.with(agents) { scene in
      _ = try await scene.adoptPull()
      _ = try await rounds(scene) { $0.counters.agentFailures == 2 }
      _ = try await scene.forgeScene.push(["more.txt": "x\n"], to: "feature", from: "feature")
      let ready = try await rounds(scene) { $0.phase == .ready || $0.state.code == "blocked" }
      #expect(ready.counters == LoopCounters())
    }
  }

  @Test("a look that a later one overtook is not stored over it, unless the later one's time has yet to come")
  func overtakenLook() async throws {
    try await EngineScene.with(ScriptedAgents([.reviewer: [AgentScript.clean]])) { scene in
      _ = try await scene.adoptPull()
      let loop = try await scene.rounds { $0.phase == .ready }
      let facts = try #require(try await scene.store.facts(of: loop.id))
      let (newer, at) = (try #require(facts.observation), try #require(facts.observedAt))
      var older = newer
      older.pull?.title = "An older title"
      func store(_ older: Observation, now: Timestamp) async throws -> LoopFacts? {
        try await scene.store.recordObservation(
          older, of: loop.id, issue: nil, pull: nil, at: at + .seconds(-5), storedAt: now)
        return try await scene.store.facts(of: loop.id)
      }
      let kept = try await store(older, now: at)
      #expect(kept?.observation == newer)
      #expect(kept?.observedAt == at)
      let replaced = try await store(older, now: at + .seconds(-1))
      #expect(replaced?.observation == older)
      #expect(replaced?.observedAt == at + .seconds(-5))
    }
  }
}
