import Testing

@testable import Looper

@Suite("what an operator starts over a pull request goes its whole way, once")
struct OperatorStartTests {
  private static let repository = ForgeScene.repository

  private static func agents() -> ScriptedAgents {
    ScriptedAgents([
      .planner: [AgentScript.plan], .worker: [AgentScript.work()],
      .reviewer: [AgentScript.changes("list.txt", line: 2), AgentScript.clean],
      .fixer: [AgentScript.fix("list.txt", ForgeScene.list(changing: 3))],
    ])
  }

  private static func url(_ number: Int) -> String { "https://github.com/acme/shop/pull/\(number)" }

  private func loops(_ scene: EngineScene) async throws -> [Loop] {
    try await scene.store.loops(state: nil, project: nil, before: .max, limit: 100)
  }

  /// Rounds until the loop is as wanted.
  ///
  /// - Returns: the phases it was seen in, in order.
  private func phases(
    of id: Loop.ID, in scene: EngineScene, until isReached: (Loop) -> Bool
  ) async throws -> [Phase] {
    var phases: [Phase] = []
    try await scene.rounds { loop in
      guard loop.id == id else { return false }
      if phases.last != loop.phase { phases.append(loop.phase) }
      return isReached(loop)
    }
    return phases
  }

  @Test("adopt reviews, fixes on the pull request's own branch, rests at ready and ends with the merge")
  func adopt() async throws {
    try await EngineScene.with(Self.agents()) { scene in
      try await scene.watch()
      let number = try await scene.forgeScene.openPull()
      let operations = await scene.operations()
      let view = try await operations.start(StartRequest(url: Self.url(number)))
      let id = try #require(Loop.ID(handle: view.id))
      #expect(
        [view.subject.kind, "\(view.subject.number)", view.lane, view.phase] == [
          "pull", "\(number)", "manual", "code-review",
        ])
      let loop = try #require(try await scene.store.loop(id))
      #expect([loop.isReviewOnly, loop.skipsPlan] == [false, true])
      #expect(loop.branch == "feature")
      // Again at once, and again at work: the same loop.
      #expect(try await operations.start(StartRequest(url: Self.url(number))).id == view.id)
      try await scene.rounds { $0.state == .running }
      #expect(try await operations.start(StartRequest(url: Self.url(number))).id == view.id)
      #expect(try await phases(of: id, in: scene) { $0.phase == .ready } == [.codeReview, .ready])
      let done = try await operations.start(StartRequest(url: Self.url(number)))
      #expect([done.id, done.phase] == [view.id, "ready"])
      try await scene.rounds(5)
      #expect(scene.agents.started.map(\.role) == [.reviewer, .fixer, .reviewer])
      let seen = try await scene.poller.forge.observe(loop.project, issue: nil, pull: number)
      let pull = try #require(seen.pull)
      #expect(pull.headRef == "feature")
      #expect(pull.headSHA == (try await scene.store.loop(id))?.pushedSHA)
      #expect(pull.threads.map(\.isResolved) == [true])
      #expect(
        pull.reviews.count { WriteMarker.key(in: $0.body, by: $0.author.login, viewer: seen.viewer) != nil }
          == 2)
      try await scene.forge.merge(number, in: Self.repository, as: "alice")
      #expect(try await phases(of: id, in: scene) { $0.state.isDone }.last == .done)
      #expect(try await loops(scene).map(\.state) == [.done(.merged)])
    }
  }

  @Test("run with the role reviewer gives one review, never pushes, and ends")
  func review() async throws {
    try await EngineScene.with(Self.agents()) { scene in
      try await scene.watch()
      let number = try await scene.forgeScene.openPull()
      let head = try await scene.head(of: number)
      let operations = await scene.operations()
      let request = StartRequest(url: Self.url(number), role: "reviewer")
      let view = try await operations.start(request)
      let id = try #require(Loop.ID(handle: view.id))
      #expect(try await scene.store.loop(id)?.isReviewOnly == true)
      #expect(try await operations.start(request).id == view.id)
      #expect(try await phases(of: id, in: scene) { $0.state.isDone } == [.codeReview, .done])
      try await scene.rounds(5)
      #expect(try await loops(scene).map(\.state) == [.done(.reviewed)])
      #expect(scene.agents.started.map(\.role) == [.reviewer])
      #expect(try await scene.head(of: number) == head)
      #expect(try await scene.store.loop(id)?.pushedSHA == nil)
      let seen = try await scene.poller.forge.observe(
        try #require(ProjectName(Self.repository)), issue: nil, pull: number)
      #expect(seen.pull?.reviews.count == 1)
      #expect(seen.pull?.threads.count == 1)
    }
  }

  @Test("adopting what is only being reviewed takes the same loop to ready")
  func reviewThenAdopt() async throws {
    try await EngineScene.with(Self.agents()) { scene in
      try await scene.watch()
      let number = try await scene.forgeScene.openPull()
      let operations = await scene.operations()
      let view = try await operations.start(StartRequest(url: Self.url(number), role: "reviewer"))
      try await scene.rounds { $0.state == .running }
      let adopted = try await operations.start(StartRequest(url: Self.url(number)))
      #expect(adopted.id == view.id)
      let id = try #require(Loop.ID(handle: view.id))
      #expect(try await scene.store.loop(id)?.isReviewOnly == false)
      try await scene.rounds { $0.phase == .ready }
      #expect(try await loops(scene).count == 1)
      #expect(scene.agents.started.map(\.role) == [.reviewer, .fixer, .reviewer])
    }
  }

  @Test("a review of what a loop works on already is refused, and says so")
  func reviewOfLive() async throws {
    try await EngineScene.with(Self.agents()) { scene in
      let number = try await scene.adoptPull()
      try await scene.rounds { $0.phase == .ready }
      let operations = await scene.operations()
      let url = Self.url(number)
      let refusal = await LooperError.thrown { () throws(LooperError) in
        _ = try await operations.start(StartRequest(url: url, role: "reviewer"))
      }
      #expect(refusal?.code == .conflict)
      #expect(refusal?.message == "L1 works on it already, and reviews what it does; see looper why L1")
    }
  }

  @Test("adopting the pull request that carries a loop's work is that loop, not a second one")
  func adoptOwnWork() async throws {
    try await EngineScene.with(Self.agents()) { scene in
      try await scene.watch()
      try await scene.forge.addLabel("looper:implement", to: 1, in: Self.repository, as: "alice")
      let loop = try await scene.rounds { $0.phase == .codeReview }
      let number = try #require(loop.pullNumber)
      let operations = await scene.operations()
      let view = try await operations.start(StartRequest(url: Self.url(number)))
      #expect([view.id, view.lane] == [loop.id.handle, "manual"])
      try await scene.rounds(5)
      #expect(try await loops(scene).map(\.subject) == [.issue(1)])
    }
  }

  @Test("an issue whose pull request has a loop of its own starts no second one, by label or by hand")
  func issueOfAdopted() async throws {
    try await EngineScene.with(Self.agents()) { scene in
      try await scene.watch()
      try await scene.forge.addLabel("looper:implement", to: 1, in: Self.repository, as: "alice")
      let first = try await scene.rounds { $0.phase == .codeReview }
      let number = try #require(first.pullNumber)
      let operations = await scene.operations()
      _ = try await operations.control(first.id, .cancel)
      try await scene.rounds(3)
      let adopted = try await operations.start(StartRequest(url: Self.url(number)))
      #expect(adopted.id != first.id.handle)
      try await scene.forge.removeLabel("looper:implement", from: 1, in: Self.repository, as: "alice")
      try await scene.forge.addLabel("looper:implement", to: 1, in: Self.repository, as: "alice")
      try await scene.rounds(5)
      let byHand = try await operations.start(StartRequest(url: "https://github.com/acme/shop/issues/1"))
      #expect(byHand.id == adopted.id)
      #expect(try await loops(scene).map(\.subject) == [.pull(number), .issue(1)])
      // When that loop ends, what the label asks for is begun after all, with the pull request that is there.
      _ = try await operations.control(try #require(Loop.ID(handle: adopted.id)), .cancel)
      let next = try await scene.rounds { $0.subject == .issue(1) && $0.id != first.id }
      #expect(next.pullNumber == number)
    }
  }

  @Test(
    "owner/name#12 is the pull request where there is no issue of that number", arguments: [nil, "reviewer"])
  func shorthand(role: String?) async throws {
    try await EngineScene.with(Self.agents()) { scene in
      try await scene.watch()
      let number = try await scene.forgeScene.openPull()
      let operations = await scene.operations()
      let request = StartRequest(url: "acme/shop#\(number)", role: role)
      let view = try await operations.start(request.checked())
      #expect([view.subject.kind, view.phase] == ["pull", "code-review"])
      let id = try #require(Loop.ID(handle: view.id))
      #expect(try await scene.store.loop(id)?.isReviewOnly == (role != nil))
      // The live loop is found by it too, and an issue is still an issue.
      #expect(try await operations.start(request).id == view.id)
      let issue = try await operations.start(StartRequest(url: "acme/shop#1"))
      #expect(issue.subject.kind == "issue")
      let missing = await LooperError.thrown { () throws(LooperError) in
        _ = try await operations.start(StartRequest(url: "acme/shop#99"))
      }
      #expect(
        missing
          == LooperError(
            .notFound, "there is no issue or pull request #99 in acme/shop that the gh login can see"))
    }
  }

  @Test("adopt says what is missing, and leaves nothing behind")
  func refusals() async throws {
    try await EngineScene.with(Self.agents()) { scene in
      try await scene.watch()
      let number = try await scene.forgeScene.openPull()
      try await scene.forge.close(number, in: Self.repository, as: "alice")
      let operations = await scene.operations()
      func refusal(_ url: String, role: String? = nil) async -> LooperError? {
        await LooperError.thrown { () throws(LooperError) in
          _ = try await operations.start(StartRequest(url: url, role: role))
        }
      }
      let unknown = await refusal("https://github.com/acme/other/pull/1")
      #expect(
        unknown == LooperError(.notFound, "acme/other is not watched; run: looper project add acme/other"))
      #expect([unknown?.code.httpStatus, unknown.map { Int($0.code.exitStatus) }] == [404, 4])
      for role in [nil, "reviewer"] {
        let closed = await refusal(Self.url(number), role: role)
        #expect(
          closed == LooperError(.conflict, "acme/shop#\(number) is not open; reopen it, then run this again"))
        #expect([closed?.code.httpStatus, closed.map { Int($0.code.exitStatus) }] == [409, 5])
      }
      #expect(
        await refusal(Self.url(99))
          == LooperError(.notFound, "there is no pull request #99 in acme/shop that the gh login can see"))
      // Issue 1 is no pull request.
      #expect(
        await refusal(Self.url(1))
          == LooperError(.notFound, "there is no pull request #1 in acme/shop that the gh login can see"))
      #expect(try await loops(scene).isEmpty)
      try await scene.forge.reopen(number, in: Self.repository, as: "alice")
      #expect(try await operations.start(StartRequest(url: Self.url(number))).id == "L1")
    }
  }
}

extension LooperError {
  /// What `body` ends with; nil when it succeeds.
  static func thrown(_ body: () async throws(LooperError) -> Void) async -> LooperError? {
    do {
      try await body()
      return nil
    } catch {
      return error
    }
  }
}
