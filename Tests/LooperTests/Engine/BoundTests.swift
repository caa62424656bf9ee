import Testing

@testable import Looper

@Suite("what others could keep going for ever ends with a person, and a person gets it going again")
struct BoundTests {
  private static let repository = EngineScene.repository

  private func isReady(_ loop: Loop) -> Bool { loop.state == .waiting(.merge, wakeAt: nil) }

  private func count(_ scene: EngineScene, _ role: Role) -> Int {
    scene.agents.started.count { $0.role == role }
  }

  @Test("after three questions that nobody answered the next one waits for a person, whatever its default")
  func unansweredQuestions() async throws {
    let question = QuestionReport(text: "Tabs?", options: [], defaultOption: "spaces", deadlineMinutes: 1)
    let agents = ScriptedAgents([
      .planner: [{ _ in .reported(.question(question)) }], .reviewer: [AgentScript.clean],
      .worker: [AgentScript.work()],
    ])
    try await EngineScene.with(agents) { scene in
      try await scene.watch()
      try await scene.forge.addLabel("looper:plan", to: 1, in: Self.repository, as: "alice")
      let loop = try await scene.rounds { $0.state == .blocked(.question) }
      #expect(count(scene, .planner) == 4)
      try await scene.rounds(60)
      #expect(count(scene, .planner) == 4)
      #expect(try await scene.whyView().wakesAt == nil)
      let seen = try await scene.poller.forge.observe(loop.project, issue: 1, pull: nil)
      let warned = (seen.issue?.comments ?? []).filter {
        $0.body.contains("Nobody answered the last 3 questions: this one waits for an answer.")
      }
      #expect(warned.count == 1)
      // A person's answer has the next questions get their defaults again.
      _ = try await scene.forge.comment("tabs", on: 1, in: Self.repository, as: "alice")
      try await scene.rounds { if case .waiting(.answer, _) = $0.state { true } else { false } }
      agents.set(.planner, [AgentScript.plan])
      try await scene.rounds { $0.phase == .ready }
    }
  }

  @Test("a retry has questions get their defaults again")
  func retriedQuestions() async throws {
    let question = QuestionReport(text: "Tabs?", options: [], defaultOption: "spaces", deadlineMinutes: 1)
    let agents = ScriptedAgents([.planner: [{ _ in .reported(.question(question)) }]])
    try await EngineScene.with(agents) { scene in
      try await scene.watch()
      try await scene.forge.addLabel("looper:plan", to: 1, in: Self.repository, as: "alice")
      let loop = try await scene.rounds { $0.state == .blocked(.question) }
      try await scene.store.retry(loop.id, at: scene.time.now)
      try await scene.rounds { if case .waiting(.answer, _) = $0.state { true } else { false } }
      try await scene.rounds { $0.state == .blocked(.question) }
      #expect(count(scene, .planner) == 8)
    }
  }

  /// A pull request of Looper's at `ready`, in which alice asks something on a line.
  private func withThread(_ body: (EngineScene, _ pull: Int, _ thread: Int) async throws -> Void) async throws
  {
    let agents = ScriptedAgents([
      .reviewer: [AgentScript.clean], .worker: [AgentScript.work()],
      .fixer: [AgentScript.fix("", "", .declined)],
    ])
    try await EngineScene.with(agents) { scene in
      try await scene.watch()
      try await scene.forge.addLabel("looper:implement", to: 1, in: Self.repository, as: "alice")
      let pull = try #require(try await scene.rounds(until: isReady).pullNumber)
      let review = ForgeSession.NewReview(
        event: .comment, comments: [.init(anchor: ForgeAnchor(path: "fix.txt", line: 1), body: "why?")])
      _ = try await scene.forge.submitReview(review, on: pull, in: Self.repository, as: "alice")
      try await scene.rounds { _ in count(scene, .fixer) == 1 }
      try await scene.rounds(until: isReady)
      try await body(scene, pull, try #require(await scene.forge.snapshot().threads.rows.first).id)
    }
  }

  /// Answers each reply in a thread, until nobody replies any more.
  private func insist(_ times: Int, on thread: Int, _ scene: EngineScene) async throws -> Loop {
    for _ in 0..<times {
      _ = try await scene.forge.reply("and now?", toThread: thread, as: "alice")
      try await scene.rounds(20)
    }
    let loop = try await scene.loop
    #expect(loop.state == .blocked(.noProgress))
    return loop
  }

  @Test("who answers each of our replies in a thread gets five of them, then a person is asked: no-progress")
  func threads() async throws {
    try await withThread { scene, _, thread in
      let loop = try await insist(8, on: thread, scene)
      #expect(count(scene, .fixer) == 5)
      #expect(
        try await scene.why()
          == "it does not get on: conversations were answered 5 times in a row without a commit")
      // A retry answers what was said meanwhile.
      try await scene.store.retry(loop.id, at: scene.time.now)
      try await scene.rounds(until: isReady)
      #expect(count(scene, .fixer) == 6)
      #expect(try await scene.loop.counters.threadFixes == 1)
    }
  }

