import Foundation
import GRDB
import Synchronization
import Testing

@testable import Looper

@Suite("what an agent did is neither paid twice nor hidden by what goes wrong around it")
struct StepPerformerTests {
  private static func implement(
    _ scene: EngineScene
  ) async throws {
    try await scene.watch()
    try await scene.forge.addLabel("looper:implement", to: 1, in: ForgeScene.repository, as: "alice")
  }

  private static func agents(_ worker: @escaping ScriptedAgents.Script = AgentScript.work()) -> ScriptedAgents
  {
    ScriptedAgents([.worker: [worker], .reviewer: [AgentScript.clean]])
  }

  /// Where the troubled worktrees of a scene are found.
  private final class Place: Sendable {
    private let found = Mutex<TroubledWorkspaces?>(nil)

    var workspaces: TroubledWorkspaces? { found.withLock { $0 } }

    func make(_ base: GitWorkspaces) -> any Workspaces {
      let troubled = TroubledWorkspaces(base)
      found.withLock { $0 = troubled }
      return troubled
    }
  }

  @Test("a moment's trouble with git after a session costs no second one")
  func momentaryTrouble() async throws {
    let place = Place()
    let agents = Self.agents { assignment in
      place.workspaces?.fail(surroundings: 3)
      return try await AgentScript.work()(assignment)
    }
    try await EngineScene.with(agents, workspaces: place.make) { scene in
      try await Self.implement(scene)
      try await scene.rounds { $0.phase == .ready }
      #expect(agents.started.map(\.role) == [.worker, .reviewer])
    }
  }

  @Test("a budget that is spent blocks, also when the work cannot be kept")
  func breachWins() async throws {
    let place = Place()
    let agents = Self.agents { assignment in
      try AgentScript.write("half.txt", "half\n", in: assignment)
      place.workspaces?.fail(keeps: 1)
      while !Task.isCancelled { await Task.yield() }
      return .stopped
    }
    let usage = Usage(inputTokens: 1000, outputTokens: nil, costUSD: nil)
    let sessions = ScriptedSessions(agents, usage: usage)
    let budget = FlowPolicy.Budget(run: .init(tokens: 1000))
    try await EngineScene.with(
      agents, sessions: sessions, workspaces: place.make, settle: { $0.policy.budget = budget }
    ) { scene in
      try await Self.implement(scene)
      let loop = try await scene.rounds(until: { $0.state == .blocked(.budget) }, most: 60)
      #expect(
        try await scene.store.facts(of: loop.id)?.stop?.message
          == "1000 of the run's 1000 tokens used; its work stays in the worktree, for it could not be kept: git is out of memory"
      )
      #expect(sessions.started.count == 1)
    }
  }

  @Test("what an agent edited outside its worktree before a crash is found after it")
  func tamperingBeforeCrash() async throws {
    let agents = Self.agents { assignment in
      let root = URL(filePath: assignment.worktree)
      let pointer = try String(contentsOf: root.appending(path: ".git"), encoding: .utf8)
      // `gitdir: <mirror>/worktrees/L1`
      let admin = pointer.dropFirst("gitdir: ".count).prefix { $0 != "\n" }
      let mirror = URL(filePath: String(admin)).deletingLastPathComponent().deletingLastPathComponent()
      let attributes = mirror.appending(path: "info/attributes")
      try FileManager.default.createDirectory(
        at: attributes.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data("* filter=evil\n".utf8).write(to: attributes)
      return try await AgentScript.work()(assignment)
    }
    let sessions = ScriptedSessions(agents, endsAreLost: true)
    try await EngineScene.with(agents, sessions: sessions) { scene in
      try await Self.implement(scene)
      // The daemon dies before it has recorded the session's end.
      try await scene.store.database.write { db in
        try db.execute(
          sql: """
            CREATE TRIGGER dies BEFORE UPDATE ON session WHEN NEW.state = 'ended'
            BEGIN SELECT RAISE(ABORT, 'the daemon dies'); END
            """)
      }
      await #expect(throws: DatabaseError.self) {
        try await scene.rounds(until: { _ in sessions.started.count == 1 }, most: 60)
      }
      try await scene.store.database.write { db in try db.execute(sql: "DROP TRIGGER dies") }
      agents.set(.worker, [AgentScript.work()])
      let again = try await scene.restarted()
      let run = try #require(try await again.store.liveRuns().first)
      for _ in 0..<10 { try await again.round() }
      #expect(sessions.started.prefix(2).map(\.resumed) == [nil, "conversation-1"])
      let failure = Failure(.agent, "the agent edited outside its worktree: the mirror's attributes")
      #expect(try await again.store.run(run.id)?.state == .failed(failure))
    }
  }

  @Test("a stop that left processes behind is a failure that waits for a person")
  func survivors() async throws {
    try await EngineScene.with(Self.agents()) { scene in
      try await Self.implement(scene)
      var live: [Run] = []
      for _ in 0..<10 where live.isEmpty {
        try await scene.round()
        live = try await scene.store.liveRuns()
      }
      let run = try #require(live.first)
      let session = try await scene.store.beginSession(of: run, stage: StageName.agent, at: scene.time.now)
      try await scene.store.endSession(
        session, ending: "stopped", usage: .unknown, role: run.role, survivors: [12, 34], at: scene.time.now)
      _ = try await scene.store.requestStop(of: run.id, reason: "paused by the operator")
      await scene.runner.settle(run.id)
      let failure = Failure(.needsHuman, Session.survivorWords("12, 34"))
      #expect(try await scene.store.run(run.id)?.state == .failed(failure))
      #expect(try await scene.store.facts(of: run.loopID)?.stop?.reason == .needsHuman)
    }
  }

  @Test("a sandbox that is required and cannot start is the reason the run fails, and no agent runs")
  func sandbox() async throws {
    try await VendorBench.with(.custom, script: VendorBench.work(replaying: nil), sandbox: .require) {
      bench in
      try await EngineScene.with(sessions: bench.sessions) { scene in
        try await Self.implement(scene)
        let loop = try await scene.rounds(until: { $0.state == .blocked(.needsHuman) }, most: 60)
        let runs = try await scene.store.runs(ofLoop: loop.id, state: nil, before: .max, limit: 10)
        let words =
          "sandbox.mode is require, but bwrap not found; install bubblewrap, or set sandbox.mode to off"
        #expect(runs.map(\.state) == [.failed(Failure(.needsHuman, words))])
        #expect(try bench.calls().isEmpty)
      }
    }
  }
}
