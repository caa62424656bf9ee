import Testing

@testable import Looper

@Suite("Looper merges only what it may, once, and only the head that was judged")
struct MergingTests {
  private static func scene(
    _ mode: MergePolicy.Mode = .auto, _ settle: @escaping (inout MergePolicy) -> Void = { _ in },
    _ body: (EngineScene, Int) async throws -> Void
  ) async throws {
    let agents = ScriptedAgents([.reviewer: [AgentScript.clean]])
    try await EngineScene.with(
      agents,
      settle: { settings in
        settings.policy.merge.mode = mode
        settle(&settings.policy.merge)
      },
      { scene in try await body(scene, try await scene.adoptPull()) })
  }

  private static func protect(
    _ scene: EngineScene, _ change: @escaping @Sendable (inout ForgeProtection) -> Void
  ) async throws {
    try await scene.forge.configure(EngineScene.repository) { repository in
      var protection = repository.protections["main"] ?? ForgeProtection()
      change(&protection)
      repository.protections["main"] = protection
    }
  }

  private func isReady(_ loop: Loop) -> Bool { loop.state == .waiting(.merge, wakeAt: nil) }

  /// Rounds after which a merge would have happened.
  private func expectNoMerge(_ scene: EngineScene, _ number: Int, because reason: String) async throws {
    try await scene.rounds(until: isReady)
    try await scene.rounds(6)
    #expect(try await scene.pull(number).isMerged == false)
    #expect(try await scene.why().hasSuffix("; merge.mode is auto, but \(reason)"))
  }

  @Test("by default a person merges")
  func off() async throws {
    try await Self.scene(.off) { scene, number in
      try await scene.rounds(until: isReady)
      try await scene.rounds(6)
      #expect(try await scene.pull(number).isMerged == false)
    }
  }

  @Test("clean, green and mergeable is merged, and the loop ends")
  func merges() async throws {
    try await Self.scene { scene, number in
      let loop = try await scene.rounds { $0.state.isDone }
      #expect(loop.state == .done(.merged))
      #expect(try await scene.pull(number).isMerged)
    }
  }

  @Test("a merge whose answer is lost is not sent twice")
  func lostAnswer() async throws {
    try await Self.scene { scene, number in
      await scene.forge.inject(.lostAfter, matching: .init(method: "PUT", path: "/merge"), times: 1)
      let loop = try await scene.rounds { $0.state.isDone }
      #expect(loop.state == .done(.merged))
      let sent = await scene.forge.requestLog.count { $0.path.hasSuffix("/merge") && $0.method == "PUT" }
      #expect(sent == 1)
    }
  }

  @Test("a head that moved after it was judged is not merged")
  func movedHead() async throws {
    try await Self.scene { scene, number in
      await scene.forge.inject(.status(502), matching: .init(method: "PUT", path: "/merge"), times: 1)
      let judged = try await scene.head(of: number)
      try await scene.rounds { $0.phase == .ready }
      for _ in 0..<20 where await scene.forge.requestLog.allSatisfy({ !$0.path.hasSuffix("/merge") }) {
        try await scene.round()
      }
      try await scene.forgeScene.push(["sneaky.txt": "x\n"], to: "feature", from: "feature")
      let loop = try await scene.rounds { $0.state.isDone }
      // The new head was reviewed before it was merged.
      #expect(loop.state == .done(.merged))
      #expect(try await scene.head(of: number) != judged)
      #expect(scene.agents.started.map(\.role) == [.reviewer, .reviewer])
    }
  }

  @Test("a hold at the last moment keeps it from being merged")
  func hold() async throws {
    try await Self.scene { scene, number in
      await scene.forge.inject(.status(502), matching: .init(method: "PUT", path: "/merge"), times: 1)
      try await scene.rounds { $0.phase == .ready }
      for _ in 0..<20 where await scene.forge.requestLog.allSatisfy({ !$0.path.hasSuffix("/merge") }) {
        try await scene.round()
      }
      try await scene.forge.addLabel("looper:hold", to: number, in: EngineScene.repository, as: "alice")
      try await scene.rounds(20)
      #expect(try await scene.pull(number).isMerged == false)
      try await scene.forge.removeLabel("looper:hold", from: number, in: EngineScene.repository, as: "alice")
      try await scene.rounds { $0.state == .done(.merged) }
    }
  }

  @Test("protected paths and a large change need a person")
  func budget() async throws {
    try await Self.scene(.auto, { $0.protectedPaths = ["*.txt"] }) { scene, number in
      try await expectNoMerge(scene, number, because: "it changes the protected path list.txt")
    }
    try await Self.scene(.auto, { $0.changedLinesMax = 2 }) { scene, number in
      try await expectNoMerge(
        scene, number, because: "it changes 3 lines, more than merge.max-changed-lines = 2")
    }
  }

