import Testing

@testable import Looper

@Suite("what a person is asked has an exit, and waits are measured from what is waited for")
struct BlockExitTests {
  private static let repository = EngineScene.repository
  private static let hours3: Duration = .seconds(3 * 3600)

  private static let human: ScriptedAgents.Script = { _ in
    .reported(
      .review(ReviewReport(verdict: .human, summary: "I cannot read it", findings: [], criteria: [])))
  }

  private func isReady(_ loop: Loop) -> Bool { loop.state == .waiting(.merge, wakeAt: nil) }

  private func isWaitingForChecks(_ loop: Loop) -> Bool {
    if case .waiting(.checks, _) = loop.state { true } else { false }
  }

  @Test("a retry after a review that left it to a person has the head reviewed again")
  func retryOfHuman() async throws {
    let agents = ScriptedAgents([.reviewer: [Self.human, AgentScript.clean]])
    try await EngineScene.with(agents) { scene in
      _ = try await scene.adoptPull()
      let loop = try await scene.rounds { $0.state == .blocked(.needsHuman) }
      try await scene.rounds(5)
      #expect(agents.started.count == 1)
      try await scene.store.retry(loop.id, at: scene.time.now)
      try await scene.rounds(until: isReady)
      #expect(agents.started.map(\.role) == [.reviewer, .reviewer])
    }
  }

  @Test("a retry shortens a delay that lies hours ahead")
  func retryOfDelay() async throws {
    let until = ForgeScene.startedAt + Self.hours3
    let limited: ScriptedAgents.Script = { _ in throw Failure(.rateLimited(until: until), "not now") }
    let agents = ScriptedAgents([.reviewer: [limited, AgentScript.clean]])
    try await EngineScene.with(agents) { scene in
      _ = try await scene.adoptPull()
      let loop = try await scene.rounds { $0.state == .queued && $0.counters.infrastructureFailures == 1 }
      try await scene.rounds(5)
      #expect(agents.started.count == 1)
      try await scene.store.retry(loop.id, at: scene.time.now)
      try await scene.rounds(until: isReady, most: 60)
      #expect(scene.time.now < until)
    }
  }

  @Test("a loop that ends just after it went on still takes the label away that asked for a person")
  func endAfterBlock() async throws {
    let agents = ScriptedAgents([.reviewer: [Self.human]])
    try await EngineScene.with(agents) { scene in
      let number = try await scene.adoptPull()
      let loop = try await scene.rounds { $0.state == .blocked(.needsHuman) }
      try await scene.rounds(3)
      try await scene.store.retry(loop.id, at: scene.time.now)
      try await scene.scheduler.tick(at: scene.time.now)
      for run in try await scene.store.liveRuns() {
        try await scene.store.requestStop(of: run.id, reason: "cancelled by the operator")
        await scene.runner.settle(run.id)
      }
      try await scene.store.cancelLoop(loop.id, policy: FlowPolicy(), at: scene.time.now)
      try await scene.rounds(5)
      let seen = try await scene.poller.forge.observe(loop.project, issue: nil, pull: number)
      #expect(seen.pull?.labels.map(\.name) == ["looper:adopt"])
    }
  }

  @Test("a spec that was left to a person is reviewed again after a retry as well")
  func retryOfHumanSpec() async throws {
    let agents = ScriptedAgents([
      .planner: [AgentScript.plan], .reviewer: [Self.human, AgentScript.clean],
      .worker: [AgentScript.work()],
    ])
    try await EngineScene.with(agents) { scene in
      try await scene.watch()
      try await scene.forge.addLabel("looper:plan", to: 1, in: Self.repository, as: "alice")
      let loop = try await scene.rounds { $0.state == .blocked(.needsHuman) }
      #expect(loop.phase == .specReview)
      try await scene.store.retry(loop.id, at: scene.time.now)
      try await scene.rounds(until: isReady)
    }
  }

