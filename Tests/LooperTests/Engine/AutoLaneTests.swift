import Testing

@testable import Looper

@Suite("the auto lane takes what its rules name, within their bounds, and not before what it depends on")
struct AutoLaneTests {
  private static func scene(
    _ rule: AutoRule, _ body: (EngineScene) async throws -> Void
  ) async throws {
    try await EngineScene.with(ScriptedAgents.unerring(), settle: { $0.auto = [rule] }) { scene in
      try await scene.watch()
      try await body(scene)
    }
  }

  private func subjects(_ scene: EngineScene) async throws -> [Int] {
    try await scene.store.loops(state: nil, project: nil, before: .max, limit: 50).map(\.subject.number)
      .sorted()
  }

  private func issue(
    _ scene: EngineScene, _ body: String = "", labels: [String] = [], as login: String = "alice"
  )
    async throws -> Int
  {
    try await scene.forge.createIssue(
      in: EngineScene.repository, title: "Another", body: body, labels: labels, as: login)
  }

  @Test("an issue with a rule's label is taken in the lane auto, when a writer set it")
  func labels() async throws {
    try await Self.scene(AutoRule(labels: ["Easy"], skipsPlan: true)) { scene in
      let number = try await issue(scene, labels: ["easy"])
      try await scene.rounds(3)
      #expect(try await subjects(scene) == [number])
      #expect(try await scene.loop.lane == .auto)
      #expect(try await scene.loop.skipsPlan)
      try await scene.rounds { $0.phase == .ready }
    }
  }

  @Test("an author's issues are taken, other people's are not")
  func authors() async throws {
    try await Self.scene(AutoRule(authors: ["Bob"])) { scene in
      let number = try await issue(scene, as: "bob")
      _ = try await issue(scene, as: "mallory")
      try await scene.rounds(5)
      #expect(try await subjects(scene) == [number])
    }
  }

  @Test("no more than so many start on a day, and the next day goes on")
  func perDay() async throws {
    try await Self.scene(AutoRule(authors: ["bob"], perDay: 2)) { scene in
      for _ in 0..<5 { _ = try await issue(scene, as: "bob") }
      try await scene.rounds(10)
      let first = try await subjects(scene)
      #expect(first.count == 2)
      scene.time.advance(by: .seconds(86_400))
      scene.forgeScene.clock.advance(by: .seconds(86_400))
      try await scene.rounds(10)
      let all = try await subjects(scene)
      #expect(all.count == 4)
      // The oldest first.
      #expect(all.sorted().prefix(2) == first.sorted()[...])
    }
  }

  @Test("each rule has its own day, and another rule's spent one takes nothing from it")
  func perRule() async throws {
    let rules = [AutoRule(authors: ["bob"], perDay: 1), AutoRule(authors: ["carol"], perDay: 2)]
    try await EngineScene.with(ScriptedAgents.unerring(), settle: { $0.auto = rules }) { scene in
      try await scene.watch()
      for login in ["bob", "bob", "carol", "carol", "carol"] { _ = try await issue(scene, as: login) }
      try await scene.rounds(20)
      #expect(try await subjects(scene).count == 3)
    }
  }

  @Test("what no rule wants is looked at once, and again when it changes")
  func unwanted() async throws {
    let rule = AutoRule(labels: ["easy"], authors: ["bob"])
    try await EngineScene.with(ScriptedAgents.unerring(), settle: { $0.auto = [rule] }) { plain in
      let (scene, forge) = await plain.filtered()
      try await scene.watch()
      let number = try await issue(scene, labels: ["easy"], as: "alice")
      try await scene.rounds(20)
      #expect(forge.looks(at: number) == 1)
      try await scene.forge.editIssue(number, in: EngineScene.repository, body: "more", as: "alice")
      try await scene.rounds(20)
      #expect(forge.looks(at: number) == 2)
      #expect(try await subjects(scene).isEmpty)
    }
  }

