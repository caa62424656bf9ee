import Testing

@testable import Looper

@Suite("a labelled issue becomes a pull request that is ready to merge")
struct WholeLoopTests {
  private static let spec = "specs/1-it-is-broken/spec.md"

  private static var agents: ScriptedAgents {
    ScriptedAgents([
      .planner: [AgentScript.plan],
      .reviewer: [AgentScript.changes(spec, line: 3), AgentScript.clean, AgentScript.clean],
      .fixer: [AgentScript.fix(spec, "# Spec\n\nline two, with more\n\nAC1 it works\n")],
      .worker: [AgentScript.work()],
    ])
  }

  @Test("spec, review with a finding, fix, clean, implementation, review, ready, merged")
  func wholePath() async throws {
    let repository = ForgeScene.repository
    try await EngineScene.with(Self.agents) { scene in
      try await scene.watch()
      try await scene.forge.addLabel("looper:plan", to: 1, in: repository, as: "alice")
      let ready = try await scene.rounds { $0.phase == .ready && $0.state == .waiting(.merge, wakeAt: nil) }
      let pull = try #require(ready.pullNumber)
      let runs = try await scene.store.runs(ofLoop: ready.id, state: nil, before: .max, limit: 50)
      #expect(
        runs.reversed().map(\.job.code) == [
          "plan", "review-spec", "fix-spec-findings", "review-spec", "implement", "review-code",
        ])
      #expect(runs.allSatisfy { $0.state.code == "succeeded" })
      let seen = try await scene.poller.forge.observe(ready.project, issue: 1, pull: pull)
      #expect(seen.pull?.title == "It is broken")
      #expect(seen.pull?.body.contains("Closes #1") == true)
      #expect(seen.pull?.labels.map(\.name) == [])
      #expect(seen.pull?.threads.map(\.isResolved) == [true])
      #expect(seen.pull?.threads.first?.comments.count == 2)
      // A reply in a thread makes a review of its own on GitHub; ours are told by their marker.
      let reviews = seen.pull?.reviews.filter {
        WriteMarker.key(in: $0.body, by: $0.author.login, viewer: seen.viewer) != nil
      }
      #expect(reviews?.count == 3)
      #expect(seen.issue?.comments.count == 1)

      try await scene.forge.merge(pull, in: repository, as: "alice")
      let done = try await scene.rounds { $0.state.isDone }
      #expect(done.state == .done(.merged))
      try await scene.round()
      #expect(try await scene.store.worktree(of: done.id)?.state == "removed")
    }
  }
}
