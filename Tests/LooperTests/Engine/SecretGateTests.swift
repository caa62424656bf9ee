import Testing

@testable import Looper

@Suite("a secret is never published: the write is withheld once, with everything that follows it")
struct SecretGateTests {
  private static let token = ["ghp", "_", "aB3dE5gH7jK9mN1pQ2sT4vW6xY8zA0cD5fG7"].joined()

  private func blocked(_ scene: EngineScene) async throws -> Loop {
    try await scene.watch()
    try await scene.forge.addLabel("looper:plan", to: 1, in: ForgeScene.repository, as: "alice")
    let loop = try await scene.rounds { $0.state == .blocked(.publishRefused) }
    for _ in 0..<10 { try await scene.round() }
    return loop
  }

  @Test("a token in the spec is not pushed, no pull request is opened, a person is told once")
  func leakedInSpec() async throws {
    let plan: ScriptedAgents.Script = { assignment in
      try AgentScript.write("specs/1-it-is-broken/spec.md", "# Spec\n\nuse \(Self.token)\n", in: assignment)
      return .reported(.plan(PlanReport(summary: "planned", specPath: nil)))
    }
    try await EngineScene.with(ScriptedAgents([.planner: [plan]])) { scene in
      let loop = try await blocked(scene)
      #expect(scene.agents.started.count == 1)
      let branches = try await scene.forgeScene.git.branches(of: scene.forgeScene.barePath)
      #expect(Array(branches.keys) == ["main"])
      let effects = try await scene.store.effects(ofLoop: loop.id, limit: 50).filter { $0.runID != nil }
      #expect(effects.first?.state == .refused)
      #expect(effects.dropFirst().allSatisfy { $0.state == .cancelled })
      let said = "withheld: it contains what looks like a GitHub token in specs/1-it-is-broken/spec.md"
      #expect(effects.first?.failure == Failure(.needsHuman, said))
      #expect(try await scene.store.facts(of: loop.id)?.stop?.message == said)
      let seen = try await scene.poller.forge.observe(loop.project, issue: 1, pull: nil)
      #expect(seen.issue?.comments.count == 1)
      #expect(seen.issue?.comments.first?.body.contains(Self.token) == false)
      #expect(seen.issue?.labels.map(\.name).sorted() == ["looper:needs-human", "looper:plan"])
      let events = try await scene.store.events(after: 0, limit: 1000)
      #expect(events.allSatisfy { !$0.message.contains(Self.token) })
      #expect(events.count { $0.kind == .effectRefused } == 1)
    }
  }

  @Test("a token in a review stays here; what the review stands for does not happen either")
  func leakedInReview() async throws {
    let review: ScriptedAgents.Script = { _ in
      .reported(
        .review(ReviewReport(verdict: .clean, summary: "found \(Self.token)", findings: [], criteria: [])))
    }
    try await EngineScene.with(ScriptedAgents([.planner: [AgentScript.plan], .reviewer: [review]])) { scene in
      let loop = try await blocked(scene)
      let seen = try await scene.poller.forge.observe(loop.project, issue: 1, pull: loop.pullNumber)
      #expect(seen.pull?.reviews.isEmpty == true)
      #expect(seen.pull?.labels.map(\.name).contains("looper:spec-reviewing") == true)
      #expect(seen.issue?.comments.allSatisfy { !$0.body.contains(Self.token) } == true)
      #expect(scene.agents.started.map(\.role) == [.planner, .reviewer])
    }
  }
}