  @Test("a push of somebody else's is the other exit: what is said of it is answered again")
  func threadsAfterPush() async throws {
    try await withThread { scene, _, thread in
      let loop = try await insist(6, on: thread, scene)
      let branch = try #require(loop.branch)
      try await scene.forgeScene.push(["more.txt": "x\n"], to: branch, from: branch)
      try await scene.rounds(until: isReady)
      #expect(count(scene, .fixer) == 6)
      #expect(try await scene.loop.counters.threadFixes == 0)
    }
  }

  @Test("an answer without a commit is no progress: what checks cost stays counted")
  func declinedRemark() async throws {
    let agents = ScriptedAgents([
      .reviewer: [AgentScript.clean],
      .fixer: [AgentScript.fix("try.txt", "1\n"), AgentScript.fix("", "", .declined)],
    ])
    try await EngineScene.with(agents) { scene in
      let number = try await scene.adoptPull()
      try await scene.check(.failure, on: try await scene.head(of: number), log: "a.c:1:1: error: no")
      let fixed = try await scene.rounds { $0.pushedSHA != nil && $0.state != .running }
      #expect(fixed.counters.checkFixes == 1)
      try await scene.check(.success, on: try #require(fixed.pushedSHA))
      try await scene.forge.comment("why?", on: number, in: Self.repository, as: "alice")
      let reviewed = try await scene.rounds { _ in agents.started.last?.role == .reviewer }
      #expect(agents.started.map(\.role) == [.fixer, .fixer, .reviewer])
      #expect(reviewed.counters.checkFixes == 1)
    }
  }

  @Test("after review-rounds a push by a person is reviewed once, and may become ready")
  func pushAfterRounds() async throws {
    let agents = ScriptedAgents([
      .reviewer: [AgentScript.changes("list.txt", line: 2), AgentScript.clean]
    ])
    try await EngineScene.with(agents, settle: { $0.policy.codeRoundsMax = 1 }) { scene in
      _ = try await scene.adoptPull()
      try await scene.rounds { $0.state == .blocked(.reviewRounds) }
      #expect(
        try await scene.whyView().humanCan.contains {
          $0.hasPrefix("push a fix to ") && $0.hasSuffix(" once")
        })
      try await scene.forgeScene.push(["more.txt": "x\n"], to: "feature", from: "feature")
      try await scene.rounds(until: isReady)
      #expect(agents.started.map(\.role) == [.reviewer, .reviewer])
    }
  }

  @Test("pushes grant as many reviews again as there were, then only a retry is offered and helps")
  func pushesWithoutEnd() async throws {
    let agents = ScriptedAgents([.reviewer: [AgentScript.changes("list.txt", line: 2)]])
    try await EngineScene.with(agents, settle: { $0.policy.codeRoundsMax = 1 }) { scene in
      _ = try await scene.adoptPull()
      for number in 1...4 {
        try await scene.rounds { $0.state == .blocked(.reviewRounds) }
        try await scene.forgeScene.push(["more.txt": "\(number)\n"], to: "feature", from: "feature")
        try await scene.rounds(15)
      }
      let loop = try await scene.loop
      #expect(loop.state == .blocked(.reviewRounds))
      #expect(agents.started.count == 2)
      #expect(try await scene.whyView().humanCan.contains { $0.hasPrefix("push") } == false)
      agents.set(.reviewer, [AgentScript.clean])
      try await scene.store.retry(loop.id, at: scene.time.now)
      try await scene.rounds(until: isReady)
    }
  }
}
