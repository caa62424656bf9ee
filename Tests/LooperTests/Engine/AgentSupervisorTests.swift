import Foundation
import GRDB
import Synchronization
import Testing

@testable import Looper

@Suite("a session is recorded before it is there and paid for once, whatever fails")
struct AgentSupervisorTests {
  private static let usage = Usage(inputTokens: 90, outputTokens: 10, costUSD: 0.5)
  private static let process = SessionProcess(
    pid: 7, startTicks: 1, bootID: "b", executable: "/agent", directory: "/sessions/1")

  @Test("an end that could not be written is written at the next try, and no second session begins")
  func unrecorded() async throws {
    let scene = try await SupervisorScene()
    let starts = Mutex(0)
    let supervisor = scene.supervisor(
      ScriptedSession { _ in
        starts.withLock { $0 += 1 }
        return ScriptedSession.end(usage: Self.usage)
      })
    try await scene.refuse("NEW.state = 'ended'")
    await #expect(throws: DatabaseError.self) { try await supervisor.run(scene.assignment()) }
    #expect(try await scene.store.liveSessions().count == 1)
    try await scene.allow()
    let outcome = try await supervisor.run(scene.assignment())
    #expect(outcome.result == ScriptedSession.report)
    #expect(starts.withLock { $0 } == 1)
    #expect(try await scene.store.sessions(ofRun: scene.run.id).map(\.state) == [.ended])
    let ledger = try await scene.store.usage(by: "total", since: Timestamp(milliseconds: 0))
    #expect(ledger.map(\.usage) == [Self.usage])
    #expect(try await scene.store.spending(by: scene.run, at: scene.time.now)[.run]?.time == .seconds(5))
  }

  @Test("the directory is recorded before there is a process, the process before anything else")
  func intents() async throws {
    let scene = try await SupervisorScene()
    let seen = Mutex<[String]>([])
    let store = scene.store
    let run = scene.run.id
    let supervisor = scene.supervisor(
      ScriptedSession { events in
        func look() async throws {
          let session = try await store.sessions(ofRun: run).last
          let words = "\(session?.state.rawValue ?? "-") \(session?.directory ?? "-")"
          seen.withLock { $0.append(words) }
        }
        try await look()
        try await events.onPrepared("/agent", "/sessions/1")
        try await look()
        try await events.onStart(Self.process)
        try await look()
        return ScriptedSession.end()
      })
    _ = try await supervisor.run(scene.assignment())
    #expect(seen.withLock { $0 } == ["starting ", "starting /sessions/1", "running /sessions/1"])
  }

  @Test(
    "a session that cannot be recorded is not started, or ended at once", arguments: ["directory", "pid"])
  func unconfirmed(column: String) async throws {
    let scene = try await SupervisorScene(.custom)
    try await VendorBench.with(.custom, script: "exec sleep 600") { bench in
      try await scene.refuse("NEW.\(column) IS NOT OLD.\(column) AND NEW.state <> 'ended'")
      let outcome = try await scene.supervisor(bench.sessions).run(scene.assignment(in: bench.root))
      guard case .failed(let failure) = outcome.result else {
        Issue.record("\(outcome.result)")
        return
      }
      #expect(failure.kind == .transient)
      #expect(try await scene.store.sessions(ofRun: scene.run.id).map(\.state) == [.ended])
      if column == "directory" { #expect(try bench.calls().isEmpty) }
    }
  }

  @Test("a session that came to a good end unseen is adopted, and nothing goes on with it later")
  func adopted() async throws {
    let scene = try await SupervisorScene()
    let head = scene.assignment().head
    let id = try await scene.store.beginSession(
      of: scene.run, stage: StageName.agent, head: head, at: scene.time.now)
    try await scene.store.prepareSession(id, executable: "/agent", directory: "/sessions/1")
    _ = try await scene.store.charge(Self.usage, to: id, FlowPolicy(), at: scene.time.now)
    _ = try await scene.store.recover(at: scene.time.now)
    let sessions = ScriptedSession(adopted: ScriptedSession.end(usage: Self.usage)) { _ in
      Issue.record("a second session began")
      return ScriptedSession.end()
    }
    let outcome = try await scene.supervisor(sessions).run(scene.assignment())
    #expect(outcome.result == ScriptedSession.report)
    #expect(outcome.sessionID == id)
    #expect(
      try await scene.store.interruptedSession(of: scene.run, stage: StageName.agent, head: head) == nil)
    let ledger = try await scene.store.usage(by: "total", since: Timestamp(milliseconds: 0))
    #expect(ledger.map(\.usage) == [Self.usage])
    #expect(try await scene.store.sessions(ofRun: scene.run.id).map(\.ending) == ["exit status 0"])
  }

  @Test("a limit that is set while an agent works holds it too")
  func liveLimit() async throws {
    let scene = try await SupervisorScene()
    let settings = scene.settings
    let supervisor = scene.supervisor(
      ScriptedSession { events in
        await events.onNews(SessionNews(active: .seconds(590)))
        var limited = settings.current
        limited.policy.budget.run.time = .seconds(600)
        settings.replace(with: limited)
        await events.onNews(SessionNews(active: .seconds(605)))
        while !Task.isCancelled { await Task.yield() }
        return ScriptedSession.end(.stopped)
      })
    let outcome = try await supervisor.run(scene.assignment())
    let words = "agents ran 10 of the run's 10 minutes"
    #expect(outcome.result == .overBudget(BudgetBreach(level: .run, message: words)))
  }

