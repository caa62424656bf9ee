import Foundation
import Synchronization
import Testing

@testable import Looper

/// Sessions whose agent prints its next usage only after the last one was accounted for.
private struct PacedSessions: AgentSessions {
  let base: VendorSessions
  let acknowledge: @Sendable () -> Void

  func run(_ assignment: AgentAssignment, as plan: SessionPlan, observer: SessionEvents) async -> SessionEnd {
    var paced = observer
    let last = Mutex(Usage.unknown)
    paced.onNews = { news in
      await observer.onNews(news)
      let isNew = last.withLock { last in
        defer { last = news.usage }
        return last != news.usage
      }
      guard isNew else { return }
      // A session that is being stopped gets no further turn, however busy the machine is.
      for _ in 0..<1000 where !Task.isCancelled { await Task.yield() }
      if !Task.isCancelled { acknowledge() }
    }
    return await base.run(assignment, as: plan, observer: paced)
  }

  func finished(_ assignment: AgentAssignment, as plan: SessionPlan, directory: String) async -> SessionEnd? {
    await base.finished(assignment, as: plan, directory: directory)
  }

  func reading(of session: Session, told: Usage) async -> SessionReading? {
    await base.reading(of: session, told: told)
  }
}

@Suite("a budget stops the work within one usage event, and nothing that was done is lost", .serialized)
struct BudgetStopTests {
  private static let script = """
    echo half > half.txt
    i=0
    while [ $i -lt 30 ]; do
      echo '{"type":"usage","input_tokens":90000,"output_tokens":10000,"cost_usd":0.5}'
      read -r _ < "$(dirname "$0")/paces"
      i=$((i + 1))
    done
    """

  /// Runs a loop whose worker would use three million tokens and fifteen dollars.
  private func stopped(
    by budget: FlowPolicy.Budget, until isReached: (Loop) -> Bool,
    _ body: (EngineScene, Loop) async throws -> Void
  ) async throws {
    try await VendorBench.with(.custom, script: Self.script) { bench in
      let paces = "\(bench.root)/paces"
      #expect(mkfifo(paces, 0o600) == 0)
      // Open for both, so that neither side waits for the other to open it.
      let descriptor = open(paces, O_RDWR)
      defer { close(descriptor) }
      let sessions = PacedSessions(base: bench.sessions) { _ = write(descriptor, "\n", 1) }
      try await EngineScene.with(sessions: sessions, settle: { $0.policy.budget = budget }) { scene in
        try await scene.watch()
        try await scene.forge.addLabel("looper:implement", to: 1, in: ForgeScene.repository, as: "alice")
        try await body(scene, try await scene.rounds(until: isReached, most: 60))
      }
    }
  }

  private func tokens(_ usage: Usage?) -> Int { (usage?.inputTokens ?? 0) + (usage?.outputTokens ?? 0) }

  @Test(
    "three million tokens: stopped, warned once, work on a rescue ref, blocked, the ledger exact after a restart"
  )
  func threeMillion() async throws {
    let budget = FlowPolicy.Budget(run: .init(tokens: 1_000_000))
    try await stopped(by: budget, until: { $0.state == .blocked(.budget) }) { scene, loop in
      let sessions = try await scene.store.sessions(ofLoop: loop.id, limit: 10)
      #expect(sessions.count == 1)
      let used = tokens(sessions.first?.usage)
      #expect((1_000_000...1_100_000).contains(used))
      let warnings = try await scene.store.events(after: 0, limit: 1000).filter { $0.kind == .budgetWarning }
      #expect(warnings.map(\.message) == ["800000 of the run's 1000000 tokens used"])
      let worktree = try #require(try await scene.store.worktree(of: loop.id))
      let ref = try #require(worktree.rescueRef)
      let why = try await scene.store.facts(of: loop.id)?.stop?.message ?? ""
      #expect(why == "1000000 of the run's 1000000 tokens used; its work is kept on \(ref)")
      let again = try await scene.restarted()
      for _ in 0..<5 { try await again.round() }
      let ledger = try await again.store.usage(by: "total", since: Timestamp(milliseconds: 0))
      #expect(ledger.map(\.sessions) == [1])
      #expect(tokens(ledger.first?.usage) == used)
      #expect(try await again.store.loop(loop.id)?.state == .blocked(.budget))
    }
  }

