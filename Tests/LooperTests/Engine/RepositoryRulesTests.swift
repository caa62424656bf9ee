import Foundation
import Testing

@testable import Looper

@Suite("What a repository says of itself holds, or a person is asked")
struct RepositoryRulesTests {
  /// The configuration's way of reading the file, as the daemon has it.
  private static func settle(_ settings: inout EngineSettings) {
    settings.rules = EngineSettings(Configuration()).rules
  }

  private func commit(_ text: String, _ scene: EngineScene) async throws {
    try await scene.forgeScene.push([".looper/looper.toml": text], to: "main")
  }

  @Test("a mistake in it starts no agent and tells a person the line; mended, the loop goes on")
  func mistake() async throws {
    let agents = ScriptedAgents([
      .worker: [AgentScript.work("fix.txt", "right\n")], .reviewer: [AgentScript.clean],
    ])
    try await EngineScene.with(agents, settle: Self.settle) { scene in
      try await scene.watch()
      try await commit("[paths]\nprotcted = [\"list.txt\"]\n", scene)
      try await scene.forge.addLabel("looper:implement", to: 1, in: ForgeScene.repository, as: "alice")
      let loop = try await scene.rounds { $0.state == .blocked(.needsHuman) }
      #expect(agents.started.count == 0)
      let stop = try await scene.store.facts(of: loop.id)?.stop
      #expect(
        stop?.message
          == ".looper/looper.toml:2: paths.protcted: unknown key; the nearest known one is paths.protected; "
          + "mend it on the default branch, then retry")
      try await commit("[paths]\nprotected = [\"list.txt\"]\n", scene)
      try await scene.store.retry(loop.id, at: scene.time.now)
      try await scene.rounds { $0.phase == .ready }
      #expect(try await scene.store.facts(of: loop.id)?.protectedPaths == ["list.txt"])
    }
  }

  @Test("the pull request shows what was run on its newest commit, also after a fix")
  func shown() async throws {
    let agents = ScriptedAgents([
      .worker: [AgentScript.work("list.txt", ForgeScene.list(changing: 2))],
      .reviewer: [AgentScript.changes("list.txt", line: 2), AgentScript.clean],
      .fixer: [AgentScript.fix("list.txt", ForgeScene.list(changing: 3))],
    ])
    try await EngineScene.with(agents, settle: Self.settle) { scene in
      try await scene.watch()
      try await commit("[validation]\ncommands = [\"true\"]\n", scene)
      try await scene.forge.addLabel("looper:implement", to: 1, in: ForgeScene.repository, as: "alice")
      let opened = try await scene.rounds { $0.pullNumber != nil }
      let number = try #require(opened.pullNumber)
      let first = try await scene.head(of: number).short
      let begun = try await scene.body(of: number)
      #expect(begun.contains("| `true` | 0 | \(first) |"))
      try await scene.rounds { $0.phase == .ready }
      let last = try await scene.head(of: number).short
      #expect(last != first)
      let body = try await scene.body(of: number)
      #expect(body.contains("| `true` | 0 | \(last) |"))
      #expect(!body.contains(first))
      #expect(body.contains("Closes #1"))
    }
  }

  @Test("its time limit for a validation command counts in place of the operator's")
  func timeout() async throws {
    let agents = ScriptedAgents([.worker: [AgentScript.work("fix.txt", "right\n")]])
    try await EngineScene.with(agents, settle: Self.settle) { scene in
      try await scene.watch()
      try await commit("[validation]\ncommands = [\"sleep 600\"]\ntimeout-secs = 1\n", scene)
      try await scene.forge.addLabel("looper:implement", to: 1, in: ForgeScene.repository, as: "alice")
      let loop = try await scene.rounds { $0.state.code == "queued" && agents.started.count == 1 }
      let runs = try await scene.store.runs(ofLoop: loop.id, state: nil, before: .max, limit: 5)
      #expect(
        runs.first?.state.message == "validation failed: `sleep 600` did not end in time\nno end in time")
    }
  }
}
