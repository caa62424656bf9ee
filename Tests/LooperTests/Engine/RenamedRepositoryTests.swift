import Logging
import Synchronization
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

  @Test("a write by a former name arrives, also from who has not heard of the new one")
  func written() async throws {
    try await withForge { scene in
      try await scene.forge.rename(ForgeScene.repository, to: "renamed")
      let write = ResolvedWrite(
        project: try #require(ForgeScene.project), key: "L1/R1/x", write: .comment(.number(1), body: "Hello"),
        number: 1)
      let github = scene.github
      let receipt = try await github.perform(write)
      #expect(try await github.probe(write)?.remoteID == receipt.remoteID)
      let posts = await scene.forge.requestLog.filter { $0.method == "POST" && $0.path.hasPrefix("/repos") }
      #expect(posts.map(\.status) == [307, 201])
    }
  }

  @Test("of one that went to another owner a pull request is looked for under that owner")
  func transferred() async throws {
    let shop = try #require(ForgeScene.project)
    let name = try #require(ProjectName("new-owner/shop"))
    let transport = ScriptedTransport([
      .sample(
        200, #"{"full_name": "new-owner/shop", "default_branch": "main", "clone_url": "https://x/y.git"}"#),
      .sample(200, "[]"),
    ])
    let github = GitHub(transport: transport, time: SystemTime())
    #expect(try await github.repository(shop).name == name)
    #expect(try await github.openPull(headedBy: "b", in: shop) == nil)
    #expect(
      transport.paths == [
        "repos/acme/shop", "repos/new-owner/shop/pulls?head=new-owner%3Ab&state=open&per_page=100",
      ])
  }

  @Test("a repository that has no branch yet keeps the name its first is to have")
  func unborn() async throws {
    try await EngineScene.with { scene in
      try await scene.watch()
      let project = try #require(try await scene.store.projects().first)
      try await scene.store.updateFacts(
        of: project.id, to: try await scene.poller.forge.repository(project.name))
      try await scene.forge.configure(ForgeScene.repository) { $0.defaultBranch = "unborn" }
      try await scene.rounds(2)
      #expect(try await scene.store.projects().first?.facts?.defaultBranch == "main")
    }
  }

  @Test("added by both names it is worked on once")
  func twice() async throws {
    try await EngineScene.with(ScriptedAgents.unerring()) { scene in
      try await scene.watch()
      try await rename(scene)
      try await addAgain(scene)
      try await scene.forge.addLabel("looper:plan", to: 1, in: EngineScene.repository, as: "alice")
      try await scene.rounds { $0.phase == .ready }
      #expect(try await scene.store.loops(state: nil, project: nil, before: .max, limit: 10).count == 1)
      #expect(await scene.forge.snapshot().issues.rows.count(where: \.isPull) == 1)
    }
  }

  @Test("the configuration applies when it says the new name")
  func configured() async throws {
    let name = try #require(ProjectName(Self.newName))
    let agents = ScriptedAgents.unerring()
    let settle: (inout EngineSettings) -> Void = {
      $0.auto = [AutoRule(repositories: [name], authors: ["bob"], skipsPlan: true)]
      $0.validationCommands = { $0.contains(name) ? ["true"] : ["false"] }
    }
    try await EngineScene.with(agents, settle: settle) { scene in
      try await scene.watch()
      try await rename(scene)
      try await learnName(scene)
      _ = try await scene.forge.createIssue(in: Self.newName, title: "Another", body: "", as: "bob")
      let loop = try await scene.rounds { $0.phase == .ready }
      #expect(loop.lane == .auto)
    }
  }

  @Test("a project whose older name leads nowhere leaves the work to the one added by the new name")
  func deadName() async throws {
    try await EngineScene.with(ScriptedAgents.unerring()) { scene in
      try await scene.watch()
      try await rename(scene)
      try await learnName(scene)
      let newer = try await addAgain(scene)
      try await scene.forge.configure(Self.newName) { $0.formerNames = [] }
      try await scene.forge.addLabel("looper:implement", to: 1, in: Self.newName, as: "alice")
      let loop = try await scene.rounds { $0.phase == .ready }
      #expect(loop.projectID == newer.id)
    }
  }

  @Test("an older name that cannot be read for the moment keeps the work, and the newer one is told once")
  func passing() async throws {
    try await EngineScene.with(ScriptedAgents.unerring()) { scene in
      try await scene.watch()
      try await rename(scene)
      try await learnName(scene)
      let old = try #require(ProjectName(ForgeScene.repository))
      try await addAgain(scene)
      let (told, log) = Told.log()
      let forge = FilteredForge(await scene.poller.forge)
      var filtered = scene
      filtered.poller = GitHubPoller(
        store: scene.store, forge: forge, settings: scene.settings, health: scene.health, time: scene.time,
        random: RandomSource(seed: 1), log: log)
      forge.lose(old, Failure(.transient, "no answer"))
      try await scene.forge.addLabel("looper:implement", to: 1, in: Self.newName, as: "alice")
      for _ in 0..<5 { try await filtered.round() }
      #expect(try await scene.store.liveLoops().isEmpty)
      forge.lose(old, nil)
      let loop = try await filtered.rounds { $0.phase == .ready }
      #expect(loop.project == old)
      #expect(told.count(of: "a project is watched under an older name already") == 1)
    }
  }

  @Test("an issue that blocks another in it is one of its own")
  func dependencies() async throws {
    try await EngineScene.with(ScriptedAgents.unerring()) { scene in
      let blocker = try await scene.forge.createIssue(
        in: ForgeScene.repository, title: "First", body: "", as: "alice")
      try await scene.forge.setBlockers([blocker], of: 1, in: ForgeScene.repository, as: "alice")
      try await rename(scene)
      let name = try #require(ProjectName(ForgeScene.repository))
      let seen = try await scene.poller.forge.observe(name, issue: 1, pull: nil)
      #expect(
        seen.issue?.blockers == [BlockerSnapshot(repository: nil, number: blocker, isOpen: true)])
    }
  }

  /// The repository is watched by its new name as well.
  @discardableResult
  private func addAgain(_ scene: EngineScene) async throws -> Project {
    let name = try #require(ProjectName(Self.newName))
    return try await scene.store.addProject(
      name, checkoutPath: nil, baseBranch: nil, facts: nil, at: scene.time.now
    ).project
  }

  /// Takes up what GitHub calls the project now.
  private func learnName(_ scene: EngineScene) async throws {
    let name = try #require(ProjectName(ForgeScene.repository))
    let project = try #require(try await scene.store.project(named: name))
    try await scene.store.updateFacts(
      of: project.id, to: try await scene.poller.forge.repository(name))
  }
}

/// How often a log was handed each message.
private final class Told: Sendable {
  private let messages = Mutex<[String: Int]>([:])

  func count(of message: String) -> Int { messages.withLock { $0[message, default: 0] } }

  private struct Handler: LogHandler {
    let told: Told
    var logLevel = Logger.Level.trace
    var metadata = Logger.Metadata()
    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }
    func log(event: LogEvent) { told.messages.withLock { $0["\(event.message)", default: 0] += 1 } }
  }

  static func log() -> (Told, Logger) {
    let told = Told()
    return (told, Logger(label: "test") { _ in Handler(told: told) })
  }
}