  @Test("a review that leaves it to a person closes no finding and resolves no thread")
  func humanSettlesNothing() async throws {
    let agents = ScriptedAgents([
      .reviewer: [AgentScript.changes("list.txt", line: 2), Self.human],
      .fixer: [AgentScript.fix("", "", .declined)],
    ])
    try await EngineScene.with(agents) { scene in
      let number = try await scene.adoptPull()
      let loop = try await scene.rounds { $0.state == .blocked(.needsHuman) }
      try await scene.rounds(3)
      let findings = try #require(try await scene.store.facts(of: loop.id)).findings
      #expect(findings.map(\.state) == [.declined])
      #expect(findings.map(\.isSettled) == [false])
      let seen = try await scene.poller.forge.observe(loop.project, issue: nil, pull: number)
      #expect(seen.pull?.threads.map(\.isResolved) == [false])
    }
  }

  @Test("a retry after checks did not come waits for them anew, as long as the first time")
  func retryOfMissingChecks() async throws {
    let agents = ScriptedAgents([.reviewer: [AgentScript.clean]])
    try await EngineScene.with(agents, settle: { $0.policy.checksWait = .seconds(30) }) { scene in
      try await scene.forge.configure(Self.repository) {
        $0.protections["main"] = ForgeProtection(requiredChecks: [.init(name: "gate")])
      }
      let number = try await scene.adoptPull()
      let loop = try await scene.rounds { $0.state == .blocked(.checksMissing) }
      let retriedAt = scene.time.now
      try await scene.store.retry(loop.id, at: retriedAt)
      let waiting = try await scene.rounds(until: isWaitingForChecks)
      #expect(waiting.state == .waiting(.checks, wakeAt: retriedAt + .seconds(30)))
      try await scene.check(.success, of: "gate", on: try await scene.head(of: number))
      try await scene.rounds(until: isReady)
    }
  }

  @Test("checks of a head that a person pushed hours after our last write are given their whole time")
  func latePush() async throws {
    let agents = ScriptedAgents([.reviewer: [AgentScript.clean]])
    try await EngineScene.with(agents, settle: { $0.policy.quietPeriod = .seconds(60) }) { scene in
      _ = try await scene.adoptPull()
      try await scene.rounds(until: isReady)
      try await scene.round(Self.hours3)
      let head = try await scene.forgeScene.push(["more.txt": "x\n"], to: "feature", from: "feature")
      let id = try await scene.forge.reportCheck(
        .init(name: "test", status: .inProgress), on: head, in: Self.repository)
      // The head is still for a minute before it is judged at all.
      try await scene.rounds { if case .waiting(.quietPeriod, _) = $0.state { true } else { false } }
      let waiting = try await scene.rounds(until: isWaitingForChecks)
      let facts = try #require(try await scene.store.facts(of: waiting.id))
      #expect(waiting.state == .waiting(.checks, wakeAt: facts.headSince + .seconds(2 * 3600)))
      #expect(scene.time.now - facts.headSince < .seconds(120))
      try await scene.forge.reportCheck(
        .init(conclusion: .success), on: head, in: Self.repository, updating: id)
      try await scene.rounds(until: isReady)
    }
  }

  @Test("checks that somebody starts again hours later are given their whole time, and not more than once")
  func lateRerun() async throws {
    let agents = ScriptedAgents([.reviewer: [AgentScript.clean]])
    try await EngineScene.with(agents) { scene in
      let number = try await scene.adoptPull()
      let head = try await scene.head(of: number)
      let id = try await scene.check(.success, on: head)
      try await scene.rounds(until: isReady)
      try await scene.round(Self.hours3)
      try await scene.forge.reportCheck(
        .init(status: .inProgress), on: head, in: Self.repository, updating: id)
      let waiting = try await scene.rounds(until: isWaitingForChecks)
      let since = try #require(try await scene.store.facts(of: waiting.id)?.checksSince)
      #expect(waiting.state == .waiting(.checks, wakeAt: since + .seconds(2 * 3600)))
      #expect(scene.time.now - since < .seconds(60))
      try await scene.round(Self.hours3)
      try await scene.rounds { $0.state == .blocked(.checksMissing) }
    }
  }

