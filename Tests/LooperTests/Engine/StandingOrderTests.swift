import GRDB
import Testing

@testable import Looper

@Suite("an order to merge that stands on GitHub is looked after to its end")
struct StandingOrderTests {
  private static let repository = EngineScene.repository

  /// A pull request that GitHub is told to merge once somebody approves it.
  private static func scene(
    _ agents: ScriptedAgents = ScriptedAgents([
      .reviewer: [AgentScript.clean], .worker: [AgentScript.work()],
      .fixer: [AgentScript.fix("list.txt", ForgeScene.list(changing: 7))],
    ]),
    ofIssue isIssue: Bool = false, _ body: (EngineScene, Int) async throws -> Void
  ) async throws {
    try await EngineScene.with(agents, settle: { $0.policy.merge.mode = .auto }) { scene in
      try await scene.forge.configure(repository) { repository in
        repository.allowsAutoMerge = true
        repository.protections["main"] = ForgeProtection(requiredApprovals: 1)
      }
      if isIssue {
        try await scene.watch()
        try await scene.forge.addLabel("looper:implement", to: 1, in: repository, as: "alice")
        try await scene.rounds { $0.pullNumber != nil }
        try await body(scene, try #require(await scene.loop.pullNumber))
      } else {
        try await body(scene, try await scene.adoptPull())
      }
    }
  }

  private func order(_ scene: EngineScene) async throws {
    let number = try #require(await scene.loop.pullNumber)
    for _ in 0..<60 where try await scene.pull(number).autoMerge == nil { try await scene.round() }
    #expect(try await scene.pull(number).autoMerge?.enabledBy == "looper")
    try await scene.rounds { $0.state == .waiting(.merge, wakeAt: nil) }
  }

  private func count(_ operation: String, in scene: EngineScene) async -> Int {
    await scene.forge.requestLog.count { $0.operation?.hasPrefix(operation) == true }
  }

  private func switchOff(_ scene: EngineScene, _ number: Int) async throws {
    try await scene.forge.perform(as: "alice") { session in
      let repository = try #require(session.state.repository(named: Self.repository))
      let issue = try #require(session.state.issue(number, in: repository.id))
      _ = try session.setAutoMerge(nil, of: issue)
    }
  }

  /// How a loop ends while its pull request stays open.
  enum Ending: CaseIterable { case cancelled, issueClosed }

  @Test("it is taken back when its loop ends and the pull request stays open", arguments: Ending.allCases)
  func ending(by ending: Ending) async throws {
    try await Self.scene(ofIssue: true) { scene, number in
      try await scene.rounds { _ in true }
      try await order(scene)
      switch ending {
      case .cancelled:
        let id = try await scene.loop.id
        _ = try await scene.operations().control(id, .cancel)
      case .issueClosed: try await scene.forge.close(1, in: Self.repository, as: "alice")
      }
      try await scene.rounds { $0.state.isDone }
      try await scene.rounds(4)
      #expect(try await scene.pull(number).autoMerge == nil)
      try await scene.forge.submitReview(.init(event: .approve), on: number, in: Self.repository, as: "alice")
      try await scene.rounds(4)
      #expect(try await scene.pull(number).isMerged == false)
      let breaches = try await scene.store.database.read { try StoredRule.breaches($0) }
      #expect(breaches.map(\.what) == [])
    }
  }

  @Test("a person's own order is left alone when the loop ends")
  func personsOrder() async throws {
    try await Self.scene { scene, number in
      try await scene.rounds { _ in true }
      try await order(scene)
      try await scene.forge.perform(as: "alice") { session in
        let repository = try #require(session.state.repository(named: Self.repository))
        let issue = try #require(session.state.issue(number, in: repository.id))
        _ = try session.setAutoMerge(.squash, of: issue)
      }
      _ = try await scene.operations().control(try await scene.loop.id, .cancel)
      try await scene.rounds(4)
      #expect(try await scene.pull(number).autoMerge?.enabledBy == "alice")
    }
  }

  /// What comes between an order whose answer was lost and its second try.
  enum Interruption: CaseIterable { case hold, pause, push }

  @Test("one whose answer was lost is taken back as well", arguments: Interruption.allCases)
  func unknownOutcome(then interruption: Interruption) async throws {
    try await Self.scene { scene, number in
      await scene.forge.inject(.lostAfter, matching: .init(operation: "EnableAutoMerge"), times: 1)
      for _ in 0..<60 where try await scene.pull(number).autoMerge == nil { try await scene.round() }
      #expect(try await scene.pull(number).autoMerge != nil)
      scene.agents.set(.reviewer, [{ _ in .failed(Failure(.agent, "no idea")) }])
      switch interruption {
      case .hold:
        try await scene.forge.addLabel("looper:hold", to: number, in: Self.repository, as: "alice")
      case .pause: _ = try await scene.operations().control(try await scene.loop.id, .pause)
      case .push: try await scene.forgeScene.push(["sneaky.txt": "x\n"], to: "feature", from: "feature")
      }
      try await scene.rounds(30)
      #expect(try await scene.pull(number).autoMerge == nil)
    }
  }

  @Test("a base that moves, and a check that runs, take nothing back")
  func unknownEvidence() async throws {
    try await Self.scene { scene, number in
      try await scene.rounds { _ in true }
      try await order(scene)
      for turn in 0..<3 {
        try await scene.forgeScene.push(["other.txt": "\(turn)\n"], to: "main")
        try await scene.rounds(4)
      }
      let head = try await scene.head(of: number)
      let check = try await scene.forge.reportCheck(
        .init(name: "late", status: .inProgress), on: head, in: Self.repository)
      try await scene.rounds(6)
      #expect(await count("DisableAutoMerge", in: scene) == 0)
      #expect(await count("EnableAutoMerge", in: scene) == 1)
      try await scene.forge.reportCheck(
        .init(conclusion: .failure), on: head, in: Self.repository, updating: check)
      try await scene.rounds(4)
      #expect(await count("DisableAutoMerge", in: scene) == 1)
    }
  }

  @Test("one that a person switches off is told once and given again on a retry only")
  func switchedOff() async throws {
    try await Self.scene { scene, number in
      try await scene.rounds { _ in true }
      try await order(scene)
      // Long after GitHub's reads show it, so that the loop waits as before.
      try await scene.rounds(70)
      try await switchOff(scene, number)
      try await scene.rounds(100)
      #expect(try await scene.pull(number).autoMerge == nil)
      let loop = try await scene.loop
      #expect(loop.state == .waiting(.merge, wakeAt: nil))
      #expect(try await scene.why().hasSuffix("; merge.mode is auto, but \(MergeDecision.lapsed)"))
      #expect(try await scene.whyView().humanCan.contains("looper retry L1  to order it again"))
      let told = try await scene.store.events(after: 0, limit: 500).filter {
        $0.message == "ready to merge, but \(MergeDecision.lapsed)"
      }
      #expect(told.count == 1)
      let state = await scene.forge.snapshot()
      let place = try #require(state.repository(named: Self.repository))
      let issue = try #require(state.issue(number, in: place.id))
      #expect(state.comments(of: issue.id).contains { $0.body.contains("| why | \(MergeDecision.lapsed) |") })
      let looks = await count("Observe", in: scene)
      try await scene.rounds(60)
      #expect(await count("Observe", in: scene) == looks)

      try await scene.store.retry(loop.id, at: scene.time.now)
      try await scene.rounds(4)
      #expect(try await scene.pull(number).autoMerge?.enabledBy == "looper")
    }
  }

  @Test("a writer's comment about the whole takes it back before it is answered")
  func remark() async throws {
    try await Self.scene { scene, number in
      try await scene.rounds { _ in true }
      try await order(scene)
      scene.agents.set(.fixer, [{ _ in .failed(Failure(.agent, "no idea")) }])
      try await scene.forge.comment("wait, line 7!", on: number, in: Self.repository, as: "alice")
      try await scene.rounds { $0.state == .blocked(.agentFailures) }
      #expect(try await scene.pull(number).autoMerge == nil)
    }
  }

  @Test("it is taken back while a run is live, and a hold stops that run all the same")
  func liveRun() async throws {
    try await Self.scene { scene, number in
      try await scene.rounds { _ in true }
      try await order(scene)
      scene.agents.set(
        .fixer,
        [
          { _ in
            // As if it had been ordered a moment ago.
            try await scene.store.database.write { db in
              try db.execute(sql: "DELETE FROM effect WHERE kind = 'withdraw-merge'")
            }
            try await scene.forge.perform(as: "looper") { session in
              let repository = try #require(session.state.repository(named: Self.repository))
              let issue = try #require(session.state.issue(number, in: repository.id))
              _ = try session.setAutoMerge(.squash, of: issue)
            }
            try await scene.forge.addLabel("looper:hold", to: number, in: Self.repository, as: "alice")
            scene.time.advance(by: .seconds(2))
            try await scene.poller.tick(at: scene.time.now)
            try await scene.scheduler.tick(at: scene.time.now)
            let run = try #require(try await scene.store.liveRuns().first)
            let stop = try await scene.store.database.read { db in
              try String.fetchOne(
                db, sql: "SELECT stopRequested FROM run WHERE id = :id", arguments: ["id": run.id.rawValue])
            }
            #expect(stop == "held by a label")
            try await scene.dispatcher.tick(at: scene.time.now)
            #expect(try await scene.pull(number).autoMerge == nil)
            return .failed(Failure(.agent, "no idea"))
          }
        ])
      try await scene.forge.comment("wait, line 7!", on: number, in: Self.repository, as: "alice")
      try await scene.rounds { $0.state == .waiting(.hold, wakeAt: nil) }
      #expect(scene.agents.started.map(\.role) == [.reviewer, .fixer])
    }
  }
}
