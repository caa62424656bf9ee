import Testing

@testable import Looper

@Suite(
  "a subject that cannot be looked at delays nobody but its own loop, and one that is gone ends with a person"
)
struct LookTroubleTests {
  private static let timeout = Failure(.transient, "github answered: something went wrong")

  private func issue(_ scene: EngineScene, labels: [String] = ["looper:implement"]) async throws -> Int {
    try await scene.forge.createIssue(
      in: EngineScene.repository, title: "Another", labels: labels, as: "alice")
  }

  private func outages(_ scene: EngineScene) async throws -> Int {
    try await scene.store.events(after: 0, limit: 10_000).count { $0.kind == .forgeUnavailable }
  }

  @Test(
    "a host that refuses the login is told as a host that does not work, and is well again when it answers")
  func loggedOut() async throws {
    try await EngineScene.with(ScriptedAgents([:])) { plain in
      let (scene, forge) = await plain.filtered()
      try await scene.watch()
      forge.refuseSweeps(Failure(.needsHuman, "gh is not logged in"))
      try await scene.round()
      #expect(scene.health["github.com"].isAvailable == false)
      #expect(scene.health["github.com"].message == "gh is not logged in")
      for _ in 0..<5 { try await scene.round() }
      forge.refuseSweeps(nil)
      for _ in 0..<20 where !scene.health["github.com"].isAvailable { try await scene.round() }
      #expect(scene.health["github.com"].isAvailable)
      let told = try await scene.store.events(after: 0, limit: 100).filter {
        $0.kind == .forgeUnavailable || $0.kind == .forgeAvailable
      }
      #expect(told.map(\.message) == ["github.com: gh is not logged in", "github.com answers again"])
    }
  }

  @Test(
    "a read before a write that is refused is one from before the thing was there, unless it is refused again and again",
    arguments: [2, 3])
  func refusedBeforeWriting(times: Int) async throws {
    try await EngineScene.with(ScriptedAgents.unerring()) { plain in
      let (scene, forge) = await plain.filtered(everywhere: true)
      try await scene.watch()
      forge.refuseGuards(Array(repeating: Failure(.permanent, "no such pull request"), count: times))
      try await scene.forge.addLabel("looper:implement", to: 1, in: EngineScene.repository, as: "alice")
      let loop = try await scene.rounds {
        if case .blocked = $0.state { true } else { $0.phase == .ready }
      }
      #expect(loop.phase == (times == 2 ? .ready : .work))
      #expect(loop.counters.infrastructureFailures == (times == 2 ? 0 : 1))
    }
  }

  @Test("a loop that waits for a look has it in the middle of a sweep that finds many new subjects")
  func manyAtOnce() async throws {
    try await EngineScene.with(ScriptedAgents.unerring(), settle: { $0.limits.runs = 0 }) { plain in
      let (scene, forge) = await plain.filtered()
      try await scene.watch()
      let first = try await issue(scene)
      try await scene.round()
      let waiting = try await scene.loop
      // As after a run.
      let input = try #require(try await scene.store.evaluationInput(of: waiting.id, at: scene.time.now))
      try await scene.store.apply(
        .wait(.observation, until: nil), to: input, policy: FlowPolicy(), at: scene.time.now)
      // GitHub lists the newest first.
      let last = try await issue(scene)
      for _ in 0..<GitHubPoller.looksInARow + 1 { _ = try await issue(scene) }
      forge.refuse { [before = forge.looks(at: first)] number in
        guard number == last else { return nil }
        #expect(forge.looks(at: first) > before)
        return nil
      }
      scene.time.advance(by: .seconds(60))
      try await scene.poller.tick(at: scene.time.now)
      #expect(forge.looks(at: last) == 1)
    }
  }

  @Test("a look that always fails is tried ever less often, opens no breaker, and the others go on to ready")
  func oneFails() async throws {
    try await EngineScene.with(ScriptedAgents.unerring()) { plain in
      let (scene, forge) = await plain.filtered()
      try await scene.watch()
      try await scene.forge.addLabel("looper:plan", to: 1, in: EngineScene.repository, as: "alice")
      try await scene.rounds { $0.phase == .specReview }
      let stuck = try await scene.loop.id
      forge.refuse { $0 == 1 ? Self.timeout : nil }
      let before = forge.looks(at: 1)
      let other = try await issue(scene)
      let loop = try await scene.rounds { $0.subject == .issue(other) && $0.phase == .ready }
      #expect(loop.id != stuck)
      try await scene.rounds(60)
      #expect(try await outages(scene) == 0)
      #expect(scene.health["github.com", .read].isAvailable)
      #expect(forge.looks(at: 1) - before <= 9)
      forge.refuse { _ in nil }
      try await scene.rounds(200)
      #expect(try await scene.store.loop(stuck)?.phase == .ready)
    }
  }

