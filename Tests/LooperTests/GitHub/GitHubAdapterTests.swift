import Testing

@testable import Looper

@Suite("The adapter reads and writes a working GitHub")
struct GitHubAdapterTests {
  private func request(_ issues: [Int] = [], _ pulls: [Int] = []) throws -> SweepRequest {
    let project = try #require(ForgeScene.project)
    return SweepRequest(
      host: "github.com",
      repositories: [
        .init(
          project: project, issueLabels: ["looper:plan"], pullLabels: ["looper:review"], issues: issues,
          pulls: pulls)
      ])
  }

  private func swept(_ scene: ForgeScene, _ issues: [Int] = [], _ pulls: [Int] = []) async throws
    -> SweepResult.Repository
  {
    let project = try #require(ForgeScene.project)
    let result = try await scene.github.sweep(try request(issues, pulls))
    return try #require(result.repositories[project]).get()
  }

  @Test("a sweep finds triggers, live subjects and missing ones in one request")
  func sweep() async throws {
    try await withForge { scene in
      let pull = try await scene.openPull()
      try await scene.forge.addLabel("looper:plan", to: 1, in: ForgeScene.repository, as: "alice")
      let before = await scene.forge.requestLog.count
      let seen = try await swept(scene, [1, 99], [pull])
      #expect(await scene.forge.requestLog.count == before + 1)
      #expect(seen.defaultBranch == "main")
      #expect(seen.triggers.map(\.subject) == [.issue(1)])
      #expect(seen.triggers.map(\.labels) == [["looper:plan"]])
      #expect(seen.issues.keys.sorted() == [1])
      #expect(seen.pulls.keys.sorted() == [pull])
    }
  }

  @Test("a check run changes the fingerprint, our own status does not")
  func fingerprint() async throws {
    try await withForge(configure: { $0.mergeabilityUnknownReads = 0 }) { scene in
      let pull = try await scene.openPull()
      let head = try #require(try await scene.git.branches(of: scene.barePath)["feature"])
      let first = try await swept(scene, [], [pull]).pulls[pull]
      #expect(try await swept(scene, [], [pull]).pulls[pull] == first)
      try await scene.forge.postStatus(
        .success, context: CommitStatus.context, on: head, in: ForgeScene.repository, as: "looper")
      let second = try await swept(scene, [], [pull]).pulls[pull]
      #expect(second == first)
      try await scene.forge.postStatus(
        .failure, context: "ci", on: head, in: ForgeScene.repository, as: "alice")
      #expect(try await swept(scene, [], [pull]).pulls[pull]?.hasSuffix("checks=ci:FAILURE") == true)
    }
  }

  @Test("a repository that does not exist fails alone")
  func missingRepository() async throws {
    try await withForge { scene in
      var request = try request()
      let ghost = try #require(ProjectName("acme/ghost"))
      request.repositories.append(
        .init(project: ghost, issueLabels: ["x"], pullLabels: [], issues: [], pulls: []))
      let result = try await scene.github.sweep(request)
      #expect(result.repositories.count == 2)
      let failed = result.repositories.filter { if case .failure = $0.value { true } else { false } }
      #expect(failed.keys.map(\.slug) == ["acme/ghost"])
    }
  }

  @Test("an observation holds labels with their setters, comments, checks and permissions")
  func observe() async throws {
    try await withForge { scene in
      let project = try #require(ForgeScene.project)
      let pull = try await scene.openPull()
      let head = try #require(try await scene.git.branches(of: scene.barePath)["feature"])
      try await scene.forge.addLabel("looper:plan", to: 1, in: ForgeScene.repository, as: "alice")
      try await scene.forge.comment("me too", on: 1, in: ForgeScene.repository, as: "mallory")
      try await scene.forge.postStatus(
        .failure, context: "ci", on: head, in: ForgeScene.repository, as: "alice")
      let seen = try await scene.github.observe(project, issue: 1, pull: pull)
      #expect(seen.viewer == "looper")
      let issue = try #require(seen.issue)
      #expect(issue.title == "It is broken")
      #expect(issue.author.permission == .write)
      #expect(issue.labels.named("looper:plan")?.setBy?.login == "alice")
      #expect(issue.labels.named("looper:plan")?.setBy?.canWrite == .yes)
      #expect(issue.comments.map(\.body) == ["me too"])
      #expect(issue.comments.first?.author.canWrite == .no)
      #expect(!issue.areCommentsTruncated)
      let opened = try #require(seen.pull)
      #expect(opened.headSHA == head)
      #expect(opened.headRepository == "acme/shop")
      #expect(opened.state == .open)
      #expect(opened.checks.map(\.name) == ["ci"])
      #expect(opened.checks.map(\.result) == [.failed])
      #expect(!opened.areChecksTruncated)
      #expect(!opened.areThreadsTruncated)
      await #expect(throws: Failure.self) { try await scene.github.observe(project, issue: 999, pull: nil) }
    }
  }

