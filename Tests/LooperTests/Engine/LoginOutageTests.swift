import Testing

@testable import Looper

@Suite("a gh that is logged out, or not there for a moment, is an outage: it costs nothing and passes")
struct LoginOutageTests {
  private static let loggedOut = Failure(.needsHuman, "gh is not logged in: run `gh auth login`")

  private static func agents() -> ScriptedAgents {
    ScriptedAgents([.worker: [AgentScript.work()], .reviewer: [AgentScript.clean]])
  }

  @Test("a write that finds no login waits, and is sent when it is back")
  func write() async throws {
    try await EngineScene.with(Self.agents()) { plain in
      let (scene, forge) = await plain.filtered(everywhere: true)
      try await scene.watch()
      forge.refuseWrites(Self.loggedOut)
      try await scene.forge.addLabel("looper:implement", to: 1, in: EngineScene.repository, as: "alice")
      try await scene.rounds { _ in scene.health["github.com", .write].failures > 0 }
      try await scene.rounds(30)
      let loop = try await scene.loop
      #expect(loop.state == .running)
      let effects = try await scene.store.effects(ofLoop: loop.id, limit: 50)
      #expect(effects.contains { $0.state == .pending && $0.failure?.message == Self.loggedOut.message })
      #expect(effects.allSatisfy { $0.state != .refused })
      #expect(scene.health["github.com", .write].isAvailable == false)
      forge.refuseWrites(nil)
      try await scene.rounds { $0.phase == .ready }
    }
  }

  @Test("a run that finds no login fails without an attempt, blocks nothing, and is done again")
  func run() async throws {
    let settle: (inout EngineSettings) -> Void = {
      $0.limits.runs = 0
      $0.pollInterval = .seconds(3600)
    }
    try await EngineScene.with(Self.agents(), settle: settle) { plain in
      let (scene, forge) = await plain.filtered(everywhere: true)
      try await scene.watch()
      try await scene.forge.addLabel("looper:implement", to: 1, in: EngineScene.repository, as: "alice")
      try await scene.rounds { $0.state == .queued }
      forge.refuse { _ in Self.loggedOut }
      var settings = scene.settings.current
      settings.limits.runs = 1
      scene.settings.replace(with: settings)
      try await scene.rounds { $0.counters.infrastructureFailures == 1 }
      let loop = try await scene.loop
      #expect(loop.counters.agentFailures == 0)
      #expect(try await scene.store.facts(of: loop.id)?.stop == nil)
      forge.refuse { _ in nil }
      await scene.poller.sweepSoon()
      try await scene.rounds { $0.phase == .codeReview }
      #expect(scene.agents.started.map(\.role).first == .worker)
    }
  }
}
