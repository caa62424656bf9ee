import Testing

@testable import Looper

@Suite("what people say about a pull request is heard once, whatever the local clock says")
struct RemarkTests {
  private static let repository = EngineScene.repository

  private static func agents() -> ScriptedAgents {
    ScriptedAgents([
      .planner: [AgentScript.plan], .reviewer: [AgentScript.clean], .worker: [AgentScript.work()],
      .fixer: [
        AgentScript.fix("list.txt", ForgeScene.list(changing: 7)), AgentScript.fix("", "", .declined),
      ],
    ])
  }

  private func fixes(_ scene: EngineScene) -> Int { scene.agents.started.count { $0.role == .fixer } }

  /// A pull request of Looper's own at `ready`, with the local clock an hour ahead of GitHub's.
  private func withReady(_ body: (EngineScene, Int) async throws -> Void) async throws {
    try await EngineScene.with(Self.agents()) { scene in
      try await scene.watch()
      scene.time.advance(by: .seconds(3600))
      try await scene.forge.addLabel("looper:implement", to: 1, in: Self.repository, as: "alice")
      let loop = try await scene.rounds { $0.phase == .ready }
      try await body(scene, try #require(loop.pullNumber))
    }
  }

  private func comments(_ scene: EngineScene, on number: Int) async throws -> [CommentSnapshot] {
    let project = try await scene.loop.project
    let seen = try await scene.poller.forge.observe(project, issue: nil, pull: number)
    return try #require(seen.pull?.comments)
  }

  @Test("a writer's comment moves `ready` back, is answered in one comment, and is not heard twice")
  func comment() async throws {
    try await withReady { scene, number in
      try await scene.forge.comment("me too", on: number, in: Self.repository, as: "mallory")
      try await scene.rounds(10)
      #expect(fixes(scene) == 0)
      try await scene.forge.comment("line 7, please", on: number, in: Self.repository, as: "alice")
      try await scene.rounds { _ in fixes(scene) == 1 }
      let loop = try await scene.rounds { $0.phase == .ready && $0.state == .waiting(.merge, wakeAt: nil) }
      try await scene.rounds(20)
      #expect(fixes(scene) == 1)
      let head = try await scene.head(of: number)
      #expect(head == loop.pushedSHA)
      let said = try await comments(scene, on: number)
      let place = try #require(said.first { $0.body == "line 7, please" }).url
      #expect(
        said.map { WriteMarker.stripped($0.body) } == [
          "me too", "line 7, please",
          "> line 7, please ([remark](\(place)))\n\nFixed in \(head.short). done",
        ])
      try await scene.forge.comment("thank you", on: number, in: Self.repository, as: "alice")
      try await scene.rounds { _ in fixes(scene) == 2 }
      try await scene.rounds { $0.state == .waiting(.merge, wakeAt: nil) }
      try await scene.rounds(20)
      #expect(fixes(scene) == 2)
    }
  }

  @Test("the text of a review that asks for changes is heard, that of an approval is not")
  func review() async throws {
    try await withReady { scene, number in
      let approval = ForgeSession.NewReview(event: .approve, body: "fine")
      _ = try await scene.forge.submitReview(approval, on: number, in: Self.repository, as: "alice")
      try await scene.rounds(10)
      #expect(fixes(scene) == 0)
      let review = ForgeSession.NewReview(event: .requestChanges, body: "line 7")
      _ = try await scene.forge.submitReview(review, on: number, in: Self.repository, as: "alice")
      try await scene.rounds { _ in fixes(scene) == 1 }
      try await scene.rounds(20)
      #expect(fixes(scene) == 1)
    }
  }

  @Test("on an adopted pull request older comments are history, and a reply there answers a question")
  func adopted() async throws {
    let question = QuestionReport(text: "Tabs?", options: [], defaultOption: nil, deadlineMinutes: nil)
    let agents = ScriptedAgents([.reviewer: [{ _ in .reported(.question(question)) }, AgentScript.clean]])
    try await EngineScene.with(agents) { scene in
      try await scene.watch()
      scene.time.advance(by: .seconds(3600))
      let number = try await scene.forgeScene.openPull()
      try await scene.forge.comment("long ago", on: number, in: Self.repository, as: "alice")
      try await scene.forge.addLabel("looper:adopt", to: number, in: Self.repository, as: "alice")
      try await scene.rounds { $0.state == .blocked(.question) }
      try await scene.rounds(10)
      try await scene.forge.comment("spaces", on: number, in: Self.repository, as: "alice")
      try await scene.rounds { $0.phase == .ready }
      try await scene.rounds(10)
      #expect(scene.agents.started.map(\.role) == [.reviewer, .reviewer])
      #expect(scene.agents.started.last?.context["answers"]?[0]?["answer"] == "spaces")
    }
  }

