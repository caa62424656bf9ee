import Foundation
import Testing

@testable import Looper

@Suite("other people's pull requests: reviewed when asked, drafts left alone, forks never pushed to")
struct OtherPeoplesPullTests {
  private static let repository = ForgeScene.repository

  private static func agents() -> ScriptedAgents {
    ScriptedAgents([
      .reviewer: [AgentScript.changes("list.txt", line: 2), AgentScript.clean],
      .fixer: [AgentScript.fix("list.txt", ForgeScene.list(changing: 3))],
    ])
  }

  /// A pull request of alice's, from a branch of the repository or from her fork.
  private func open(_ scene: EngineScene, fromFork: Bool = false, isDraft: Bool = false) async throws -> Int {
    try await scene.forgeScene.push(["list.txt": ForgeScene.list(changing: 2)], to: "hers")
    if fromFork { try await scene.forge.fork(Self.repository, as: "carol") }
    let new = ForgeSession.NewPull(
      title: "Hers", body: "", head: fromFork ? "carol:hers" : "hers", base: "main", isDraft: isDraft)
    return try await scene.forge.createPull(in: Self.repository, new, as: fromFork ? "carol" : "alice")
  }

  @Test("a review request to Looper's login gives one review, never a push, and again when asked again")
  func requested() async throws {
    try await EngineScene.with(Self.agents()) { scene in
      try await scene.watch()
      let number = try await open(scene)
      let head = try await scene.head(of: number)
      try await scene.rounds(4)
      #expect(try await scene.store.liveLoops().isEmpty)
      try await scene.forge.requestReview(from: ["looper"], on: number, in: Self.repository, as: "alice")
      let loop = try await scene.rounds { $0.state.isDone }
      #expect(loop.state == .done(.reviewed))
      #expect(loop.isReviewOnly)
      try await scene.rounds(5)
      #expect(scene.agents.started.map(\.role) == [.reviewer])
      #expect(try await scene.head(of: number) == head)
      try await scene.forge.requestReview(from: ["looper"], on: number, in: Self.repository, as: "alice")
      let second = try await scene.rounds { $0.id != loop.id && $0.state.isDone }
      #expect(second.state == .done(.reviewed))
      // The same head, and each request has its own review to show for it.
      let seen = try await scene.poller.forge.observe(second.project, issue: nil, pull: number)
      let keys = seen.pull?.reviews.compactMap {
        WriteMarker.key(in: $0.body, by: $0.author.login, viewer: seen.viewer)
      }
      let rest = "review/code-review/\(head)/1"
      #expect(keys == [loop.effectKey(rest), second.effectKey(rest)])
    }
  }

  @Test("a draft waits until it is ready for review")
  func draft() async throws {
    try await EngineScene.with(Self.agents()) { scene in
      try await scene.watch()
      let number = try await open(scene, isDraft: true)
      try await scene.forge.addLabel("looper:adopt", to: number, in: Self.repository, as: "alice")
      try await scene.rounds { $0.state == .waiting(.draft, wakeAt: nil) }
      try await scene.rounds(5)
      #expect(scene.agents.started.isEmpty)
      try await scene.forge.perform(as: "alice") { session in
        let repository = try session.repository(Self.repository)
        _ = try session.setDraft(false, of: try session.issue(number, in: repository))
      }
      try await scene.rounds { $0.phase == .ready }
    }
  }

  @Test("an adopted fork gets the fix as one comment with a patch that applies, and no push")
  func fork() async throws {
    try await EngineScene.with(Self.agents()) { scene in
      try await scene.watch()
      let number = try await open(scene, fromFork: true)
      let head = try await scene.head(of: number)
      try await scene.forge.addLabel("looper:adopt", to: number, in: Self.repository, as: "alice")
      try await scene.rounds { $0.state == .waiting(.author, wakeAt: nil) }
      try await scene.rounds(10)
      #expect(scene.agents.started.map(\.role) == [.reviewer, .fixer])
      #expect(try await scene.head(of: number) == head)
      let state = await scene.forge.snapshot()
      let patches = state.comments.rows.map(\.body).filter { $0.contains("Looper does not push to forks") }
      #expect(patches.count == 1)
      let told = state.comments.rows.map(\.body).filter { $0.contains("| state | waiting: author |") }
      #expect(told.count == 1)
      #expect(
        told.first?.contains("| next step | Looper never pushes to a fork: the author has to apply the")
          == true)
      #expect(try await scene.loop.needsHuman)
      let patch = try #require(
        patches.first?.split(separator: "```diff\n").last?.split(separator: "\n```").first)
      let scratch = "\(scene.forgeScene.directory)/apply"
      let script = """
        git clone -q '\(scene.forgeScene.directory)/repositories/carol/shop.git' '\(scratch)'
        cd '\(scratch)'; git checkout -q \(head); git am -q; cat list.txt
        """
      let result = try await scene.forgeScene.runner.run(
        Command(
          executable: "sh", arguments: ["-ec", script],
          environment: [
            "PATH": "/usr/bin:/bin", "HOME": scene.forgeScene.directory, "GIT_COMMITTER_NAME": "c",
            "GIT_COMMITTER_EMAIL": "c@example.com",
          ], workingDirectory: scene.forgeScene.directory),
        standardInput: .init((String(patch) + "\n").utf8), deadline: .seconds(30), outputLimit: .mebibytes(1))
      #expect(String(decoding: result.standardOutput, as: UTF8.self) == ForgeScene.list(changing: 3))
    }
  }
}
