import Synchronization

/// What agents of a simulation left on disk; it outlives the daemon.
final class SimulatedSessions: Sendable {
  private struct State {
    var ends: [String: SessionEnd] = [:]
    var started: [Loop.ID: Int] = [:]
    var leaks: [String] = []
    var reviewed: Set<CommitSHA> = []
  }

  private let state = Mutex(State())

  /// Sessions ever started for a loop.
  func started(of loop: Loop.ID) -> Int { state.withLock { $0.started[loop] ?? 0 } }

  /// - Returns: the session's number, from 1.
  func begin(_ loop: Loop.ID) -> Int {
    state.withLock { state in
      state.started[loop, default: 0] += 1
      return state.started.values.reduce(0, +)
    }
  }

  /// What was among the variables of a session and must not be there.
  var leaks: [String] { state.withLock { $0.leaks } }
  func note(leaks: [String]) { state.withLock { $0.leaks += leaks } }

  /// Heads of which a reviewer said something.
  var reviewedHeads: Set<CommitSHA> { state.withLock { $0.reviewed } }
  func note(reviewOf head: CommitSHA) { state.withLock { _ = $0.reviewed.insert(head) } }

  func keep(_ end: SessionEnd, in directory: String) { state.withLock { $0.ends[directory] = end } }
  func end(in directory: String) -> SessionEnd? { state.withLock { $0.ends[directory] } }
}

/// One daemon's way to the simulated agents.
struct SimulatedAgents: AgentSessions {
  let sessions: SimulatedSessions
  let git: SimulatedGit
  let fate: SimulatedFate
  let time: SimulatedTime
  let environment: SimulatedEnvironment
  /// What a mutation test takes away.
  var flaw: SimulationFlaw?
  /// Whether the tokens that are recorded of a run's sessions are beyond its budget.
  let isOverBudget: @Sendable (Run.ID) async -> Bool
  /// Lets the world go on while the agent works; true when it was told to stop meanwhile.
  let work: @Sendable (Run.ID) async -> Bool

  func run(_ assignment: AgentAssignment, as plan: SessionPlan, observer: SessionEvents) async -> SessionEnd {
    let number = sessions.begin(assignment.loopID)
    sessions.note(leaks: environment.leaks(to: assignment, as: plan))
    let conduct = SimulatedConduct.draw(for: assignment, fate: fate)
    fate.journal.note("agent of \(assignment.runID.handle), \(assignment.role.rawValue): \(conduct)")
    let directory = "/simulated/sessions/\(number)"
    do {
      try await observer.onPrepared("agent", directory)
      try await observer.onStart(
        SessionProcess(
          pid: Int32(number), startTicks: UInt64(number), bootID: "boot", executable: "agent",
          directory: directory))
    } catch {
      let failure = Failure(.transient, "cannot record the session: \(error)")
      return SessionEnd(outcome: .notStarted(.failed(failure)), ending: "not started")
    }
    var news = SessionNews()
    for _ in 0..<fate.draw(1...3) where !fate.isCrashed {
      let pause = Duration.seconds(fate.draw(1...conduct.pauseMax))
      time.advance(by: pause)
      news.active += pause
      guard await !work(assignment.runID) else { return await stopped() }
    }
    guard !fate.boundary("an agent at work") else { return Self.stopped }
    let usage = conduct.usage(fate)
    news.usage = usage
    await observer.onNews(news)
    // A full disk takes no note: then nobody stops it.
    if await isOverBudget(assignment.runID) { return await stopped() }
    let agent = SimulatedAgent(assignment: assignment, git: git, fate: fate, time: time)
    var result = agent.conclude(conduct)
    if case .reported(.review) = result, let head = assignment.head { sessions.note(reviewOf: head) }
    if flaw == .silenceIsClean, assignment.role == .reviewer, case .failed = result {
      result = .reported(
        .review(ReviewReport(verdict: .clean, summary: "nothing was said", findings: [], criteria: [])))
    }
    let end = SessionEnd(
      outcome: AgentOutcome(sessionID: nil, result: result, usage: usage, tail: "the end of its output"),
      ending: "\(conduct)", active: news.active)
    sessions.keep(end, in: directory)
    return end
  }

  func finished(_ assignment: AgentAssignment, as plan: SessionPlan, directory: String) async -> SessionEnd? {
    sessions.end(in: directory)
  }

  /// Nothing: what a simulated agent uses is told by its events alone.
  func reading(of session: Session, told: Usage) async -> SessionReading? { nil }

  /// The end of a session that is being stopped: it comes when its task is cancelled.
  private func stopped() async -> SessionEnd {
    let (never, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    for await _ in never {}
    continuation.finish()
    return Self.stopped
  }

  private static let stopped = SessionEnd(
    outcome: AgentOutcome(sessionID: nil, result: .stopped, usage: .unknown, tail: ""), ending: "stopped")
}
