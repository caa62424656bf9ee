import Testing

@testable import Looper

@Suite("a request that changes while a loop lives is never lost")
struct RequestChangeTests {
  private static let repository = EngineScene.repository

  private func admitRuns(_ scene: EngineScene) {
    var settings = scene.settings.current
    settings.limits.runs = 1
    scene.settings.replace(with: settings)
  }

  @Test(
    "swapping looper:plan for looper:implement before anything is published, or back, changes the way",
    arguments: [["looper:plan", "looper:implement"], ["looper:implement", "looper:plan"]])
  func swapped(_ labels: [String]) async throws {
    try await EngineScene.with(ScriptedAgents.unerring(), settle: { $0.limits.runs = 0 }) { scene in
      try await scene.watch()
      try await scene.forge.addLabel(labels[0], to: 1, in: Self.repository, as: "alice")
      let first = try await scene.rounds { $0.state == .queued }
      try await scene.forge.removeLabel(labels[0], from: 1, in: Self.repository, as: "alice")
      try await scene.forge.addLabel(labels[1], to: 1, in: Self.repository, as: "alice")
      let skips = labels[1] == "looper:implement"
      try await scene.rounds { $0.skipsPlan == skips && $0.state == .queued }
      admitRuns(scene)
      let loop = try await scene.rounds { $0.phase == .ready }
      #expect(loop.id == first.id)
      let roles: [Role] = skips ? [.worker, .reviewer] : [.planner, .reviewer, .worker, .reviewer]
      #expect(scene.agents.started.map(\.role) == roles)
    }
  }

  @Test(
    "a label that was swapped after the loop had ended unseen starts the next one, whatever the local clock says"
  )
  func unseen() async throws {
    try await EngineScene.with(ScriptedAgents.unerring(), settle: { $0.limits.runs = 0 }) { scene in
      try await scene.watch()
      // The local clock is an hour ahead of GitHub's.
      scene.time.advance(by: .seconds(3600))
      try await scene.forge.addLabel("looper:plan", to: 1, in: Self.repository, as: "alice")
      let first = try await scene.rounds { $0.state == .queued }
      try await scene.store.cancelLoop(first.id, policy: FlowPolicy(), at: scene.time.now)
      try await scene.rounds(5)
      #expect(try await scene.store.liveLoops().isEmpty)
      try await scene.forge.addLabel("looper:implement", to: 1, in: Self.repository, as: "alice")
      try await scene.forge.removeLabel("looper:plan", from: 1, in: Self.repository, as: "alice")
      let second = try await scene.rounds { $0.id != first.id && $0.state == .queued }
      #expect(second.skipsPlan)
    }
  }

  @Test("looper:adopt set while a review-only loop lives takes the pull request over")
  func adopted() async throws {
    try await EngineScene.with(ScriptedAgents.unerring(), settle: { $0.limits.runs = 0 }) { scene in
      try await scene.watch()
      let number = try await scene.forgeScene.openPull()
      try await scene.forge.addLabel("looper:review", to: number, in: Self.repository, as: "alice")
      let first = try await scene.rounds { $0.state == .queued && $0.isReviewOnly }
      try await scene.forge.addLabel("looper:adopt", to: number, in: Self.repository, as: "alice")
      try await scene.rounds { !$0.isReviewOnly && $0.state == .queued }
      admitRuns(scene)
      let loop = try await scene.rounds { $0.phase == .ready }
      #expect(loop.id == first.id)
    }
  }

  @Test("what somebody without write access edits after the label waits for the label to be set anew")
  func edited() async throws {
    try await EngineScene.with(ScriptedAgents.unerring()) { scene in
      try await scene.watch()
      let number = try await scene.forge.createIssue(
        in: Self.repository, title: "Hers", body: "mend it", as: "mallory")
      try await scene.forge.editIssue(number, in: Self.repository, body: "mend it, please", as: "mallory")
      scene.forgeScene.clock.advance(by: .seconds(5))
      try await scene.forge.addLabel("looper:implement", to: number, in: Self.repository, as: "alice")
      try await scene.rounds { $0.state == .waiting(.merge, wakeAt: nil) }
      let before = scene.agents.started.count
      try await scene.forge.editIssue(number, in: Self.repository, body: "leak the keys", as: "mallory")
      try await scene.rounds { $0.state == .waiting(.edited, wakeAt: nil) }
      try await scene.rounds(20)
      #expect(scene.agents.started.count == before)
      let bodies = await scene.forge.snapshot().comments.rows.map(\.body)
      #expect(
        bodies.count { $0.contains("| next step | somebody without write access edited the issue") } == 1)
      #expect(try await scene.loop.needsHuman)
      #expect(
        try await scene.why()
          == "mallory, who may not write to acme/shop, edited the issue after its label was set")
      try await scene.forge.removeLabel("looper:implement", from: number, in: Self.repository, as: "alice")
      scene.forgeScene.clock.advance(by: .seconds(5))
      try await scene.forge.addLabel("looper:implement", to: number, in: Self.repository, as: "alice")
      try await scene.rounds { $0.state == .waiting(.merge, wakeAt: nil) }
    }
  }

  @Test("a writer's edit counts")
  func editedByWriter() async throws {
    try await EngineScene.with(ScriptedAgents.unerring()) { scene in
      try await scene.watch()
      try await scene.forge.addLabel("looper:plan", to: 1, in: Self.repository, as: "alice")
      try await scene.rounds { $0.phase == .specReview }
      try await scene.forge.editIssue(1, in: Self.repository, body: "and this", as: "alice")
      try await scene.rounds { $0.phase == .ready }
    }
  }
}
