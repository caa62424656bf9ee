import Testing

@testable import Looper

@Suite("a failing check reaches an agent only when this change is to blame")
struct CheckEvidenceTests {
  private static func agents(_ fixer: [ScriptedAgents.Script] = []) -> ScriptedAgents {
    ScriptedAgents([.reviewer: [AgentScript.clean], .fixer: fixer])
  }

  /// A fixer that changes a file, a different one each time.
  private static func edit(_ times: Int) -> [ScriptedAgents.Script] {
    (0..<times).map { AgentScript.fix("try\($0).txt", "\($0)\n") }
  }

  private func isReady(_ loop: Loop) -> Bool { loop.state == .waiting(.merge, wakeAt: nil) }

  /// An adopted pull request that was ready, and whose check then fails on the very head it passed on.
  private func failAfterPassing(_ scene: EngineScene) async throws -> (number: Int, head: CommitSHA) {
    let number = try await scene.adoptPull()
    let head = try await scene.head(of: number)
    try await scene.check(.success, on: head)
    try await scene.rounds(until: isReady)
    try await scene.check(.failure, on: head)
    return (number, head)
  }

  @Test("lesson 42: a flake costs no agent: what passed on the same commit is run again once, and passes")
  func flake() async throws {
    try await EngineScene.with(Self.agents()) { scene in
      let head = try await failAfterPassing(scene).head
      try await scene.rounds(5)
      let rerun = try #require(await scene.reruns(of: head).first)
      try await scene.forge.reportCheck(
        .init(conclusion: .success), on: head, in: EngineScene.repository, updating: rerun.id)
      try await scene.rounds(until: isReady)
      #expect(scene.agents.started.map(\.role) == [.reviewer])
    }
  }

  @Test("a flake costs no agent either when a person's hold kept it from being run again")
  func flakeUnderHold() async throws {
    try await EngineScene.with(Self.agents(Self.edit(1))) { scene in
      let (number, head) = try await failAfterPassing(scene)
      scene.time.advance(by: .seconds(2))
      try await scene.poller.tick(at: scene.time.now)
      try await scene.scheduler.tick(at: scene.time.now)
      // Between the decision and the sending.
      try await scene.forge.addLabel("looper:hold", to: number, in: EngineScene.repository, as: "alice")
      try await scene.dispatcher.tick(at: scene.time.now)
      try await scene.rounds { $0.state == .waiting(.hold, wakeAt: nil) }
      #expect(await scene.reruns(of: head).isEmpty)
      try await scene.forge.removeLabel("looper:hold", from: number, in: EngineScene.repository, as: "alice")
      try await scene.rounds(5)
      #expect(await scene.reruns(of: head).count == 1)
      #expect(scene.agents.started.map(\.role) == [.reviewer])
    }
  }

  @Test("base-red costs no agent while the base's own run of the check has yet to tell")
  func baseRuns() async throws {
    try await EngineScene.with(Self.agents()) { scene in
      let number = try await scene.adoptPull()
      let run = try await scene.forge.reportCheck(
        .init(name: "test", status: .inProgress), on: try await scene.base(), in: EngineScene.repository)
      try await scene.check(.failure, on: try await scene.head(of: number))
      try await scene.rounds { $0.state.waitReason == .checks }
      try await scene.rounds(5)
      #expect(scene.agents.started.isEmpty)
      try await scene.forge.reportCheck(
        .init(conclusion: .failure), on: try await scene.base(), in: EngineScene.repository, updating: run)
      try await scene.rounds { $0.state == .waiting(.baseChecks, wakeAt: nil) }
      #expect(scene.agents.started.isEmpty)
    }
  }

  @Test("a base whose run of the check never ends is waited for as long as other checks are")
  func baseRunsForEver() async throws {
    try await EngineScene.with(Self.agents(Self.edit(1)), settle: { $0.policy.checksWait = .seconds(40) }) {
      scene in
      let number = try await scene.adoptPull()
      try await scene.forge.reportCheck(
        .init(name: "test", status: .inProgress), on: try await scene.base(), in: EngineScene.repository)
      try await scene.check(.failure, on: try await scene.head(of: number))
      try await scene.rounds { $0.state.waitReason == .checks }
      #expect(scene.agents.started.isEmpty)
      try await scene.rounds { $0.pushedSHA != nil }
      #expect(scene.agents.started.map(\.role) == [.fixer])
    }
  }

