import Foundation
import Synchronization
import Testing

@testable import Looper

@Suite("a session that was cut off is gone on with, in the same work and nowhere else")
struct SessionResumeTests {
  private static func agents(_ worker: [ScriptedAgents.Script] = [AgentScript.work()]) -> ScriptedAgents {
    ScriptedAgents([.worker: worker, .reviewer: [AgentScript.clean]])
  }

  private static func vendor(_ vendor: Vendor, fallback: [Vendor] = []) -> (inout EngineSettings) -> Void {
    { $0.terms = { _, _ in ClaimTerms(vendor: vendor, model: nil, fallback: fallback) } }
  }

  private func label(_ scene: EngineScene) async throws {
    try await scene.watch()
    try await scene.forge.addLabel("looper:implement", to: 1, in: ForgeScene.repository, as: "alice")
  }

  private func resumptions(_ scene: EngineScene) async throws -> [String] {
    try await scene.store.events(after: 0, limit: 10_000).filter { $0.kind == .agentResumed }.map(\.message)
  }

  @Test("after a limit the next run goes on with the same conversation and is told so")
  func afterLimit() async throws {
    let reset = ForgeScene.startedAt + .seconds(60)
    let sessions = ScriptedSessions(Self.agents()) { start in
      start.role == .worker && start.resumed == nil ? Failure(.usageLimited(until: reset), "used up") : nil
    }
    try await EngineScene.with(sessions: sessions, settle: Self.vendor(.claudeCode)) { scene in
      try await label(scene)
      let loop = try await scene.rounds { $0.phase == .ready }
      #expect(sessions.started.map(\.role) == [.worker, .worker, .reviewer])
      #expect(sessions.started.map(\.resumed) == [nil, "conversation-1", nil])
      let prompt = sessions.started[1].assignment.prompt
      #expect(prompt == Checkpoint.goingOn(String(prompt.dropFirst(Checkpoint.goingOn("").count))))
      #expect(try await resumptions(scene) == ["goes on with session 1 of claude-code"])
      #expect(loop.counters.agentFailures == 0)
    }
  }

