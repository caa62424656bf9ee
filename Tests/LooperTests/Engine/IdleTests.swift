import GRDB
import Testing

@testable import Looper

@Suite("doing nothing costs next to nothing")
struct IdleTests {
  @Test("an idle tick over 50 projects is one request and no row")
  func idleTick() async throws {
    try await EngineScene.with { scene in
      for number in 1...50 {
        let name = "acme/idle-\(number)"
        try await scene.forge.createRepository(name, files: ["README.md": "# \(number)\n"])
        try await scene.forge.setPermission(.write, of: "looper", in: name)
        let project = try #require(ProjectName(name))
        _ = try await scene.store.addProject(
          project, checkoutPath: nil, baseBranch: nil, facts: nil, at: scene.time.now)
      }
      try await scene.round()
      let requestsBefore = await scene.forge.requestLog.count
      let rowsBefore = try await scene.store.changesSoFar()
      for _ in 0..<5 { try await scene.round() }
      #expect(await scene.forge.requestLog.count - requestsBefore == 5)
      #expect(try await scene.store.changesSoFar() == rowsBefore)
    }
  }

  @Test("a thousand items that back off do not delay a fresh one")
  func backingOff() async throws {
    try await EngineScene.with { scene in
      let store = scene.store
      let name = try #require(ProjectName("acme/shop"))
      let (project, _) = try await store.addProject(
        name, checkoutPath: nil, baseBranch: nil, facts: nil, at: scene.time.now)
      for number in 1...1001 {
        let (loop, _) = try await store.startLoop(
          LoopDraft(
            projectID: project.id, subject: .issue(number), title: "t", lane: .planned, skipsPlan: false),
          at: scene.time.now)
        let input = try #require(try await store.evaluationInput(of: loop.id, at: scene.time.now))
        let due = number == 1001 ? scene.time.now : scene.time.now + .seconds(300)
        try await store.apply(
          .run(.plan, notBefore: due), to: input, policy: FlowPolicy(), at: scene.time.now)
      }
      let clock = ContinuousClock()
      let startedAt = clock.now
      let runs = try await store.claimDueItems(
        admission: Admission(limits: .init()), configurationHash: "", at: scene.time.now,
        terms: { _, _ in ClaimTerms(vendor: .custom, model: nil) }, nonce: { "n" })
      #expect(clock.now - startedAt < .milliseconds(100))
      let claimed = try #require(runs.first)
      #expect(runs.count == 1)
      #expect(try await store.run(claimed)?.loopID == Loop.ID(1001))
    }
  }
}

extension Store {
  /// How many rows were written so far: equal numbers mean that nothing was written between.
  fileprivate func changesSoFar() async throws -> Int {
    try await database.write { $0.totalChangesCount }
  }
}
