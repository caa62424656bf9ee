import Testing

@testable import Looper

@Suite("a repository that is renamed while it is watched stays the same project")
struct RenamedRepositoryTests {
  /// What `ForgeScene.repository` is renamed to.
  private static let newName = "\(ForgeScene.repository)-renamed"

  private func rename(_ scene: EngineScene) async throws {
    try await scene.forge.rename(
      ForgeScene.repository, to: String(Self.newName.drop { $0 != "/" }.dropFirst()))
  }

  @Test("its loop goes on in the pull request it has, and GitHub's name for it is known")
  func renamed() async throws {
    try await EngineScene.with(ScriptedAgents.unerring()) { scene in
      try await scene.watch()
      try await scene.forge.addLabel("looper:plan", to: 1, in: EngineScene.repository, as: "alice")
      let number = try await scene.rounds { $0.phase == .specReview }.pullNumber
      try await rename(scene)
      let loop = try await scene.rounds { $0.phase == .ready }
      #expect(loop.pullNumber == number)
      let project = try #require(try await scene.store.project(loop.projectID))
      #expect(project.name == ProjectName(ForgeScene.repository))
      #expect(project.facts?.name == ProjectName(Self.newName))
      #expect(await scene.forge.snapshot().issues.rows.count(where: \.isPull) == 1)
    }
  }

  @Test("a pull request is found by its branch whatever the repository was called")
  func found() async throws {
    try await EngineScene.with(ScriptedAgents.unerring()) { scene in
      try await scene.watch()
      let number = try await scene.forgeScene.openPull()
      let branch = try await scene.pull(number).headBranch
      try await rename(scene)
      let name = try #require(ProjectName(ForgeScene.repository))
      #expect(try await scene.poller.forge.openPull(headedBy: branch, in: name) == number)
    }
  }

  @Test("added by both names it is worked on once")
  func twice() async throws {
    try await EngineScene.with(ScriptedAgents.unerring()) { scene in
      try await scene.watch()
      try await rename(scene)
      let name = try #require(ProjectName(Self.newName))
      _ = try await scene.store.addProject(
        name, checkoutPath: nil, baseBranch: nil, facts: nil, at: scene.time.now)
      try await scene.forge.addLabel("looper:plan", to: 1, in: EngineScene.repository, as: "alice")
      try await scene.rounds { $0.phase == .ready }
      #expect(try await scene.store.loops(state: nil, project: nil, before: .max, limit: 10).count == 1)
      #expect(await scene.forge.snapshot().issues.rows.count(where: \.isPull) == 1)
    }
  }
}
