import GRDB
import Testing

@testable import Looper

@Suite("a row that cannot be read stops the loop it belongs to and no other")
struct PoisonRowTests {
  private static func agents() -> ScriptedAgents {
    ScriptedAgents([
      .planner: [AgentScript.plan],
      .reviewer: [AgentScript.changes("specs/1-it-is-broken/spec.md", line: 3), AgentScript.clean],
      .worker: [AgentScript.work()],
      .fixer: [AgentScript.fix("specs/1-it-is-broken/spec.md", "# Spec\n\nAC1 it\n")],
    ])
  }

  /// A loop at work whose rows the test breaks, and a second one that must not notice.
  private func withTwo(_ body: (EngineScene, Loop.ID) async throws -> Void) async throws {
    try await EngineScene.with(Self.agents(), settle: { $0.limits.runs = 1 }) { scene in
      try await scene.watch()
      try await scene.forge.addLabel("looper:plan", to: 1, in: EngineScene.repository, as: "alice")
      try await scene.rounds { $0.phase == .specReview && $0.state != .running }
      try await body(scene, try await scene.loop.id)
    }
  }

  private func startOther(_ scene: EngineScene) async throws -> Int {
    try await scene.forge.createIssue(
      in: EngineScene.repository, title: "Other", labels: ["looper:implement"], as: "alice")
  }

  private func write(_ sql: String, _ scene: EngineScene) async throws {
    try await scene.store.database.write { try $0.execute(sql: sql) }
  }

  @Test("an observation is replaced by a new look, whatever it was", arguments: ["{", "{}", "null", "[1]"])
  func observation(_ json: String) async throws {
    try await withTwo { scene, id in
      try await scene.store.database.write {
        try $0.execute(sql: "UPDATE observation SET bodyJSON = :json", arguments: ["json": json])
      }
      try await scene.store.touch(id)
      try await scene.rounds { $0.phase == .ready }
      #expect(try await scene.store.loop(id)?.phase == .ready)
    }
  }

  @Test("a finding blocks its loop by name, which can be cancelled; another loop goes on to ready")
  func finding() async throws {
    try await withTwo { scene, id in
      while try await scene.store.facts(of: id)?.findings.isEmpty == true { try await scene.round() }
      try await write("UPDATE finding SET draftJSON = '{}'", scene)
      try await scene.store.touch(id)
      let other = try await startOther(scene)
      try await scene.rounds { $0.subject == .issue(other) && $0.phase == .ready }
      #expect(try await scene.store.loop(id)?.state == .blocked(.permanent))
      let said = try await scene.store.events(after: 0, limit: 1000).filter { $0.kind == .loopBlocked }
      #expect(
        said.map(\.message) == [
          "needs a human: permanent: a record of L1 cannot be read: path is missing; cancel it and start it again"
        ])
      try await scene.store.cancelLoop(id, policy: FlowPolicy(), at: scene.time.now)
      #expect(try await scene.store.loop(id)?.state == .done(.cancelled))
    }
  }

  @Test("a write is given up, its loop stops, and the writes of another loop are sent")
  func effect() async throws {
    try await withTwo { scene, id in
      try await write("UPDATE effect SET writeJSON = '{' WHERE state = 'pending'", scene)
      try await write(
        """
        INSERT INTO effect (loopID, stage, key, kind, isMaterial, writeJSON, state, notBefore, createdAt)
        VALUES (\(id.rawValue), '', 'broken', 'add-label', 1, '{"unknown":{}}', 'pending', 0, 0)
        """, scene)
      let other = try await startOther(scene)
      try await scene.rounds { $0.subject == .issue(other) && $0.phase == .ready }
      #expect(try await scene.store.liveRuns().isEmpty)
      #expect(try await scene.store.loop(id)?.state == .blocked(.publishRefused))
    }
  }
}
