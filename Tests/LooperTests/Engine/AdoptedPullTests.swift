import Testing

@testable import Looper

@Suite("a pull request can be the subject: adopted to ready, or only reviewed")
struct AdoptedPullTests {
  private static let repository = ForgeScene.repository

  private static func agents() -> ScriptedAgents {
    ScriptedAgents([
      .reviewer: [AgentScript.changes("list.txt", line: 2), AgentScript.clean],
      .fixer: [AgentScript.fix("list.txt", ForgeScene.list(changing: 3))],
    ])
  }

  @Test("looper:adopt reviews, fixes on the pull request's own branch, and rests at ready")
  func adopted() async throws {
    try await EngineScene.with(Self.agents()) { scene in
      try await scene.watch()
      let number = try await scene.forgeScene.openPull()
      try await scene.forge.addLabel("looper:adopt", to: number, in: Self.repository, as: "alice")
      let loop = try await scene.rounds { $0.phase == .ready }
      #expect(loop.subject == .pull(number))
      #expect(scene.agents.started.map(\.role) == [.reviewer, .fixer, .reviewer])
      let seen = try await scene.poller.forge.observe(loop.project, issue: nil, pull: number)
      #expect(seen.pull?.headRef == "feature")
      #expect(seen.pull?.headSHA == loop.pushedSHA)
      #expect(seen.pull?.threads.map(\.isResolved) == [true])
    }
  }

  @Test("looper:review gives one review and never pushes")
  func reviewed() async throws {
    try await EngineScene.with(Self.agents()) { scene in
      try await scene.watch()
      let number = try await scene.forgeScene.openPull()
      try await scene.forge.addLabel("looper:review", to: number, in: Self.repository, as: "alice")
      let loop = try await scene.rounds { $0.state.isDone }
      #expect(loop.state == .done(.reviewed))
      #expect(loop.pushedSHA == nil)
      for _ in 0..<5 { try await scene.round() }
      #expect(scene.agents.started.map(\.role) == [.reviewer])
      let seen = try await scene.poller.forge.observe(loop.project, issue: nil, pull: number)
      #expect(seen.pull?.threads.count == 1)
    }
  }
}