  @Test("a substitute begins anew and is told that work was left")
  func substitute() async throws {
    let sessions = ScriptedSessions(Self.agents()) { start in
      start.plan.vendor == .claudeCode
        ? Failure(.usageLimited(until: ForgeScene.startedAt + .seconds(86_400)), "used up") : nil
    }
    try await EngineScene.with(sessions: sessions, settle: Self.vendor(.claudeCode, fallback: [.codex])) {
      scene in
      try await label(scene)
      try await scene.rounds { $0.phase == .ready }
      #expect(sessions.started.map(\.plan.vendor) == [.claudeCode, .codex, .codex])
      #expect(sessions.started.allSatisfy { $0.resumed == nil })
      let prompt = sessions.started[1].assignment.prompt
      #expect(prompt == Checkpoint.startingOver(String(prompt.dropFirst(Checkpoint.startingOver("").count))))
      #expect(
        try await resumptions(scene) == [
          "cannot go on with session 1, begins anew: it was one of claude-code"
        ])
    }
  }

  @Test("a vendor that does not know the conversation any more begins anew, once, and that is recorded")
  func forgotten() async throws {
    let reset = ForgeScene.startedAt + .seconds(60)
    let count = Mutex(0)
    let sessions = ScriptedSessions(Self.agents()) { start in
      guard start.role == .worker else { return nil }
      if start.resumed != nil { return Failure(.agent, "no conversation found") }
      let isFirst = count.withLock { count in
        count += 1
        return count == 1
      }
      return isFirst ? Failure(.usageLimited(until: reset), "used up") : nil
    }
    try await EngineScene.with(sessions: sessions, settle: Self.vendor(.codex)) { scene in
      try await label(scene)
      let loop = try await scene.rounds { $0.phase == .ready }
      #expect(sessions.started.map(\.resumed) == [nil, "conversation-1", nil, nil])
      #expect(
        try await resumptions(scene) == [
          "goes on with session 1 of codex",
          "cannot go on with session 1, begins anew: no conversation found",
        ])
      #expect(loop.counters.agentFailures == 0)
    }
  }

  @Test(
    "work of another role, head, vendor or model, and anything but the newest session, is not gone on with")
  func strangers() async throws {
    let store = try Store.scratch()
    let now = ForgeScene.startedAt
    let run = try await Self.run(in: store, vendor: .claudeCode)
    let head = try #require(CommitSHA(rawValue: String(repeating: "a", count: 40)))
    let other = try #require(CommitSHA(rawValue: String(repeating: "b", count: 40)))
    let session = try await store.beginSession(of: run, stage: "agent", head: head, at: now)
    try await store.noteVendorSession("c", of: session)
    try await store.endSession(
      session, ending: "cut off", usage: .unknown, role: .planner, isResumable: true, at: now)
    #expect(try await store.interruptedSession(of: run, stage: "agent", head: head)?.id == session)
    #expect(try await store.interruptedSession(of: run, stage: "agent", head: other) == nil)
    #expect(try await store.interruptedSession(of: run, stage: "other", head: head) == nil)
    #expect(try await store.interruptedSession(of: run, stage: "agent", head: nil) == nil)
    var another = run
    another.job = .implement
    #expect(try await store.interruptedSession(of: another, stage: "agent", head: head) == nil)
    let later = try await store.beginSession(of: run, stage: "agent", head: head, at: now)
    try await store.endSession(later, ending: "failed", usage: .unknown, role: .planner, at: now)
    #expect(try await store.interruptedSession(of: run, stage: "agent", head: head) == nil)
  }

  @Test("a session of a daemon that died is gone on with, and its usage is counted to the last event")
  func recovered() async throws {
    let store = try Store.scratch()
    let now = ForgeScene.startedAt
    let run = try await Self.run(in: store, vendor: .claudeCode)
    let head = try #require(CommitSHA(rawValue: String(repeating: "a", count: 40)))
    let id = try await store.beginSession(of: run, stage: "agent", head: head, at: now)
    try await store.noteVendorSession("c", of: id)
    _ = try await store.charge(
      Usage(inputTokens: 10, outputTokens: 1, costUSD: nil), to: id, FlowPolicy(), at: now)
    let reading = SessionReading(
      vendorSessionID: nil, usage: Usage(inputTokens: 30, outputTokens: 2, costUSD: 0.5))
    try await store.note(reading, of: id, at: now)
    #expect(try await store.recover(at: now) == [run.id])
    let session = try #require(try await store.interruptedSession(of: run, stage: "agent", head: head))
    #expect(session.vendorSessionID == "c")
    let ledger = try await store.usage(by: "total", since: Timestamp(milliseconds: 0))
    #expect(ledger.map(\.usage) == [reading.usage])
  }

  /// A claimed run of a loop that needs a plan.
  static func run(
    in store: Store, vendor: Vendor, issue: Int = 1, project: String = "acme/shop"
  ) async throws -> Run {
    let now = ForgeScene.startedAt
    let name = try #require(ProjectName(project))
    let (project, _) = try await store.addProject(
      name, checkoutPath: nil, baseBranch: nil, facts: nil, at: now)
    let draft = LoopDraft(
      projectID: project.id, subject: .issue(issue), title: "t", lane: .planned, skipsPlan: false)
    let (loop, _) = try await store.startLoop(draft, at: now)
    let input = try #require(try await store.evaluationInput(of: loop.id, at: now))
    try await store.apply(.run(.plan, notBefore: now), to: input, policy: FlowPolicy(), at: now)
    let claimed = try await store.claimDueItems(
      admission: Admission(limits: .init(runs: 100, perProject: 100, perRole: 100, perVendor: 100)),
      configurationHash: "", at: now,
      terms: { _, _ in ClaimTerms(vendor: vendor, model: nil) }, nonce: { "n" })
    let id = try #require(claimed.first)
    return try #require(try await store.run(id))
  }
}