  @Test("a day's budget that is spent blocks what wants an agent until the next day")
  func day() async throws {
    let budget = FlowPolicy.Budget(day: .init(cost: 2))
    let midnight = ForgeScene.startedAt.nextMidnight
    try await stopped(by: budget, until: { $0.state == .blocked(.budget) }) { scene, loop in
      let sessions = try await scene.store.sessions(ofLoop: loop.id, limit: 10)
      #expect(sessions.count == 1)
      #expect((2...2.5).contains(sessions.first?.usage.costUSD ?? 0))
      #expect(loop.counters.agentFailures == 0)
      #expect(try await scene.store.worktree(of: loop.id)?.rescueRef != nil)
      let why = try await scene.whyView()
      #expect(why.wakesAt == midnight)
      #expect(why.sentence.hasPrefix("today's budget is spent: "))
      try await scene.rounds(3)
      #expect(try await scene.store.sessions(ofLoop: loop.id, limit: 10).count == 1)
      // The first of the new day looks at it anew.
      try await scene.round(midnight - scene.time.now)
      try await scene.rounds(until: { if case .blocked = $0.state { false } else { true } }, most: 5)
      for _ in 0..<5 where try await scene.store.sessions(ofLoop: loop.id, limit: 10).count == 1 {
        try await scene.round()
      }
      #expect(try await scene.store.sessions(ofLoop: loop.id, limit: 10).count == 2)
    }
  }

  @Test("what others have used up before an agent begins is no failed try of the run that wanted it")
  func spentByOthers() async throws {
    let budget = FlowPolicy.Budget(day: .init(cost: 2))
    try await EngineScene.with(sessions: ScriptedSessions(ScriptedAgents.unerring())) { scene in
      try await scene.watch()
      try await scene.forge.addLabel("looper:implement", to: 1, in: ForgeScene.repository, as: "alice")
      let loop = try await scene.rounds { $0.state == .running }
      // Between its claim and the beginning of its session.
      let other = try await SessionResumeTests.run(in: scene.store, vendor: .custom, issue: 77)
      let session = try await scene.store.beginSession(of: other, stage: "agent", at: scene.time.now)
      let usage = Usage(inputTokens: nil, outputTokens: nil, costUSD: 3)
      try await scene.store.endSession(session, ending: "e", usage: usage, role: .worker, at: scene.time.now)
      var settings = scene.settings.current
      settings.policy.budget = budget
      scene.settings.replace(with: settings)
      for _ in 0..<10 where try await scene.store.loop(loop.id)?.state == .running {
        try await scene.round()
      }
      try await scene.rounds(3)
      let after = try #require(try await scene.store.loop(loop.id))
      #expect(after.state == .blocked(.budget))
      #expect(after.counters.infrastructureFailures == 0)
      let runs = try await scene.store.runs(ofLoop: loop.id, state: nil, before: .max, limit: 5)
      #expect(runs.map(\.state.code) == ["cancelled"])
    }
  }

  @Test("a larger budget in a changed configuration frees what was blocked")
  func raised() async throws {
    let budget = FlowPolicy.Budget(day: .init(cost: 2))
    try await stopped(by: budget, until: { $0.state == .blocked(.budget) }) { scene, _ in
      // Until nothing is left to be decided.
      try await scene.rounds(10)
      var settings = scene.settings.current
      settings.policy.budget = .init(day: .init(cost: 200))
      scene.settings.replace(with: settings)
      try await scene.scheduler.tick(at: scene.time.now)
      #expect(try await scene.loop.state == .blocked(.budget))
      try await scene.store.decideAllAnew()
      try await scene.scheduler.tick(at: scene.time.now)
      #expect(try await scene.loop.state != .blocked(.budget))
    }
  }

