import Testing

@testable import Looper

@Suite("people are in charge at any moment")
struct HumanControlTests {
  private static let repository = ForgeScene.repository

  /// mallory, who may not write, sets the label on an issue that is watched.
  private func labelWithoutAuthority(_ scene: EngineScene) async throws {
    try await scene.watch()
    try await scene.forge.setPermission(.triage, of: "mallory", in: Self.repository)
    // Only a writer can make a label; once it is there, triage is enough to set it.
    try await scene.forge.addLabel("looper:plan", to: 1, in: Self.repository, as: "alice")
    try await scene.forge.removeLabel("looper:plan", from: 1, in: Self.repository, as: "alice")
    try await scene.forge.addLabel("looper:plan", to: 1, in: Self.repository, as: "mallory")
  }

  @Test("a label set by somebody without write access starts nothing; the same label by a writer does")
  func authority() async throws {
    try await EngineScene.with(ScriptedAgents.unerring()) { scene in
      try await labelWithoutAuthority(scene)
      for _ in 0..<10 { try await scene.round() }
      #expect(try await scene.store.liveLoops().isEmpty)
      try await scene.forge.removeLabel("looper:plan", from: 1, in: Self.repository, as: "alice")
      try await scene.forge.addLabel("looper:plan", to: 1, in: Self.repository, as: "alice")
      try await scene.rounds { $0.phase == .ready }
    }
  }

  @Test("who may not write may later: the label counts then without another word")
  func authorityGivenLater() async throws {
    try await EngineScene.with(ScriptedAgents.unerring()) { scene in
      try await labelWithoutAuthority(scene)
      try await scene.rounds(5)
      #expect(try await scene.store.liveLoops().isEmpty)
      try await scene.forge.setPermission(.write, of: "mallory", in: Self.repository)
      try await scene.round(GitHubPoller.refusalKept)
      try await scene.rounds { $0.phase == .ready }
    }
  }

  @Test("whom GitHub does not tell about is asked about again, but not at every sweep")
  func authorityUnknown() async throws {
    try await EngineScene.with(ScriptedAgents.unerring()) { scene in
      try await scene.watch()
      await scene.forge.inject(.status(403), matching: .init(path: "/permission"), times: 1_000)
      try await scene.forge.addLabel("looper:plan", to: 1, in: Self.repository, as: "alice")
      try await scene.rounds(10)
      #expect(await scene.forge.requestLog.count { $0.operation?.hasPrefix("Observe") == true } == 2)
      #expect(try await scene.store.liveLoops().isEmpty)
      await scene.forge.clearFaults()
      try await scene.round(GitHubPoller.refusalKept)
      try await scene.rounds { $0.phase == .ready }
    }
  }

  @Test("a hold label stops everything at once, and taking it away lets it go on to the same end")
  func hold() async throws {
    try await EngineScene.with(ScriptedAgents.unerring()) { scene in
      try await scene.watch()
      try await scene.forge.addLabel("looper:plan", to: 1, in: Self.repository, as: "alice")
      try await scene.rounds { $0.phase == .specReview }
      try await scene.forge.addLabel("looper:hold", to: 1, in: Self.repository, as: "alice")
      try await scene.rounds { $0.state == .waiting(.hold, wakeAt: nil) }
      let before = await scene.forge.mutationCount
      for _ in 0..<20 { try await scene.round() }
      #expect(await scene.forge.mutationCount == before)
      try await scene.forge.removeLabel("looper:hold", from: 1, in: Self.repository, as: "alice")
      try await scene.rounds { $0.phase == .ready }
    }
  }

  @Test("taking the label away before anything is published takes the request back")
  func withdrawn() async throws {
    try await EngineScene.with(ScriptedAgents.unerring(), settle: { $0.limits.runs = 0 }) { scene in
      try await scene.watch()
      try await scene.forge.addLabel("looper:plan", to: 1, in: Self.repository, as: "alice")
      try await scene.rounds { $0.state == .queued }
      try await scene.forge.removeLabel("looper:plan", from: 1, in: Self.repository, as: "alice")
      let loop = try await scene.rounds { $0.state.isDone }
      #expect(loop.state == .done(.cancelled))
    }
  }