  @Test("an agent that talks all the time costs a commit every two seconds, and its last words are kept")
  func talkative() async throws {
    let scene = try await SupervisorScene()
    let store = scene.store
    let run = scene.run.id
    let supervisor = scene.supervisor(
      ScriptedSession { events in
        var news = SessionNews()
        for look in 1...50 {
          news.progress = "step \(look)"
          news.usage = Usage(inputTokens: look, outputTokens: look, costUSD: nil)
          news.active = .milliseconds(200 * Int64(look))
          await events.onNews(news)
        }
        let written = try await store.sessions(ofRun: run).last?.usage.inputTokens
        #expect(written == 41)
        return ScriptedSession.end(usage: news.usage)
      })
    _ = try await supervisor.run(scene.assignment())
    #expect(
      try await scene.events(.agentProgress) == ["step 1", "step 11", "step 21", "step 31", "step 41"])
    #expect(try await store.sessions(ofRun: run).last?.usage.inputTokens == 50)
  }

  @Test("who is not logged in is asked once, not by every loop; a person's retry has it asked again")
  func account() async throws {
    let scene = try await SupervisorScene()
    let starts = Mutex(0)
    let words = "the agent is not logged in: no; run `codex login` as this user"
    let supervisor = scene.supervisor(
      ScriptedSession { _ in
        starts.withLock { $0 += 1 }
        return ScriptedSession.end(.failed(Failure(.needsHuman, words)), isVendorTrouble: true)
      })
    #expect(
      try await supervisor.run(scene.assignment()).result == .failed(Failure(.needsHuman, words)))
    #expect(try await supervisor.run(scene.assignment()).result == .failed(Failure(.transient, words)))
    #expect(starts.withLock { $0 } == 1)
    #expect(try await scene.store.vendorGates()[.codex]?.closure?.cause == .account)
    #expect(try await scene.events(.agentLimited).count == 1)
    let now = scene.time.now
    try await scene.store.database.write { try Store.hurryGates(at: now, $0) }
    _ = try await supervisor.run(scene.assignment())
    #expect(starts.withLock { $0 } == 2)
    #expect(try await scene.events(.agentLimited).count == 1)
  }

  @Test("an agent that fails before its model was heard proves nothing of its vendor")
  func unanswered() {
    func event(_ end: SessionEnd, didProgress: Bool = false) -> VendorGate.Event? {
      VendorGate.Event(end, of: Run.ID(1), didProgress: didProgress)
    }
    let failed = AgentOutcome.Result.failed(Failure(.agent, "m"))
    #expect(event(ScriptedSession.end(failed)) == .unanswered(Run.ID(1)))
    #expect(event(ScriptedSession.end(failed), didProgress: true) == .answered(Run.ID(1)))
    #expect(event(ScriptedSession.end(failed, usage: Self.usage)) == .answered(Run.ID(1)))
    let person = AgentOutcome.Result.failed(Failure(.needsHuman, "m"))
    #expect(event(ScriptedSession.end(person)) == nil)
    #expect(event(ScriptedSession.end(person, isVendorTrouble: true)) == .shut(Run.ID(1), message: "m"))
  }

  @Test("processes that nothing ended are kept by name")
  func survivors() async throws {
    let scene = try await SupervisorScene()
    let supervisor = scene.supervisor(
      ScriptedSession { _ in
        ScriptedSession.end(.failed(Failure(.needsHuman, "m")), survivors: [12, 34])
      })
    _ = try await supervisor.run(scene.assignment())
    #expect(try await scene.store.survivors(ofRun: scene.run.id) == "12, 34")
  }
}

@Suite("what changes nothing for anybody is written every two seconds, what matters at once")
struct SessionNotesTests {
  private static func news(tokens: Int = 0, cost: Double? = nil, at seconds: Int64 = 0) -> SessionNews {
    SessionNews(
      usage: Usage(inputTokens: tokens, outputTokens: 1, costUSD: cost), active: .seconds(seconds))
  }

  private static func notes(leaving room: BudgetRoom) -> SessionNotes {
    var notes = SessionNotes()
    notes.note(news(), leaving: room)
    return notes
  }

  @Test("a hundredth of what is left may wait, more may not")
  func room() {
    #expect(SessionNotes().takes(Self.news()))
    let tokens = Self.notes(leaving: BudgetRoom(tokens: 1000))
    #expect(!tokens.takes(Self.news(tokens: 10)))
    #expect(tokens.takes(Self.news(tokens: 11)))
    let cost = Self.notes(leaving: BudgetRoom(cost: 1))
    #expect(!cost.takes(Self.news(cost: 0.01)))
    #expect(cost.takes(Self.news(cost: 0.011)))
    #expect(!Self.notes(leaving: BudgetRoom()).takes(Self.news(tokens: 1_000_000)))
  }

  @Test("after two seconds everything is written, and the first words of a model always")
  func due() {
    let notes = Self.notes(leaving: BudgetRoom())
    #expect(!notes.takes(Self.news(at: 1)))
    #expect(notes.takes(Self.news(at: 2)))
    var silent = SessionNotes()
    silent.note(SessionNews(), leaving: BudgetRoom())
    #expect(silent.takes(Self.news()))
  }

  @Test("where a time is limited, news are due when it may be over, and are written then")
  func timeIsOver() {
    #expect(Self.notes(leaving: BudgetRoom()).dueAt == nil)
    var notes = SessionNotes()
    notes.note(Self.news(at: 590), leaving: BudgetRoom(time: .seconds(1)))
    #expect(notes.dueAt == .seconds(591))
    #expect(!notes.takes(Self.news(at: 590)))
    #expect(notes.takes(Self.news(at: 591)))
  }
}