  @Test("renaming a file out of a protected path needs a person as well")
  func renamedAway() async throws {
    let agents = ScriptedAgents([.reviewer: [AgentScript.clean]])
    try await EngineScene.with(
      agents, settle: { $0.policy.merge = .init(mode: .auto, protectedPaths: ["list.txt"]) }
    ) { scene in
      try await scene.watch()
      try await scene.forgeScene.push([:], renaming: ["list.txt": "other.txt"], to: "feature")
      let number = try await scene.forge.createPull(
        in: EngineScene.repository, .init(title: "Move it", body: "", head: "feature", base: "main"),
        as: "looper")
      try await scene.forge.addLabel("looper:adopt", to: number, in: EngineScene.repository, as: "alice")
      try await expectNoMerge(scene, number, because: "it changes the protected path list.txt")
    }
  }

  @Test("a required approval is a person's to give, and then it merges")
  func approval() async throws {
    try await Self.scene { scene, number in
      try await Self.protect(scene) { $0.requiredApprovals = 1 }
      try await expectNoMerge(scene, number, because: "an approving review is required")
      try await scene.forge.submitReview(
        .init(event: .approve), on: number, in: EngineScene.repository, as: "alice")
      try await scene.rounds { $0.state == .done(.merged) }
    }
  }

  @Test("where the repository merges by itself it is told to, and told off again when the head is held")
  func automatic() async throws {
    try await Self.scene { scene, number in
      try await scene.forge.configure(EngineScene.repository) { $0.allowsAutoMerge = true }
      try await Self.protect(scene) { $0.requiredApprovals = 1 }
      try await scene.rounds(until: isReady)
      try await scene.rounds(6)
      #expect(try await scene.pull(number).autoMerge?.enabledBy == "looper")
      try await scene.forge.addLabel("looper:hold", to: number, in: EngineScene.repository, as: "alice")
      try await scene.rounds(4)
      #expect(try await scene.pull(number).autoMerge == nil)
      try await scene.forge.removeLabel("looper:hold", from: number, in: EngineScene.repository, as: "alice")
      try await scene.rounds(8)
      #expect(try await scene.pull(number).autoMerge?.enabledBy == "looper")
      try await scene.forge.submitReview(
        .init(event: .approve), on: number, in: EngineScene.repository, as: "alice")
      try await scene.rounds { $0.state == .done(.merged) }
    }
  }

  @Test("an order that stands is taken back when a writer pushes: what nobody reviewed is not merged")
  func pushAfterOrder() async throws {
    try await Self.scene { scene, number in
      try await scene.forge.configure(EngineScene.repository) { $0.allowsAutoMerge = true }
      try await Self.protect(scene) { $0.requiredApprovals = 1 }
      try await scene.rounds(until: isReady)
      try await scene.rounds(6)
      #expect(try await scene.pull(number).autoMerge?.enabledBy == "looper")
      scene.agents.set(.reviewer, [AgentScript.changes("list.txt", line: 2)])
      scene.agents.set(.fixer, [{ _ in .failed(Failure(.agent, "no idea")) }])
      try await scene.forgeScene.push(["sneaky.txt": "x\n"], to: "feature", from: "feature")
      try await scene.rounds { $0.state == .blocked(.agentFailures) }
      #expect(try await scene.pull(number).autoMerge == nil)
      #expect(await scene.forge.requestLog.contains { $0.operation?.hasPrefix("DisableAutoMerge") == true })
      try await scene.forge.submitReview(
        .init(event: .approve), on: number, in: EngineScene.repository, as: "alice")
      try await scene.rounds(6)
      #expect(try await scene.pull(number).isMerged == false)
    }
  }

  @Test("who may not write stops no merge by asking for changes")
  func strangersObjection() async throws {
    try await Self.scene { scene, number in
      try await scene.forge.submitReview(
        .init(event: .requestChanges, body: "no"), on: number, in: EngineScene.repository, as: "mallory")
      let loop = try await scene.rounds { $0.state.isDone }
      #expect(loop.state == .done(.merged))
      #expect(scene.agents.started.map(\.role) == [.reviewer])
    }
  }

  /// What takes a request for changes back.
  enum Retraction: CaseIterable { case approval, dismissal }