  @Test("two sessions share what is left, and none begins when nothing is")
  func shared() async throws {
    let store = try Store.scratch()
    let now = ForgeScene.startedAt
    var policy = FlowPolicy()
    policy.budget = .init(day: .init(tokens: 100))
    let first = try await SessionResumeTests.run(in: store, vendor: .codex, issue: 1)
    let second = try await SessionResumeTests.run(in: store, vendor: .codex, issue: 2)
    let one = try await store.beginSession(of: first, stage: "agent", budget: policy.budget, at: now)
    let two = try await store.beginSession(of: second, stage: "agent", budget: policy.budget, at: now)
    func usage(_ tokens: Int) -> Usage { Usage(inputTokens: tokens, outputTokens: nil, costUSD: nil) }
    #expect(try await store.charge(usage(60), to: one, policy, at: now).breach == nil)
    let breach = BudgetBreach(level: .day, message: "110 of the daily 100 tokens used")
    #expect(try await store.charge(usage(50), to: two, policy, at: now).breach == breach)
    await #expect(throws: breach) {
      try await store.beginSession(of: first, stage: "agent", budget: policy.budget, at: now)
    }
    let tomorrow = now.nextMidnight + .seconds(1)
    try await store.endSession(one, ending: "e", usage: usage(60), role: .planner, at: now)
    try await store.endSession(two, ending: "e", usage: usage(50), role: .planner, at: now)
    _ = try await store.beginSession(of: first, stage: "agent", budget: policy.budget, at: tomorrow)
  }

  /// A worker that goes on until it is stopped.
  private static let endless = ScriptedAgents([
    .worker: [
      { _ in
        while !Task.isCancelled { await Task.yield() }
        return .stopped
      }
    ]
  ])

  @Test("time alone ends a session, and is warned of before")
  func minutes() async throws {
    let sessions = ScriptedSessions(Self.endless, pulses: [.seconds(470), .seconds(485), .seconds(600)])
    let budget = FlowPolicy.Budget(loop: .init(time: .seconds(600)))
    try await EngineScene.with(sessions: sessions, settle: { $0.policy.budget = budget }) { scene in
      try await scene.watch()
      try await scene.forge.addLabel("looper:implement", to: 1, in: ForgeScene.repository, as: "alice")
      let loop = try await scene.rounds(until: { $0.state == .blocked(.budget) }, most: 30)
      let message = try await scene.store.facts(of: loop.id)?.stop?.message
      #expect(message == "agents ran 10 of the loop's 10 minutes")
      let warnings = try await scene.store.events(after: 0, limit: 1000).filter { $0.kind == .budgetWarning }
      #expect(warnings.map(\.message) == ["agents ran 8 of the loop's 10 minutes"])
    }
  }

  @Test("a day's time ends each of three sessions within a second, however long ago the others told theirs")
  func sharedTime() async throws {
    struct Live {
      let id: Session.ID
      let begun: Duration
      var notes = SessionNotes()
      var told: Duration = .zero
      var endedAt: Duration?
    }
    let store = try Store.scratch()
    let now = ForgeScene.startedAt
    var policy = FlowPolicy()
    policy.budget = .init(day: .init(time: .seconds(120)))
    var sessions: [Live] = []
    for (issue, second) in [0, 7, 11].enumerated() {
      let run = try await SessionResumeTests.run(in: store, vendor: .codex, issue: issue + 1)
      let id = try await store.beginSession(of: run, stage: "agent", budget: policy.budget, at: now)
      sessions.append(Live(id: id, begun: .seconds(second)))
    }
    // As often as a session is looked at.
    for step in 0..<300 {
      let age = Duration.milliseconds(200) * step
      for index in sessions.indices where sessions[index].endedAt == nil && age >= sessions[index].begun {
        let news = SessionNews(active: age - sessions[index].begun)
        let silence = news.active - sessions[index].told
        let isOver = sessions[index].notes.dueAt.map { news.active >= $0 } ?? false
        guard silence >= SessionNews.pulse || isOver else { continue }
        sessions[index].told = news.active
        let charge = try await store.charge(
          news.usage, active: news.active, to: sessions[index].id, policy, at: now + age)
        sessions[index].notes.note(news, leaving: charge.room)
        if charge.breach != nil { sessions[index].endedAt = age }
      }
    }
    // 0 + 7 + 11 seconds late, so the three have run 120 seconds together after 46.
    #expect(sessions.allSatisfy { ($0.endedAt.map { (.seconds(46)...(.seconds(47))).contains($0) }) == true })
  }

  /// What a budget of money or tokens is for. A loop has one session at a time, so nobody shares the smaller levels.
  enum Measure: CaseIterable, Sendable {
    case tokens, cost

    /// Room for `sessions` of 100 tokens and one dollar.
    func budget(_ level: BudgetLevel, sessions: Double) -> FlowPolicy.Budget {
      let limit =
        switch self {
        case .tokens: BudgetLimit(tokens: Int(100 * sessions))
        case .cost: BudgetLimit(cost: sessions)
        }
      return level == .day ? .init(day: limit) : .init(projectDay: limit)
    }
  }

  /// Begins a session of each of as many loops as there are issues.
  private func begin(
    _ issues: ClosedRange<Int>, in store: Store, project: String = "acme/shop", _ budget: FlowPolicy.Budget
  ) async throws -> (begun: [Session.ID], refused: [Failure]) {
    var begun: [Session.ID] = []
    var refused: [Failure] = []
    for issue in issues {
      let run = try await SessionResumeTests.run(in: store, vendor: .codex, issue: issue, project: project)
      do {
        begun.append(
          try await store.beginSession(of: run, stage: "agent", budget: budget, at: ForgeScene.startedAt))
      } catch let failure as Failure {
        refused.append(failure)
      }
    }
    return (begun, refused)
  }

  @Test(
    "ten sessions that tell only at their end what they used do not begin on the same rest of a day",
    arguments: [BudgetLevel.projectDay, .day], Measure.allCases)
  func reserved(level: BudgetLevel, measure: Measure) async throws {
    let store = try Store.scratch()
    let now = ForgeScene.startedAt
    let budget = measure.budget(level, sessions: 3)
    let usage = Usage(inputTokens: 90, outputTokens: 10, costUSD: 1)
    let yesterday = now - .seconds(86_400)
    let before = try await SessionResumeTests.run(in: store, vendor: .codex, issue: 99)
    let known = try await store.beginSession(of: before, stage: "agent", budget: budget, at: yesterday)
    try await store.endSession(known, ending: "e", usage: usage, role: .planner, at: yesterday)
    let (begun, refused) = try await begin(1...10, in: store, budget)
    #expect(begun.count == 3)
    let owner = level == .day ? "the day's" : "the project's daily"
    let words = "what is left of \(owner) budget is set aside for sessions under way"
    #expect(refused == Array(repeating: Failure(.transient, words), count: 7))
    // Another project has a day of its own, and its part of the day that all share.
    let other = try await begin(1...1, in: store, project: "acme/other", budget)
    #expect(other.begun.count == (level == .day ? 0 : 1))
    // One that ends having used less leaves the rest to the others.
    try await store.endSession(
      begun[0], ending: "e", usage: Usage(inputTokens: 5, outputTokens: 5, costUSD: 0.1), role: .planner,
      at: now)
    #expect(try await begin(11...12, in: store, budget).begun.count == 1)
    // The daemon dies: what nobody runs any more is not set aside any more, and what it used is unknown.
    _ = try await store.recover(at: now)
    let next = try #require(try await begin(13...13, in: store, budget).begun.first)
    try await store.endSession(next, ending: "e", usage: usage, role: .planner, at: now)
    let spent = try await store.spendingToday(at: now).usage
    #expect(spent.tokens == 110)
    #expect(spent.costUSD == 1.1)
  }

  @Test(
    "without any session like it a tenth of the day is set aside", arguments: [BudgetLevel.projectDay, .day],
    Measure.allCases)
  func reservedBlindly(level: BudgetLevel, measure: Measure) async throws {
    let store = try Store.scratch()
    // A quarter of a dollar each, which adds up exactly.
    let (begun, refused) = try await begin(1...12, in: store, measure.budget(level, sessions: 2.5))
    #expect(begun.count == 10)
    #expect(refused.count == 2)
  }

  @Test("a machine that slept, a clock that jumped and a daemon that was away spend nobody's time")
  func jumps() async throws {
    let store = try Store.scratch()
    let friday = ForgeScene.startedAt
    let monday = friday + .seconds(3 * 86_400)
    let run = try await SessionResumeTests.run(in: store, vendor: .codex)
    let session = try await store.beginSession(of: run, stage: "agent", at: friday)
    _ = try await store.charge(.unknown, active: .seconds(60), to: session, FlowPolicy(), at: monday)
    #expect(try await store.spending(by: run, at: monday)[.loop]?.time == .seconds(60))
    let reading = SessionReading(
      vendorSessionID: nil, usage: Usage(inputTokens: 1, outputTokens: 1, costUSD: nil),
      endedAt: friday + .seconds(70))
    try await store.note(reading, of: session, at: monday)
    _ = try await store.recover(at: monday)
    #expect(try await store.spending(by: run, at: monday)[.loop]?.time == .seconds(70))
    #expect(try await store.sessions(ofRun: run.id).first?.endedAt == friday + .seconds(70))
    #expect(try await store.spendingToday(at: monday).time == .zero)
    let day = String((friday + .seconds(70)).iso8601.prefix(10))
    #expect(try await store.usage(by: "day", since: Timestamp(milliseconds: 0)).map(\.key) == [day])
  }

  @Test("a session without files ended when it was last heard of")
  func unheard() async throws {
    let store = try Store.scratch()
    let start = ForgeScene.startedAt
    let run = try await SessionResumeTests.run(in: store, vendor: .codex)
    let session = try await store.beginSession(of: run, stage: "agent", at: start)
    _ = try await store.charge(.unknown, active: .seconds(60), to: session, FlowPolicy(), at: start)
    _ = try await store.recover(at: start + .seconds(86_400))
    #expect(try await store.sessions(ofRun: run.id).map(\.endedAt) == [start + .seconds(60)])
  }
}