  @Test("a label that is taken away before the next write keeps that write back, and ends the loop")
  func withdrawnBeforePush() async throws {
    let agents = ScriptedAgents.unerring()
    // Nobody looks again by itself: the write's own look must see it.
    try await EngineScene.with(agents, settle: { $0.pollInterval = .seconds(3600) }) { scene in
      agents.set(
        .planner,
        [
          { assignment in
            try await scene.forge.removeLabel("looper:plan", from: 1, in: Self.repository, as: "alice")
            return try await AgentScript.plan(assignment)
          }
        ])
      try await scene.watch()
      try await scene.forge.addLabel("looper:plan", to: 1, in: Self.repository, as: "alice")
      try await scene.rounds { _ in agents.started.count == 1 }
      try await scene.rounds(20)
      let loop = try await scene.rounds { $0.state == .running }
      let effects = try await scene.store.effects(ofLoop: loop.id, limit: 9)
      #expect(effects.first { $0.write.kind == "push-branch" }?.state == .pending)
      await scene.poller.sweepSoon()
      let ended = try await scene.rounds { $0.state.isDone }
      #expect(ended.state == .done(.cancelled))
      try await scene.rounds(5)
      let branches = await scene.forge.snapshot().repository(named: Self.repository)?.branches.keys.sorted()
      #expect(branches == ["main"])
    }
  }

  @Test(
    "taking looper:adopt or looper:review away ends the loop", arguments: ["looper:adopt", "looper:review"])
  func pullWithdrawn(label: String) async throws {
    try await EngineScene.with(ScriptedAgents.unerring(), settle: { $0.limits.runs = 0 }) { scene in
      try await scene.watch()
      let number = try await scene.forgeScene.openPull()
      try await scene.forge.addLabel(label, to: number, in: Self.repository, as: "alice")
      try await scene.rounds { $0.state == .queued }
      try await scene.forge.removeLabel(label, from: number, in: Self.repository, as: "alice")
      let loop = try await scene.rounds { $0.state.isDone }
      #expect(loop.state == .done(.cancelled))
    }
  }

  @Test("a new name of a label in the configuration takes no request back; the label that asked still does")
  func renamedLabels() async throws {
    try await EngineScene.with(ScriptedAgents.unerring(), settle: { $0.limits.runs = 0 }) { scene in
      try await scene.watch()
      try await scene.forge.addLabel("looper:plan", to: 1, in: Self.repository, as: "alice")
      let loop = try await scene.rounds { $0.state == .queued }
      var settings = scene.settings.current
      settings.policy.labels.plan = "bot:plan"
      settings.policy.labels.implement = "bot:implement"
      scene.settings.replace(with: settings)
      try await scene.store.touch(loop.id)
      try await scene.rounds(5)
      #expect(try await scene.loop.state == .queued)
      try await scene.forge.removeLabel("looper:plan", from: 1, in: Self.repository, as: "alice")
      try await scene.rounds { $0.state == .done(.cancelled) }
    }
  }

  @Test("closing the issue ends the loop; nothing more is written but the acknowledgement")
  func closed() async throws {
    try await EngineScene.with(ScriptedAgents.unerring()) { scene in
      try await scene.watch()
      try await scene.forge.addLabel("looper:plan", to: 1, in: Self.repository, as: "alice")
      try await scene.rounds { $0.phase == .specReview }
      try await scene.forge.close(1, in: Self.repository, as: "alice")
      let loop = try await scene.rounds { $0.state.isDone }
      #expect(loop.state == .done(.closed))
      for _ in 0..<5 { try await scene.round() }
      #expect(try await scene.store.sendableEffects(at: scene.time.now, limit: 10).isEmpty)
      #expect(try await scene.store.worktree(of: loop.id)?.state == "removed")
    }
  }

