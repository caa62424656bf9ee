import Foundation
import Synchronization
import Testing

@testable import Looper

@Suite("a vendor's limit stops its runs and nothing else")
struct VendorLimitTests {
  private static let repository = ForgeScene.repository

  private static func agents() -> ScriptedAgents {
    ScriptedAgents([.worker: [AgentScript.work()], .reviewer: [AgentScript.clean]])
  }

  /// Labels issue 1 and `more` new ones for implementation without a spec.
  private func label(_ more: Int, in scene: EngineScene) async throws {
    try await scene.watch()
    try await scene.forge.addLabel("looper:implement", to: 1, in: Self.repository, as: "alice")
    for number in 0..<more {
      try await scene.forge.createIssue(
        in: Self.repository, title: "Another \(number)", labels: ["looper:implement"], as: "alice")
    }
  }

  private func loops(_ scene: EngineScene) async throws -> [Loop] {
    try await scene.store.loops(state: nil, project: nil, before: .max, limit: 50)
  }

  private func events(_ kind: Event.Kind, _ scene: EngineScene) async throws -> [String] {
    try await scene.store.events(after: 0, limit: 10_000).filter { $0.kind == kind }.map(\.message)
  }

  @Test("one session meets the limit, one probe meets its end, then the others follow; no attempt is used")
  func reset() async throws {
    let reset = ForgeScene.startedAt + .seconds(300)
    let time = Mutex(ForgeScene.startedAt)
    let sessions = ScriptedSessions(Self.agents()) { _ in
      time.withLock { $0 } < reset
        ? Failure(.usageLimited(until: reset), "the agent's usage limit is reached: session") : nil
    }
    try await EngineScene.with(
      sessions: sessions, settle: { $0.terms = { _, _ in ClaimTerms(vendor: .claudeCode, model: nil) } }
    ) { scene in
      try await label(2, in: scene)
      var startedInProbe = 0
      for _ in 0..<400 {
        try await scene.round(.seconds(5))
        time.withLock { $0 = scene.time.now }
        if scene.time.now < reset { #expect(sessions.started.count <= 1) }
        if try await scene.store.vendorGates()[.claudeCode]?.probe != nil {
          startedInProbe = max(startedInProbe, sessions.started.count)
        }
        if try await loops(scene).allSatisfy({ $0.phase == .ready }) { break }
      }
      #expect(try await loops(scene).map(\.phase) == [.ready, .ready, .ready])
      #expect(try await loops(scene).allSatisfy { $0.counters.agentFailures == 0 })
      // The one that met the limit and the one that finds out whether it is over.
      #expect(startedInProbe <= 2)
      #expect(sessions.started.count == 1 + 6)
      #expect(try await events(.agentLimited, scene).count == 1)
      #expect(try await events(.agentAvailable, scene) == ["claude-code works again"])
    }
  }

  @Test("a limit and its probe survive a restart of the daemon")
  func restart() async throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).db").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let now = ForgeScene.startedAt
    let reset = now + .seconds(60)
    let store = try Store(path: path)
    let event = VendorGate.Event.refused(Run.ID(1), until: reset, message: "m")
    try await store.tellGate(of: .codex, event, at: now)
    try store.close()
    let again = try Store(path: path)
    defer { try? again.close() }
    let gate = try #require(try await again.vendorGates()[.codex])
    #expect(gate.admission(at: now) == .no)
    #expect(gate.admission(at: reset) == .asProbe)
    #expect(gate.closure?.message == "m")
  }

  @Test("while a vendor is limited the first substitute that works does its work, and the run says why")
  func fallback() async throws {
    let sessions = ScriptedSessions(Self.agents()) { start in
      start.plan.vendor == .codex
        ? nil : Failure(.usageLimited(until: ForgeScene.startedAt + .seconds(86_400)), "used up")
    }
    try await EngineScene.with(
      sessions: sessions,
      settle: {
        $0.terms = { _, _ in
          ClaimTerms(vendor: .claudeCode, model: "big", fallback: [.cursor, .codex])
        }
      }
    ) { scene in
      try await label(0, in: scene)
      let loop = try await scene.rounds(until: { $0.phase == .ready }, most: 60)
      let runs = try await scene.store.runs(ofLoop: loop.id, state: nil, before: .max, limit: 50).reversed()
      #expect(
        runs.map { "\($0.job.code) \($0.vendor.rawValue) \($0.state.code)" } == [
          "implement claude-code failed", "implement cursor failed", "implement codex succeeded",
          "review-code codex succeeded",
        ])
      #expect(sessions.started.last?.plan.model == nil)
      #expect(
        try await events(.runStarted, scene).last == "review-code by codex, because claude-code is limited")
      #expect(loop.counters.agentFailures == 0)
    }
  }

  @Test("a role without a substitute waits for its own vendor while another role's does the work")
  func roleFallback() async throws {
    let reset = ForgeScene.startedAt + .seconds(300)
    let time = Mutex(ForgeScene.startedAt)
    let sessions = ScriptedSessions(Self.agents()) { start in
      start.plan.vendor == .claudeCode && time.withLock { $0 } < reset
        ? Failure(.usageLimited(until: reset), "used up") : nil
    }
    var configuration = Configuration()
    configuration.agent.settings.vendor = .claudeCode
    configuration.agent.roles.worker.fallback = [.codex]
    let terms = EngineSettings(configuration).terms
    try await EngineScene.with(sessions: sessions, settle: { $0.terms = terms }) { scene in
      try await label(0, in: scene)
      for _ in 0..<100 {
        try await scene.round(.seconds(5))
        time.withLock { $0 = scene.time.now }
        if try await loops(scene).allSatisfy({ $0.phase == .ready }) { break }
      }
      let loop = try #require(try await loops(scene).first)
      let runs = try await scene.store.runs(ofLoop: loop.id, state: nil, before: .max, limit: 50).reversed()
      #expect(
        runs.map { "\($0.job.code) \($0.vendor.rawValue) \($0.state.code)" } == [
          "implement claude-code failed", "implement codex succeeded", "review-code claude-code succeeded",
        ])
    }
  }

  /// A vendor that says in words when its plan comes back: at 14:13:20 UTC on Monday, 21 September 2026.
  struct Words: Sendable {
    var vendor: Vendor
    var script: String
    var reset: String
  }

  private static let words = [
    Words(
      vendor: .codex,
      script: """
        echo '{"type":"turn.failed","error":{"message":"You have hit your usage limit. Try again in 2 hours 30 minutes."}}'
        exit 1
        """, reset: "2026-09-21T16:43:20Z"),
    Words(
      vendor: .claudeCode,
      script: """
        echo '{"type":"result","is_error":false,"result":"You’ve hit your session limit · resets 11pm (Europe/Berlin)"}'
        """, reset: "2026-09-21T21:00:00Z"),
    Words(
      vendor: .cursor,
      script: """
        echo 'You have hit your usage limit; resets Sep 22 at 9:30am (America/New_York)' >&2
        exit 1
        """, reset: "2026-09-22T13:30:00Z"),
    Words(
      vendor: .opencode,
      script: """
        echo '{"type":"error","sessionID":"S","error":{"name":"APIError","data":{"message":"usage limit: try again at 20:00 PST","statusCode":429}}}'
        exit 1
        """, reset: "2026-09-22T04:00:00Z"),
  ]

  @Test("a reset told in words is the moment at which the vendor is tried again", arguments: words)
  func toldInWords(_ words: Words) async throws {
    let scene = try await SupervisorScene(words.vendor)
    try await VendorBench.with(words.vendor, script: words.script, time: SteppedTime()) { bench in
      let reset = try #require(Timestamp(iso8601: words.reset))
      let outcome = try await scene.supervisor(bench.sessions).run(scene.assignment(in: bench.root))
      guard case .failed(let failure) = outcome.result else {
        Issue.record("\(outcome.result)")
        return
      }
      #expect(failure.kind == .usageLimited(until: reset))
      let gate = try #require(try await scene.store.vendorGates()[words.vendor])
      #expect(gate.closure?.until == reset)
      #expect(gate.admission(at: reset - .seconds(1)) == .no)
      #expect(gate.admission(at: reset) == .asProbe)
    }
  }

  @Test("a vendor somebody asked for has no substitute, and others go on")
  func pinned() async throws {
    let now = ForgeScene.startedAt
    var settings = EngineSettings()
    settings.terms = { _, _ in ClaimTerms(vendor: .claudeCode, model: "m", fallback: [.codex]) }
    var loop = try WhyAnswerTests.loop(.queued)
    #expect(settings.terms(of: loop, .worker).vendors == [.claudeCode, .codex])
    loop.vendor = .cursor
    let terms = settings.terms(of: loop, .worker)
    #expect(terms.vendors == [.cursor])
    var shut = VendorGate()
    _ = shut.apply(.refused(Run.ID(1), until: nil, message: "m"), at: now)
    #expect(terms.choice([.cursor: shut], at: now) == nil)
    #expect(terms.choice([.claudeCode: shut], at: now)?.terms == terms)
  }

  @Test(
    "a provider that is down for 42 minutes costs four starts, one worktree of a loop and one notice, and heals",
    arguments: [1, 3])
  func outage(loopCount: Int) async throws {
    let up = ForgeScene.startedAt + .seconds(42 * 60)
    let time = Mutex(ForgeScene.startedAt)
    let sessions = ScriptedSessions(Self.agents()) { _ in
      time.withLock { $0 } < up ? Failure(.transient, "the agent's provider failed: 529") : nil
    }
    try await EngineScene.with(sessions: sessions) { scene in
      try await label(loopCount - 1, in: scene)
      var worktrees: Set<String> = []
      while scene.time.now < up {
        try await scene.round(.seconds(30))
        time.withLock { $0 = scene.time.now }
        worktrees.formUnion(try await scene.worktreePaths())
      }
      #expect(sessions.started.count <= 4)
      #expect(worktrees.count == loopCount)
      #expect(try await events(.agentLimited, scene).count == 1)
      let comments = try await scene.commentCounts()
      #expect(comments == Array(repeating: 0, count: loopCount))
      for _ in 0..<300 {
        try await scene.round(.seconds(30))
        if try await loops(scene).allSatisfy({ $0.phase == .ready }) { break }
      }
      #expect(try await loops(scene).map(\.phase) == Array(repeating: .ready, count: loopCount))
      #expect(try await loops(scene).allSatisfy { $0.counters.agentFailures == 0 })
      #expect(try await scene.worktreePaths() == worktrees)
      #expect(try await scene.commentCounts() == Array(repeating: 1, count: loopCount))
    }
  }
}