  @Test("an issue beyond the first page of a rule's list is taken, too")
  func secondPage() async throws {
    let rule = AutoRule(labels: ["easy"], authors: ["bob"], perDay: 1)
    try await EngineScene.with(ScriptedAgents.unerring(), settle: { $0.auto = [rule] }) { scene in
      try await scene.watch()
      _ = try await issue(scene, labels: ["easy"], as: "alice")
      let wanted = try await scene.forge.createIssue(
        in: EngineScene.repository, title: "Wanted", as: "bob")
      try await scene.forge.addLabel("easy", to: wanted, in: EngineScene.repository, as: "alice")
      scene.forgeScene.clock.advance(by: .seconds(5))
      for _ in 0..<50 { _ = try await issue(scene, labels: ["easy"], as: "alice") }
      try await scene.rounds(3)
      #expect(try await subjects(scene) == [wanted])
    }
  }

  @Test(
    "what did not change for longer than the look-back, or is held, or of another repository, is left alone")
  func bounds() async throws {
    try await Self.scene(AutoRule(authors: ["bob"], lookBack: .seconds(3600))) { scene in
      _ = try await issue(scene, as: "bob")
      scene.time.advance(by: .seconds(7200))
      scene.forgeScene.clock.advance(by: .seconds(7200))
      let held = try await issue(scene, as: "bob")
      try await scene.forge.addLabel("looper:hold", to: held, in: EngineScene.repository, as: "alice")
      try await scene.rounds(5)
      #expect(try await subjects(scene).isEmpty)
    }
    let elsewhere = try #require(ProjectName("acme/other"))
    try await Self.scene(AutoRule(repositories: [elsewhere], authors: ["bob"])) { scene in
      _ = try await issue(scene, as: "bob")
      try await scene.rounds(5)
      #expect(try await subjects(scene).isEmpty)
    }
  }

  @Test("an ended loop is not taken again by the same rule")
  func once() async throws {
    try await Self.scene(AutoRule(authors: ["bob"])) { scene in
      let number = try await issue(scene, as: "bob")
      try await scene.rounds(2)
      try await scene.forge.close(number, in: EngineScene.repository, as: "alice")
      try await scene.rounds { $0.state.isDone }
      try await scene.forge.reopen(number, in: EngineScene.repository, as: "alice")
      try await scene.rounds(5)
      #expect(try await subjects(scene) == [number])
      #expect(try await scene.store.liveLoops().isEmpty)
    }
  }

  @Test("an issue waits for what its author says it depends on, says so, and goes on when that is closed")
  func written() async throws {
    try await Self.scene(AutoRule(authors: ["bob"], skipsPlan: true)) { scene in
      let number = try await issue(scene, "Depends on #1, please", as: "bob")
      try await scene.rounds { $0.state == .waiting(.dependency, wakeAt: nil) }
      try await scene.rounds(10)
      #expect(scene.agents.started.isEmpty)
      #expect(try await scene.why() == "it depends on #1, not closed yet")
      try await scene.forge.close(1, in: EngineScene.repository, as: "alice")
      try await scene.rounds { $0.phase == .ready }
      #expect(try await subjects(scene) == [number])
    }
  }

  @Test("issues that wait for each other are a person's to part, and say so")
  func circle() async throws {
    try await Self.scene(AutoRule(authors: ["bob"], skipsPlan: true)) { scene in
      let number = try await issue(scene, "Depends on #3", as: "bob")
      let other = try await issue(scene, "Blocked by #\(number)", as: "bob")
      #expect([number, other] == [2, 3])
      let third = try await issue(scene, "Depends on #\(other)", as: "bob")
      try await scene.rounds { $0.subject == .issue(third) && $0.state == .waiting(.dependency, wakeAt: nil) }
      try await scene.rounds(3)
      let operations = await scene.operations()
      let told = try await operations.status().needsHuman
      // The third waits for them, but not they for it.
      #expect(told.map(\.loop).sorted() == ["L1", "L2"])
      #expect(told.map(\.reason) == ["dependency", "dependency"])
      let loop = try #require(try await scene.store.liveLoops().first { $0.subject == .issue(number) })
      let why = try await operations.why(loop.id).sentence
      #expect(why == "it depends on #3, and they wait for each other: #2 waits for #3 waits for #2")
    }
  }