  @Test("an ended loop is not started again by the label that is still there, only by setting it anew")
  func relabelled() async throws {
    try await EngineScene.with(ScriptedAgents.unerring()) { scene in
      try await scene.watch()
      try await scene.forge.addLabel("looper:plan", to: 1, in: Self.repository, as: "alice")
      let first = try await scene.rounds { $0.state == .running }
      try await scene.store.requestStop(
        of: try #require(try await scene.store.liveRuns().first).id, reason: "test")
      try await scene.round()
      try await scene.store.cancelLoop(first.id, policy: FlowPolicy(), at: scene.time.now)
      for _ in 0..<5 { try await scene.round() }
      #expect(try await scene.store.liveLoops().isEmpty)
      try await scene.forge.removeLabel("looper:plan", from: 1, in: Self.repository, as: "alice")
      try await scene.round()
      try await scene.forge.addLabel("looper:plan", to: 1, in: Self.repository, as: "alice")
      let second = try await scene.rounds { $0.phase == .specReview }
      #expect(second.id != first.id)
    }
  }

  private static func asking(_ question: QuestionReport) -> ScriptedAgents {
    ScriptedAgents([
      .planner: [{ _ in .reported(.question(question)) }, AgentScript.plan], .reviewer: [AgentScript.clean],
      .worker: [AgentScript.work()],
    ])
  }

  @Test("a question is one comment; the reply of a writer goes on with the answer in the prompt")
  func question() async throws {
    let question = QuestionReport(
      text: "Tabs or spaces?", options: ["tabs", "spaces"], defaultOption: nil, deadlineMinutes: nil)
    try await EngineScene.with(Self.asking(question)) { scene in
      try await scene.watch()
      try await scene.forge.addLabel("looper:plan", to: 1, in: Self.repository, as: "alice")
      let asked = try await scene.rounds { $0.state == .blocked(.question) }
      _ = try await scene.forge.comment("whatever", on: 1, in: Self.repository, as: "mallory")
      for _ in 0..<5 { try await scene.round() }
      #expect(try await scene.store.loop(asked.id)?.state == .blocked(.question))
      _ = try await scene.forge.comment("spaces, please", on: 1, in: Self.repository, as: "alice")
      try await scene.rounds { $0.phase == .ready }
      let planners = scene.agents.started.filter { $0.role == .planner }
      #expect(planners.count == 2)
      #expect(planners.last?.context["answers"]?[0]?["answer"] == "spaces, please")
      let seen = try await scene.poller.forge.observe(asked.project, issue: 1, pull: nil)
      #expect(seen.issue?.comments.count { $0.body.contains("Tabs or spaces?") } == 1)
      #expect(seen.issue?.labels.has("looper:needs-human") == false)
    }
  }

  @Test("at its deadline a question is answered by its default, and only by that")
  func deadline() async throws {
    let question = QuestionReport(text: "Tabs?", options: [], defaultOption: "spaces", deadlineMinutes: 1)
    try await EngineScene.with(Self.asking(question)) { scene in
      try await scene.watch()
      try await scene.forge.addLabel("looper:plan", to: 1, in: Self.repository, as: "alice")
      try await scene.rounds { if case .waiting(.answer, _) = $0.state { true } else { false } }
      try await scene.rounds(3)
      let seen = try await scene.poller.forge.observe(
        try #require(ProjectName(Self.repository)), issue: 1, pull: nil)
      let status = seen.issue?.comments.map(\.body).first { $0.contains("| state |") }
      #expect(status?.contains("answer") == true)
      try await scene.rounds { $0.phase == .ready }
      let planners = scene.agents.started.filter { $0.role == .planner }
      #expect(planners.last?.context["answers"]?[0]?["by"] == "deadline")
    }
  }

  @Test("a loop that was taken over is left alone until it is handed back")
  func takeover() async throws {
    try await EngineScene.with(ScriptedAgents.unerring()) { scene in
      try await scene.watch()
      try await scene.forge.addLabel("looper:plan", to: 1, in: Self.repository, as: "alice")
      let loop = try await scene.rounds { $0.phase == .specReview && $0.state != .running }
      try await scene.store.setTakenOver(true, loop.id, at: scene.time.now)
      let before = await scene.forge.mutationCount
      let sessions = scene.agents.started.count
      for _ in 0..<20 { try await scene.round() }
      #expect(await scene.forge.mutationCount == before)
      #expect(scene.agents.started.count == sessions)
      #expect(try await scene.store.loop(loop.id)?.state == .waiting(.takeover, wakeAt: nil))
      try await scene.store.setTakenOver(false, loop.id, at: scene.time.now)
      try await scene.rounds { $0.phase == .ready }
    }
  }
}