  @Test("looks that fail at three subjects in a row say that the host is in trouble, once")
  func threeFail() async throws {
    try await EngineScene.with(ScriptedAgents.unerring(), settle: { $0.pollInterval = .seconds(3600) }) {
      plain in
      let (scene, forge) = await plain.filtered()
      try await scene.watch()
      var numbers = [1]
      for _ in 0..<2 { numbers.append(try await issue(scene, labels: [])) }
      forge.refuse { _ in Self.timeout }
      let project = try #require(try await scene.store.projects().first)
      for (index, number) in numbers.enumerated() {
        let draft = LoopDraft(
          projectID: project.id, subject: .issue(number), title: "", lane: .manual, skipsPlan: true)
        _ = try await scene.store.startLoop(draft, at: scene.time.now)
        try await scene.poller.tick(at: scene.time.now)
        #expect(scene.health["github.com", .read].isAvailable == (index < 2))
      }
      #expect(try await outages(scene) == 1)
    }
  }

  @Test("a deleted issue blocks its loop with a reason and an exit, and is not asked for again")
  func gone() async throws {
    try await EngineScene.with(ScriptedAgents.unerring(), settle: { $0.policy.needsSpecApproval = true }) {
      plain in
      let (scene, forge) = await plain.filtered()
      try await scene.watch()
      try await scene.forge.addLabel("looper:plan", to: 1, in: EngineScene.repository, as: "alice")
      try await scene.rounds { $0.state == .waiting(.specApproval, wakeAt: nil) }
      try await scene.rounds(3)
      try await scene.forge.delete(1, in: EngineScene.repository, as: "acme")
      let loop = try await scene.rounds { $0.state == .blocked(.permanent) }
      #expect(
        try await scene.why()
          == "it would fail the same way again: #1 of acme/shop cannot be found any more: it was deleted or moved away"
      )
      let before = forge.looks(at: 1)
      try await scene.rounds(30)
      #expect(forge.looks(at: 1) == before)
      // A fresh start does not make it wait for what cannot come.
      try await scene.store.retry(loop.id, at: scene.time.now)
      try await scene.rounds { if case .blocked = $0.state { false } else { true } }
      try await scene.rounds { $0.state == .blocked(.permanent) }
      try await scene.store.cancelLoop(loop.id, policy: FlowPolicy(), at: scene.time.now)
      #expect(try await scene.store.loop(loop.id)?.state == .done(.cancelled))
    }
  }

  @Test("a loop begins with the pull request that an earlier daemon left, or does not begin yet")
  func earlierPull() async throws {
    try await EngineScene.with(ScriptedAgents.unerring()) { plain in
      let (scene, forge) = await plain.filtered()
      try await scene.watch()
      try await scene.forgeScene.push(["new.txt": "new\n"], to: "looper/1-it-is-broken")
      let new = ForgeSession.NewPull(
        title: "It is broken", body: "Closes #1", head: "looper/1-it-is-broken", base: "main")
      let number = try await scene.forge.createPull(in: EngineScene.repository, new, as: "looper")
      forge.breakSearch(true)
      try await scene.forge.addLabel("looper:implement", to: 1, in: EngineScene.repository, as: "alice")
      try await scene.rounds(10)
      #expect(try await scene.store.liveLoops().isEmpty)
      forge.breakSearch(false)
      let loop = try await scene.rounds(until: { $0.phase == .ready }, most: 600)
      #expect(loop.pullNumber == number)
      #expect(scene.agents.started.map(\.role) == [.reviewer])
    }
  }

  @Test("work that begins anew goes to a branch of its own beside the one whose pull request was closed")
  func freshBranch() async throws {
    try await EngineScene.with(ScriptedAgents.unerring()) { scene in
      try await scene.watch()
      for branch in ["looper/1-it-is-broken", "looper/1-it-is-broken-2", "looper/1-it-is-broken-3"] {
        try await scene.forge.addLabel("looper:plan", to: 1, in: EngineScene.repository, as: "alice")
        let loop = try await scene.rounds { $0.phase == .ready && $0.branch == branch }
        let number = try #require(loop.pullNumber)
        #expect(try await scene.pull(number).headBranch == branch)
        try await scene.forge.close(number, in: EngineScene.repository, as: "alice")
        try await scene.rounds { $0.state == .done(.closed) }
        try await scene.forge.removeLabel("looper:plan", from: 1, in: EngineScene.repository, as: "alice")
        try await scene.rounds(3)
      }
    }
  }

  @Test("an issue whose title was edited is gone on with in the pull request it has")
  func editedTitle() async throws {
    try await EngineScene.with(ScriptedAgents.unerring()) { scene in
      try await scene.watch()
      try await scene.forge.addLabel("looper:implement", to: 1, in: EngineScene.repository, as: "alice")
      let first = try await scene.rounds { $0.phase == .ready }
      try await scene.store.cancelLoop(first.id, policy: FlowPolicy(), at: scene.time.now)
      try await scene.forge.editIssue(1, in: EngineScene.repository, title: "Quite another", as: "alice")
      try await scene.forge.removeLabel("looper:implement", from: 1, in: EngineScene.repository, as: "alice")
      try await scene.rounds(3)
      try await scene.forge.addLabel("looper:implement", to: 1, in: EngineScene.repository, as: "alice")
      let second = try await scene.rounds { $0.id != first.id && $0.phase == .ready }
      #expect(second.pullNumber == first.pullNumber)
      #expect(second.branch == first.branch)
      #expect(await scene.forge.snapshot().issues.rows.count { $0.isPull } == 1)
    }
  }
}
