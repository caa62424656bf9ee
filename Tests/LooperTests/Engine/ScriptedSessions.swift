import Synchronization

@testable import Looper

/// Sessions of scripted agents below the real supervisor; vendors refuse them when the test says so.
final class ScriptedSessions: AgentSessions {
  /// A session that was started.
  struct Start: Sendable {
    var plan: SessionPlan
    var assignment: AgentAssignment

    var role: Role { assignment.role }
    var resumed: String? { plan.resume?.vendorSessionID }
  }

  private let agents: ScriptedAgents
  private let usage: Usage
  private let pulses: [Duration]
  private let endsAreLost: Bool
  private let refusal: @Sendable (Start) -> Failure?
  private let state = Mutex(State())

  private struct State {
    var started: [Start] = []
    /// What the files of a session tell of its end, by its directory.
    var ends: [String: SessionEnd] = [:]
  }

  /// - Parameters:
  ///   - usage: what each session uses.
  ///   - pulses: at what age each session tells that it lives.
  ///   - endsAreLost: whether sessions die with the daemon, so that their files tell of no end.
  ///   - refusal: what a vendor says instead of working.
  init(
    _ agents: ScriptedAgents, usage: Usage = Usage(inputTokens: 10, outputTokens: 1, costUSD: 0.01),
    pulses: [Duration] = [], endsAreLost: Bool = false,
    refusal: @escaping @Sendable (Start) -> Failure? = { _ in nil }
  ) {
    self.agents = agents
    self.usage = usage
    self.pulses = pulses
    self.endsAreLost = endsAreLost
    self.refusal = refusal
  }

  /// Every session so far.
  var started: [Start] { state.withLock { $0.started } }

  func run(_ assignment: AgentAssignment, as plan: SessionPlan, observer: SessionEvents) async -> SessionEnd {
    let start = Start(plan: plan, assignment: assignment)
    let number = state.withLock { state in
      state.started.append(start)
      return state.started.count
    }
    let directory = "/sessions/\(number)"
    do {
      try await observer.onPrepared("/agent", directory)
      try await observer.onStart(
        SessionProcess(pid: 1, startTicks: 1, bootID: "boot", executable: "/agent", directory: directory))
    } catch {
      let failure = Failure(.transient, "cannot record the session: \(error)")
      return SessionEnd(outcome: .notStarted(.failed(failure)), ending: "not started")
    }
    await observer.onVendorSession(plan.resume?.vendorSessionID ?? "conversation-\(number)")
    if let failure = refusal(start) {
      return SessionEnd(
        outcome: .notStarted(.failed(failure)), ending: "exit status 1",
        isVendorTrouble: failure.kind == .needsHuman)
    }
    await observer.onNews(SessionNews(usage: usage))
    for active in pulses { await observer.onNews(SessionNews(usage: usage, active: active)) }
    var outcome = await agents.run(assignment)
    outcome.usage = usage
    let end = SessionEnd(outcome: outcome, ending: "exit status 0", active: pulses.last ?? .zero)
    if !endsAreLost { state.withLock { $0.ends[directory] = end } }
    return end
  }

  func finished(_ assignment: AgentAssignment, as plan: SessionPlan, directory: String) async -> SessionEnd? {
    state.withLock { $0.ends[directory] }
  }

  func reading(of session: Session, told: Usage) async -> SessionReading? { nil }
}