  @Test("a reply on the issue answers a question also when the local clock is ahead")
  func answered() async throws {
    let question = QuestionReport(text: "Tabs?", options: [], defaultOption: nil, deadlineMinutes: nil)
    let agents = ScriptedAgents([
      .worker: [{ _ in .reported(.question(question)) }, AgentScript.work()], .reviewer: [AgentScript.clean],
    ])
    try await EngineScene.with(agents) { scene in
      try await scene.watch()
      scene.time.advance(by: .seconds(3600))
      try await scene.forge.comment("before", on: 1, in: Self.repository, as: "alice")
      try await scene.forge.addLabel("looper:implement", to: 1, in: Self.repository, as: "alice")
      try await scene.rounds { $0.state == .blocked(.question) }
      try await scene.rounds(10)
      try await scene.forge.comment("spaces", on: 1, in: Self.repository, as: "alice")
      try await scene.rounds { $0.phase == .ready }
      #expect(scene.agents.started.last { $0.role == .worker }?.context["answers"]?[0]?["answer"] == "spaces")
    }
  }

  @Test("a word in a thread that was fixed is heard also when the local clock is ahead")
  func thread() async throws {
    try await withReady { scene, number in
      let review = ForgeSession.NewReview(
        event: .comment,
        comments: [.init(anchor: ForgeAnchor(path: "fix.txt", line: 1), body: "why?")])
      _ = try await scene.forge.submitReview(review, on: number, in: Self.repository, as: "alice")
      try await scene.rounds { _ in fixes(scene) == 1 }
      try await scene.rounds { $0.state == .waiting(.merge, wakeAt: nil) }
      let state = await scene.forge.snapshot()
      let thread = try #require(state.threads.rows.last).id
      try await scene.forge.setResolved(false, thread: thread, as: "alice")
      _ = try await scene.forge.reply("not so", toThread: thread, as: "alice")
      try await scene.rounds { _ in fixes(scene) == 2 }
      try await scene.rounds(20)
      #expect(fixes(scene) == 2)
    }
  }

  @Test("a thread that somebody deletes while it is being fixed is dropped; the others are answered")
  func deleted() async throws {
    let agents = Self.agents()
    try await EngineScene.with(agents) { scene in
      try await scene.watch()
      try await scene.forge.addLabel("looper:implement", to: 1, in: Self.repository, as: "alice")
      let number = try #require(try await scene.rounds { $0.phase == .ready }.pullNumber)
      agents.set(
        .fixer,
        [
          { assignment in
            try await scene.forge.perform(as: "alice") { session in
              let first = try #require(session.state.threads.rows.first)
              session.state.threads[first.id] = nil
            }
            return try await AgentScript.fix("list.txt", ForgeScene.list(changing: 7))(assignment)
          }
        ])
      let review = ForgeSession.NewReview(
        event: .comment,
        comments: ["why?", "and why?"].map {
          .init(anchor: ForgeAnchor(path: "fix.txt", line: 1), body: $0)
        })
      _ = try await scene.forge.submitReview(review, on: number, in: Self.repository, as: "alice")
      try await scene.rounds { _ in fixes(scene) == 1 }
      let loop = try await scene.rounds { $0.state == .waiting(.merge, wakeAt: nil) }
      #expect(try await scene.head(of: number) == loop.pushedSHA)
      let seen = try await scene.poller.forge.observe(loop.project, issue: nil, pull: number)
      #expect(seen.pull?.threads.map(\.isResolved) == [true])
      #expect(seen.pull?.threads.first?.comments.count == 2)
      let run = try #require(
        try await scene.store.runs(ofLoop: loop.id, state: nil, before: .max, limit: 9).first {
          $0.job == .fixThreads
        })
      #expect(run.state.code == "succeeded")
    }
  }
}