  @Test(
    "a writer's request for changes goes to the fixer and stops the merge until it is taken back",
    arguments: Retraction.allCases)
  func objection(takenBackBy retraction: Retraction) async throws {
    try await Self.scene { scene, number in
      scene.agents.set(.fixer, [AgentScript.fix("list.txt", ForgeScene.list(changing: 7))])
      try await scene.rounds { _ in !scene.agents.started.isEmpty }
      let judged = try await scene.head(of: number)
      let review = try await scene.forge.submitReview(
        .init(event: .requestChanges, body: "line 7"), on: number, in: EngineScene.repository, as: "alice")
      try await scene.rounds { isReady($0) && scene.agents.started.count == 3 }
      try await scene.rounds(8)
      // The fix was reviewed clean, which is not for Looper to take for her word.
      #expect(scene.agents.started.map(\.role) == [.reviewer, .fixer, .reviewer])
      #expect(try await scene.head(of: number) != judged)
      #expect(try await scene.pull(number).isMerged == false)
      #expect(await !scene.forge.requestLog.contains { $0.path.hasSuffix("/merge") })
      let place = "https://github.com/\(EngineScene.repository)/pull/\(number)"
      let why = try await scene.whyView()
      #expect(
        why.sentence
          == "it is ready to merge: reviewed clean, every check green, no conflict; merge.mode is auto, but alice asks for changes"
      )
      #expect(why.waitsFor == "alice to approve \(place), or a person to dismiss that review or to merge")
      #expect(
        why.humanCan == [
          "gh pr review \(number) --repo \(EngineScene.repository) --approve  as alice",
          "gh pr merge \(number) --repo \(EngineScene.repository)",
          "write a review comment on \(place) to have something changed", "looper cancel L1",
        ])
      switch retraction {
      case .approval:
        try await scene.forge.submitReview(
          .init(event: .approve), on: number, in: EngineScene.repository, as: "alice")
      case .dismissal: try await scene.forge.dismissReview(review, as: "looper")
      }
      try await scene.rounds { $0.state == .done(.merged) }
    }
  }

  @Test(
    "a request for changes without a word stops the merge as well, and a later comment leaves it standing")
  func wordlessObjection() async throws {
    try await Self.scene { scene, number in
      for event in [ForgeSession.NewReview.Event.requestChanges, .comment] {
        try await scene.forge.submitReview(
          .init(event: event, body: "no"), on: number, in: EngineScene.repository, as: "alice")
      }
      try await expectNoMerge(scene, number, because: "alice asks for changes")
    }
  }

  @Test("where a person merges anyway, why names who asks for changes as well")
  func objectionWithoutMerging() async throws {
    try await Self.scene(.off) { scene, number in
      try await scene.forge.submitReview(
        .init(event: .requestChanges, body: "no"), on: number, in: EngineScene.repository, as: "alice")
      try await scene.rounds(until: isReady)
      #expect(
        try await scene.why()
          == "it is ready to merge: reviewed clean, every check green, no conflict; alice asks for changes")
    }
  }

  @Test("a request for changes before more reviews than are read stops the merge as well")
  func objectionOutOfSight() async throws {
    try await Self.scene { scene, number in
      try await scene.forge.submitReview(
        .init(event: .requestChanges, body: "no"), on: number, in: EngineScene.repository, as: "alice")
      for count in 1...100 {
        try await scene.forge.submitReview(
          .init(event: .comment, body: "\(count)"), on: number, in: EngineScene.repository, as: "mallory")
      }
      try await expectNoMerge(scene, number, because: "it has more reviews than are read")
    }
  }

  @Test("where the base has a merge queue it is used", arguments: [MergePolicy.Mode.auto, .queue])
  func queue(mode: MergePolicy.Mode) async throws {
    try await Self.scene(mode) { scene, number in
      try await Self.protect(scene) { $0.hasQueue = true }
      let loop = try await scene.rounds { $0.state.isDone }
      #expect(loop.state == .done(.merged))
      #expect(await scene.forge.requestLog.contains { $0.operation?.hasPrefix("Enqueue") == true })
    }
  }

  @Test("what the merge queue throws out is a person's, until a retry puts it there again")
  func thrownOut() async throws {
    func enqueued(_ scene: EngineScene) async -> Int {
      await scene.forge.requestLog.count { $0.operation?.hasPrefix("Enqueue") == true }
    }
    try await Self.scene(.queue) { scene, number in
      try await Self.protect(scene) {
        $0.hasQueue = true
        $0.queueTime = .seconds(150)
        $0.queueRefusals = 1
      }
      for _ in 0..<60 where await enqueued(scene) == 0 { try await scene.round() }
      #expect(try await scene.pull(number).queuedAt != nil)
      for _ in 0..<100 where try await scene.pull(number).queuedAt != nil { try await scene.round() }
      try await scene.rounds(20)
      #expect(try await scene.why().hasSuffix(MergeDecision.lapsed))
      #expect(await enqueued(scene) == 1)
      try await scene.store.retry(try await scene.loop.id, at: scene.time.now)
      let loop = try await scene.rounds { $0.state.isDone }
      #expect(loop.state == .done(.merged))
      #expect(await enqueued(scene) == 2)
    }
  }
}