  @Test("lesson 42: a check that fails again after it was run again is fixed, and not run a third time")
  func noFlake() async throws {
    try await EngineScene.with(Self.agents(Self.edit(1))) { scene in
      let head = try await failAfterPassing(scene).head
      try await scene.rounds(5)
      let rerun = try #require(await scene.reruns(of: head).first)
      try await scene.forge.reportCheck(
        .init(conclusion: .failure), on: head, in: EngineScene.repository, updating: rerun.id)
      try await scene.rounds { $0.pushedSHA != nil }
      #expect(await scene.forge.snapshot().checkRuns.rows.filter { $0.sha == head }.count == 3)
      #expect(scene.agents.started.map(\.role).contains(.fixer))
    }
  }

  @Test(
    "lesson 42: base-red costs no agent: it waits, says so, and goes on by itself when the base is mended")
  func baseRed() async throws {
    try await EngineScene.with(Self.agents()) { scene in
      let number = try await scene.adoptPull()
      let head = try await scene.head(of: number)
      try await scene.check(.failure, on: head)
      try await scene.check(.failure, on: try await scene.base())
      try await scene.rounds { $0.state == .waiting(.baseChecks, wakeAt: nil) }
      try await scene.rounds(10)
      #expect(scene.agents.started.isEmpty)
      let short = try await scene.base().short
      #expect(try await scene.why() == "the checks that fail also fail on main at \(short): test")

      // The mended base is merged into the head, for the old merge would fail for ever.
      let mended = try await scene.forgeScene.push(["mended.txt": "yes\n"], to: "main")
      try await scene.check(.success, on: mended)
      var updated = head
      for _ in 0..<40 where updated == head {
        try await scene.round()
        updated = try await scene.head(of: number)
      }
      #expect(updated != head)
      try await scene.check(.success, on: updated)
      try await scene.rounds(until: isReady)
      #expect(scene.agents.started.map(\.role) == [.reviewer])
    }
  }

  @Test("with flow.update = never the check is run again when the base is mended")
  func baseMendedWithoutUpdate() async throws {
    try await EngineScene.with(Self.agents(), settle: { $0.policy.update = .never }) { scene in
      let number = try await scene.adoptPull()
      let head = try await scene.head(of: number)
      try await scene.check(.failure, on: head)
      try await scene.check(.failure, on: try await scene.base())
      try await scene.rounds { $0.state == .waiting(.baseChecks, wakeAt: nil) }
      try await scene.check(.success, on: try await scene.base())
      try await scene.rounds(5)
      #expect(await scene.reruns(of: head).count == 1)
      #expect(try await scene.head(of: number) == head)
      #expect(scene.agents.started.isEmpty)
    }
  }

  @Test(
    "lesson 42: a failing check of this change goes to the fixer, with at most 8 KiB of its log and the root line"
  )
  func excerpt() async throws {
    try await EngineScene.with(Self.agents(Self.edit(1))) { scene in
      let number = try await scene.adoptPull()
      let noise = (0..<4000).map { "line \($0) of no interest to anybody" }.joined(separator: "\n")
      let log = "\(noise)\nmain.c:3:1: error: no such thing\n\(noise)"
      try await scene.check(.failure, on: try await scene.head(of: number), log: log)
      try await scene.rounds { $0.pushedSHA != nil }
      let excerpt = scene.agents.started.first?.context["checks"]?[0]?["excerpt"]?.stringValue ?? ""
      #expect(excerpt.utf8.count <= 8192)
      #expect(excerpt.split(separator: "\n").contains("main.c:3:1: error: no such thing"))
    }
  }

  @Test("lesson 42: the same failure after two fixes asks a person: no-progress")
  func noProgress() async throws {
    // Long enough for the check to be there before a new head is reviewed.
    try await EngineScene.with(
      Self.agents(Self.edit(9)), settle: { $0.policy.quietPeriod = .seconds(3600) }
    ) { scene in
      let number = try await scene.adoptPull()
      for _ in 0..<40 {
        let head = try await scene.head(of: number)
        if await !scene.forge.snapshot().checkRuns.rows.contains(where: { $0.sha == head }) {
          try await scene.check(.failure, on: head)
        }
        try await scene.rounds(2)
      }
      #expect(try await scene.loop.state == .blocked(.noProgress))
      #expect(scene.agents.started.map(\.role) == [.fixer, .fixer])
    }
  }

  @Test(
    "two checks that fail in turn end with a person after six fixes, though each head is reviewed clean before they run"
  )
  func alternating() async throws {
    try await EngineScene.with(Self.agents(Self.edit(20))) { scene in
      let number = try await scene.adoptPull()
      try await scene.rounds(until: isReady)
      for turn in 0..<12 {
        let head = try await scene.head(of: number)
        try await scene.check(turn.isMultiple(of: 2) ? .failure : .success, of: "a", on: head)
        try await scene.check(turn.isMultiple(of: 2) ? .success : .failure, of: "b", on: head)
        let loop = try await scene.rounds {
          $0.state.code == "blocked" || $0.pushedSHA.map { $0 != head } ?? false
        }
        if loop.state.code == "blocked" { break }
        try await scene.rounds { isReady($0) && $0.pushedSHA != head }
      }
      let loop = try await scene.loop
      #expect(loop.state == .blocked(.checksKeepFailing))
      #expect(loop.phase == .codeReview)
      #expect(scene.agents.started.count { $0.role == .fixer } == FlowPolicy.checkFixesMax)
    }
  }