  @Test("a required check that a rule set pins to an app is seen with that app")
  func pinned() async throws {
    try await withForge { scene in
      let project = try #require(ForgeScene.project)
      let pull = try await scene.openPull()
      try await scene.forge.configure(ForgeScene.repository) {
        $0.protections["main"] = ForgeProtection(
          requiredChecks: [.init(name: "gate", appID: ForgeApp.actions.id), .init(name: "lint")])
      }
      let head = try #require(try await scene.git.branches(of: scene.barePath)["feature"])
      try await scene.forge.reportCheck(
        .init(name: "gate", conclusion: .success), on: head, in: ForgeScene.repository)
      let seen = try #require(try await scene.github.observe(project, issue: nil, pull: pull).pull)
      #expect(seen.base?.requiredChecks == ["gate", "lint"])
      #expect(seen.base?.pinnedChecks == [.init(name: "gate", appID: Int64(ForgeApp.actions.id))])
      #expect(seen.checks.map(\.appID) == [Int64(ForgeApp.actions.id)])
    }
  }

  /// What GitHub leaves out for a login that may not read it.
  enum Hidden: String, CaseIterable { case checks, further, rules, protection }

  @Test("what is refused is not known, where a null alone is none", arguments: Hidden.allCases)
  func refused(what: Hidden) async throws {
    try await withForge { scene in
      let project = try #require(ForgeScene.project)
      let pull = try await scene.openPull()
      let seen = try #require(try await scene.github.observe(project, issue: nil, pull: pull).pull)
      #expect(!seen.areChecksTruncated)
      #expect(seen.base?.requiredChecks == [])
      let rollup: [JSONValue] = ["commits", "nodes", 0, "commit", "statusCheckRollup"]
      let path: [JSONValue] =
        switch what {
        case .checks: rollup
        case .further: rollup + ["contexts", "nodes", 0, "checkSuite"]
        case .rules: ["baseRef", "rules"]
        case .protection: ["baseRef", "refUpdateRule"]
        }
      let github = GitHub(
        transport: RefusingTransport(base: ForgeTransport(forge: scene.forge), path: path),
        time: ForgeSceneTime(clock: scene.clock))
      let hidden = try #require(try await github.observe(project, issue: nil, pull: pull).pull)
      let isOfRules = what == .rules || what == .protection
      #expect(hidden.areChecksTruncated == !isOfRules)
      #expect((hidden.base?.requiredChecks == nil) == isOfRules)
    }
  }

  @Test("repository facts, the open pull of a branch and the guard")
  func facts() async throws {
    try await withForge { scene in
      let project = try #require(ForgeScene.project)
      let pull = try await scene.openPull()
      let facts = try await scene.github.repository(project)
      #expect(facts.defaultBranch == "main")
      #expect(facts.viewerPermission == .write)
      #expect(try await scene.github.openPull(headedBy: "feature", in: project) == pull)
      #expect(try await scene.github.openPull(headedBy: "featur", in: project) == nil)
      let known = try await scene.github.guardFacts(project, issue: 1, pull: pull)
      #expect(known.isIssueOpen)
      #expect(known.pullState == .open)
      #expect(known.pullHead == (try await scene.git.branches(of: scene.barePath)["feature"]))
    }
  }
}