  @Test("a head that is put back to what it was before our push is believed after a while")
  func putBack() async throws {
    let agents = ScriptedAgents([
      .reviewer: [AgentScript.changes("list.txt", line: 2), AgentScript.clean],
      .fixer: [AgentScript.fix("list.txt", ForgeScene.list(changing: 3))],
    ])
    try await EngineScene.with(agents) { scene in
      let number = try await scene.adoptPull()
      let before = try await scene.head(of: number)
      let ready = try await scene.rounds(until: isReady)
      #expect(ready.replacedSHA == before)
      let moved = await scene.forgeScene.repo(
        "PATCH", "/git/refs/heads/feature", ["sha": .string(before.rawValue), "force": true],
        token: "alice-token")
      #expect(moved.status == 200)
      try await scene.rounds { $0.state == .waiting(.observation, wakeAt: nil) }
      for _ in 0..<100 where agents.started.count < 4 { try await scene.round() }
      #expect(agents.started.map(\.role) == [.reviewer, .fixer, .reviewer, .reviewer])
      try await scene.rounds(until: isReady)
      #expect(try await scene.head(of: number) == before)
    }
  }

  @Test("a draft waits in every phase", arguments: ["looper:plan", "looper:implement"])
  func draft(label: String) async throws {
    let agents = ScriptedAgents.unerring()
    try await EngineScene.with(agents) { scene in
      try await scene.watch()
      try await scene.forge.addLabel(label, to: 1, in: Self.repository, as: "alice")
      let loop = try await scene.rounds { $0.pullNumber != nil }
      try await setDraft(true, try #require(loop.pullNumber), scene)
      try await scene.rounds { $0.state == .waiting(.draft, wakeAt: nil) }
      let started = agents.started.count
      try await scene.rounds(10)
      #expect(agents.started.count == started)
      try await setDraft(false, try #require(loop.pullNumber), scene)
      try await scene.rounds(until: isReady)
    }
  }

  private func setDraft(_ isDraft: Bool, _ number: Int, _ scene: EngineScene) async throws {
    try await scene.forge.perform(as: "alice") { session in
      let repository = try session.repository(Self.repository)
      _ = try session.setDraft(isDraft, of: try session.issue(number, in: repository))
    }
  }

  @Test(
    "a write that waits for a pause or a hold to end costs no look and no change of its row",
    arguments: [true, false])
  func fencedWriteRests(isPaused: Bool) async throws {
    let agents = ScriptedAgents([.reviewer: [Self.human]])
    try await EngineScene.with(agents) { scene in
      let number = try await scene.adoptPull()
      await scene.forge.inject(.status(502), matching: .init(method: "POST", path: "/labels"), times: 1)
      let loop = try await scene.rounds { $0.state == .blocked(.needsHuman) }
      if isPaused {
        try await scene.store.pause(loop.id, saying: "paused by the operator", at: scene.time.now)
      } else {
        try await scene.forge.addLabel("looper:hold", to: number, in: Self.repository, as: "alice")
      }
      try await scene.rounds(15)
      let before = try await rest(scene, loop)
      #expect(before.effects.contains { $0.write.kind == "add-label" && $0.state == .pending })
      try await scene.rounds(60)
      let after = try await rest(scene, loop)
      #expect(before.effects == after.effects)
      #expect(before.guards == after.guards)
      if isPaused {
        try await scene.store.unfence(loop.id, at: scene.time.now)
      } else {
        try await scene.forge.removeLabel("looper:hold", from: number, in: Self.repository, as: "alice")
      }
      try await scene.rounds { $0.state == .blocked(.needsHuman) }
      try await scene.rounds(5)
      let seen = try await scene.poller.forge.observe(loop.project, issue: nil, pull: number)
      #expect(seen.pull?.labels.map(\.name).sorted() == ["looper:adopt", "looper:needs-human"])
    }
  }

  private func rest(_ scene: EngineScene, _ loop: Loop) async throws -> (effects: [Effect], guards: Int) {
    let guards = await scene.forge.requestLog.count { $0.operation?.hasPrefix("Guard") == true }
    return (try await scene.store.effects(ofLoop: loop.id, limit: 50), guards)
  }
}