  @Test("fixes are counted anew when everything that failed has passed, and a failing check moves ready back")
  func countedAnew() async throws {
    try await EngineScene.with(Self.agents(Self.edit(20)), settle: { $0.policy.quietPeriod = .seconds(20) }) {
      scene in
      let number = try await scene.adoptPull()
      try await scene.rounds(until: isReady)
      for turn in 0..<FlowPolicy.checkFixesMax + 2 {
        let head = try await scene.forgeScene.push(["p\(turn).txt": "x\n"], to: "feature", from: "feature")
        try await scene.check(.failure, on: head)
        let moved = try await scene.rounds { $0.phase == .codeReview }
        #expect(moved.counters.checkFixes == 0)
        try await scene.rounds { $0.pushedSHA.map { $0 != head } ?? false && $0.state != .running }
        try await scene.check(.success, on: try await scene.head(of: number))
        try await scene.rounds(until: isReady)
      }
    }
  }

  @Test(
    "a run that was cancelled is started again once before anybody is paid",
    arguments: [ForgeCheckRun.Conclusion.cancelled, .stale])
  func cutOff(conclusion: ForgeCheckRun.Conclusion) async throws {
    try await EngineScene.with(Self.agents(Self.edit(1))) { scene in
      let number = try await scene.adoptPull()
      let head = try await scene.head(of: number)
      // That the base's own run was cut off says nothing about the base.
      try await scene.check(conclusion, on: try await scene.base())
      try await scene.check(conclusion, on: head)
      try await scene.rounds(5)
      let rerun = try #require(await scene.reruns(of: head).first)
      #expect(scene.agents.started.isEmpty)
      try await scene.forge.reportCheck(
        .init(conclusion: conclusion), on: head, in: EngineScene.repository, updating: rerun.id)
      try await scene.rounds { $0.pushedSHA != nil }
      #expect(scene.agents.started.map(\.role) == [.fixer])
    }
  }

  @Test("a check that wants a person's action costs no agent, asks at once and goes on by itself")
  func actionRequired() async throws {
    try await EngineScene.with(Self.agents()) { scene in
      let number = try await scene.adoptPull()
      let head = try await scene.head(of: number)
      let id = try await scene.check(.actionRequired, on: head)
      try await scene.rounds { $0.state == .blocked(.checksMissing) }
      #expect(try await scene.why() == "the check test waits for a person to approve it or to act")
      #expect(scene.agents.started.isEmpty)
      try await scene.forge.reportCheck(
        .init(conclusion: .success), on: head, in: EngineScene.repository, updating: id)
      try await scene.rounds(until: isReady)
    }
  }

  @Test("lesson 41: a required check that is absent has not passed, nor has one of another app in its place")
  func requiredChecks() async throws {
    try await EngineScene.with(Self.agents(), settle: { $0.policy.checksWait = .seconds(120) }) { scene in
      try await scene.forge.configure(EngineScene.repository) {
        $0.protections["main"] = ForgeProtection(
          requiredChecks: [.init(name: "gate", appID: ForgeApp.actions.id), .init(name: "lint")])
      }
      let number = try await scene.adoptPull()
      let head = try await scene.head(of: number)
      let other = ForgeApp(id: 7, slug: "elsewhere", name: "Elsewhere")
      try await scene.check(.success, of: "gate", on: head, app: other)
      try await scene.check(.success, of: "lint", on: head)
      try await scene.rounds { if case .waiting(.checks, _) = $0.state { true } else { false } }
      #expect(try await scene.why().hasSuffix("gate (required, not there yet)"))
      try await scene.check(.success, of: "gate", on: head)
      try await scene.rounds(until: isReady)
    }
  }

  @Test("a required check that never comes ends with a person")
  func missingForEver() async throws {
    try await EngineScene.with(Self.agents(), settle: { $0.policy.checksWait = .seconds(30) }) { scene in
      try await scene.forge.configure(EngineScene.repository) {
        $0.protections["main"] = ForgeProtection(requiredChecks: [.init(name: "gate")])
      }
      _ = try await scene.adoptPull()
      try await scene.rounds { $0.state == .blocked(.checksMissing) }
    }
  }
}