  @Test("GitHub's own dependencies hold a labelled issue too; what an operator starts by hand starts")
  func linked() async throws {
    try await Self.scene(AutoRule(authors: ["nobody"])) { scene in
      let number = try await issue(scene)
      try await scene.forge.setBlockers([1], of: number, in: EngineScene.repository, as: "alice")
      try await scene.forge.addLabel("looper:implement", to: number, in: EngineScene.repository, as: "alice")
      let loop = try await scene.rounds { $0.state == .waiting(.dependency, wakeAt: nil) }
      try await scene.rounds(3)
      #expect(scene.agents.started.isEmpty)
      try await scene.store.promote(loop.id, vendor: nil, model: nil, at: scene.time.now)
      try await scene.store.touch(loop.id)
      try await scene.rounds { $0.phase == .ready }
    }
  }

  @Test(
    "dependencies that GitHub refuses to tell are unknown: the issue waits, says why, and goes on once they are told"
  )
  func refused() async throws {
    try await Self.scene(AutoRule(authors: ["nobody"])) { scene in
      let path = ForgeFaultMatcher(path: "dependencies/blocked_by")
      await scene.forge.inject(.status(403), matching: path, times: 1_000)
      try await scene.forge.addLabel("looper:implement", to: 1, in: EngineScene.repository, as: "alice")
      try await scene.rounds { $0.state == .waiting(.dependency, wakeAt: nil) }
      try await scene.rounds(5)
      #expect(scene.agents.started.isEmpty)
      let why = try await scene.whyView()
      #expect(
        why.sentence
          == "GitHub refused to tell which issues it depends on, so it may depend on one that is open")
      #expect(why.waitsFor == "the login of gh being allowed to read issues of acme/shop")
      await scene.forge.clearFaults()
      try await scene.rounds(until: { $0.phase == .ready }, most: 900)
    }
  }

  @Test("a GitHub that has dependencies and once seems not to is not believed", arguments: [1, 2])
  func forgetful(tries: Int) async throws {
    try await Self.scene(AutoRule(authors: ["nobody"])) { scene in
      let path = ForgeFaultMatcher(path: "dependencies/blocked_by")
      let blocker = try await issue(scene)
      try await scene.forge.setBlockers([blocker], of: 1, in: EngineScene.repository, as: "alice")
      // It has told once before; of one that never did a single refusal is not believed either.
      if tries > 1 {
        _ = try await scene.poller.forge.observe(
          try #require(ProjectName(EngineScene.repository)), issue: blocker, pull: nil)
      }
      await scene.forge.inject(.status(404), matching: path, times: tries)
      try await scene.forge.addLabel("looper:implement", to: 1, in: EngineScene.repository, as: "alice")
      try await scene.rounds { $0.state == .waiting(.dependency, wakeAt: nil) }
      try await scene.rounds(5)
      #expect(scene.agents.started.isEmpty)
    }
  }

  @Test("a GitHub without dependencies has none", arguments: [404, 410])
  func unknownToGitHub(status: Int) async throws {
    try await Self.scene(AutoRule(authors: ["nobody"])) { scene in
      let path = ForgeFaultMatcher(path: "dependencies/blocked_by")
      await scene.forge.inject(.status(status), matching: path, times: 1_000)
      try await scene.forge.addLabel("looper:implement", to: 1, in: EngineScene.repository, as: "alice")
      try await scene.rounds { $0.phase == .ready }
    }
  }
}
