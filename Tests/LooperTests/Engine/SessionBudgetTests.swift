import Testing

@testable import Looper

@Suite("a run's budget ends its session within one usage event")
struct SessionBudgetTests {
  @Test("the event that reaches the limit ends the session, and the outcome says how far it came")
  func breach() async {
    let budget = SessionBudget(
      budget: .init(runTokens: 1000), spent: Usage(inputTokens: 400, outputTokens: 100, costUSD: nil))
    let end = await budget.holding {
      budget.note(Usage(inputTokens: 100, outputTokens: 10, costUSD: nil))
      #expect(!Task.isCancelled)
      budget.note(Usage(inputTokens: 600, outputTokens: 10, costUSD: nil))
      // The session goes on until it is told to stop, as an agent would.
      while !Task.isCancelled { await Task.yield() }
      return SessionEnd(
        outcome: AgentOutcome(sessionID: nil, result: .stopped, usage: .unknown, tail: ""), ending: "stopped")
    }
    #expect(end.outcome.result == .overBudget("1110 of the run's 1000 tokens used"))
  }

  @Test("a session within its budget keeps its own outcome")
  func within() async {
    let budget = SessionBudget(budget: .init(runTokens: 1000), spent: .unknown)
    let failure = Failure(.agent, "no")
    let end = await budget.holding {
      budget.note(Usage(inputTokens: 900, outputTokens: 10, costUSD: nil))
      return SessionEnd(
        outcome: AgentOutcome(sessionID: nil, result: .failed(failure), usage: .unknown, tail: ""),
        ending: "failed")
    }
    #expect(end.outcome.result == .failed(failure))
  }
}
