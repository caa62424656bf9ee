import Synchronization

@testable import Looper

/// Sessions of scripted agents below the real supervisor; vendors refuse them when the test says so.
final class ScriptedSessions: AgentSessions {
  /// A session that was started.
  struct Start: Sendable {
    var plan: SessionPlan
    var assignment: AgentAssignment
  }

  private let agents: ScriptedAgents
  private let refusal: @Sendable (SessionPlan) -> Failure?
  private let state = Mutex<[Start]>([])

  /// - Parameter refusal: what a vendor says instead of working.
  init(_ agents: ScriptedAgents, refusal: @escaping @Sendable (SessionPlan) -> Failure? = { _ in nil }) {
    self.agents = agents
    self.refusal = refusal
  }

  /// Every session so far.
  var started: [Start] { state.withLock { $0 } }
  var vendors: [Vendor] { started.map(\.plan.vendor) }

  static let usage = Usage(inputTokens: 10, outputTokens: 1, costUSD: 0.01)

  func run(_ assignment: AgentAssignment, as plan: SessionPlan, observer: SessionEvents) async -> SessionEnd {
    state.withLock { $0.append(Start(plan: plan, assignment: assignment)) }
    await observer.onStart(
      SessionProcess(pid: 1, startTicks: 1, bootID: "boot", executable: "/agent", directory: ""))
    if let failure = refusal(plan) {
      let outcome = AgentOutcome(sessionID: nil, result: .failed(failure), usage: .unknown, tail: "")
      return SessionEnd(outcome: outcome, ending: "exit status 1")
    }
    await observer.onUsage(Self.usage)
    var outcome = await agents.run(assignment)
    outcome.usage = Self.usage
    return SessionEnd(outcome: outcome, ending: "exit status 0")
  }

  func finished(_ assignment: AgentAssignment, as plan: SessionPlan, directory: String) async -> SessionEnd? {
    nil
  }
}
