import Testing

@testable import Looper

@Suite("a branch in the way of a loop's own stops it in words that tell which")
struct TakenBranchTests {
  private static let branch = FlowPolicy().branch(for: 1, title: "It is broken")

  @Test(
    "its own name, and one that leaves no room for it",
    arguments: [
      (
        branch, "the branch \(branch) exists already; delete or rename it, then retry: git push of ",
        "[rejected] (stale info)"
      ),
      (
        "looper", "git push of '\(branch)' was refused by the remote: ",
        "'refs/heads/looper' exists; cannot create 'refs/heads/\(branch)'"
      ),
    ])
  func taken(name: String, told: String, gitSaid: String) async throws {
    try await EngineScene.with(ScriptedAgents.unerring()) { scene in
      try await scene.watch()
      try await scene.forgeScene.push(["theirs.txt": "theirs\n"], to: name)
      try await scene.forge.addLabel("looper:plan", to: 1, in: ForgeScene.repository, as: "alice")
      let loop = try await scene.rounds { if case .blocked = $0.state { true } else { false } }
      let stop = try #require(try await scene.store.facts(of: loop.id)?.stop)
      #expect(stop.message.hasPrefix(told))
      #expect(stop.message.contains(gitSaid))
    }
  }
}
