import Testing

@testable import Looper

@Suite("a write is kept from happening twice within its loop, and never by another loop's")
struct EffectKeyTests {
  private static let repository = ForgeScene.repository

  private static let plan: ScriptedAgents.Script = { assignment in
    try AgentScript.write("specs/one/spec.md", "# Spec\n\nAC1 it works\n", in: assignment)
    return .reported(.plan(PlanReport(summary: "planned", specPath: "specs/one/spec.md")))
  }

  private func labels(_ scene: EngineScene, of number: Int) async throws -> [String] {
    let state = await scene.forge.snapshot()
    let repository = try #require(state.repository(named: Self.repository))
    return state.labels(of: try #require(state.issue(number, in: repository.id))).map(\.name).sorted()
  }

  /// Rounds until every live loop is as wanted, and its writes are sent.
  private func settle(_ scene: EngineScene, _ isReached: (Loop) -> Bool) async throws -> [Loop] {
    for _ in 0..<200 where try await !scene.store.liveLoops().allSatisfy(isReached) {
      try await scene.round()
    }
    try await scene.rounds(3)
    let loops = try await scene.store.liveLoops()
    let isSettled = loops.allSatisfy(isReached)
    #expect(isSettled, "\(loops.map(\.state))")
    return loops
  }

  /// What the coordinator wrote, under the keys that the loop gave it.
  private func ownKeys(_ scene: EngineScene, _ loop: Loop) async throws -> [String] {
    try await scene.store.effects(ofLoop: loop.id, limit: 100).filter { $0.runID == nil }
      .map { loop.draftKey(ofEffect: $0.key) }.filter { !$0.hasPrefix("status/") }
  }

  @Test("two loops of one project each get every label they ask for, and lose it when they go on")
  func twoLoops() async throws {
    let agents = ScriptedAgents([
      .planner: [Self.plan], .reviewer: [AgentScript.clean],
      .worker: [{ _ in .failed(Failure(.agent, "no idea")) }],
    ])
    try await EngineScene.with(agents) { scene in
      try await scene.watch()
      let second = try await scene.forge.createIssue(in: Self.repository, title: "Another", as: "alice")
      for number in [1, second] {
        try await scene.forge.addLabel("looper:plan", to: number, in: Self.repository, as: "alice")
      }
      try await scene.rounds(2)
      let blocked = try await settle(scene) { $0.state == .blocked(.agentFailures) }
      #expect(blocked.map(\.subject.number).sorted() == [1, second])
      for loop in blocked {
        let pull = try #require(loop.pullNumber)
        #expect(
          try await labels(scene, of: loop.subject.number) == ["looper:needs-human", "looper:plan"])
        #expect(try await labels(scene, of: pull) == ["looper:spec-ready"])
      }
      // The loops went the same way, so without their names in it their keys are the same.
      #expect(try await ownKeys(scene, blocked[0]) == ownKeys(scene, blocked[1]))

      agents.set(.worker, [AgentScript.work()])
      for loop in blocked { try await scene.store.retry(loop.id, at: scene.time.now) }
      let ready = try await settle(scene) { $0.state == .waiting(.merge, wakeAt: nil) }
      #expect(ready.map(\.id) == blocked.map(\.id))
      for loop in ready {
        #expect(try await labels(scene, of: loop.subject.number) == ["looper:plan"])
        #expect(try await labels(scene, of: try #require(loop.pullNumber)) == [])
      }
    }
  }

  @Test("an issue that is reopened and labelled again after its merge gets a pull request again")
  func reopened() async throws {
    let agents = ScriptedAgents([
      .worker: [AgentScript.work(), AgentScript.work("fix.txt", "mended for good\n")],
      .reviewer: [AgentScript.clean],
    ])
    try await EngineScene.with(agents) { scene in
      try await scene.watch()
      try await scene.forge.addLabel("looper:implement", to: 1, in: Self.repository, as: "alice")
      let first = try await scene.rounds { $0.state == .waiting(.merge, wakeAt: nil) }
      try await scene.forge.merge(try #require(first.pullNumber), in: Self.repository, as: "alice")
      try await scene.rounds { $0.state == .done(.merged) }
      let branch = try #require(first.branch)
      let deleted = await scene.forgeScene.repo(
        "DELETE", "/git/refs/heads/\(branch)", token: "alice-token")
      #expect(deleted.status == 204)
      try await scene.forge.reopen(1, in: Self.repository, as: "alice")
      try await scene.forge.removeLabel("looper:implement", from: 1, in: Self.repository, as: "alice")
      try await scene.round()
      try await scene.forge.addLabel("looper:implement", to: 1, in: Self.repository, as: "alice")
      let second = try await scene.rounds {
        $0.id != first.id && $0.state == .waiting(.merge, wakeAt: nil)
      }
      #expect(second.branch == "\(branch)-2")
      #expect(second.pullNumber != nil)
      #expect(second.pullNumber != first.pullNumber)
      // One status comment for the subject, whichever loop tells.
      let seen = try await scene.poller.forge.observe(second.project, issue: 1, pull: nil)
      #expect(seen.issue?.comments.count == 1)
    }
  }

  @Test("a key begins with repository, subject and loop, and older rows are read as well")
  func key() async throws {
    try await EngineScene.with { scene in
      try await scene.watch()
      try await scene.forge.addLabel("looper:implement", to: 1, in: Self.repository, as: "alice")
      let loop = try await scene.rounds { $0.state.code != "waiting" }
      #expect(loop.effectKey("open/it") == "github.com/acme/shop/issue-1/L1/open/it")
      #expect(loop.draftKey(ofEffect: loop.effectKey("open/it")) == "open/it")
      #expect(loop.draftKey(ofEffect: "github.com/acme/shop/pull-2/rerun/x") == "pull-2/rerun/x")
    }
  }
}
