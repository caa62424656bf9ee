import Testing

@testable import Looper

@Suite("a budget that is spent ends its session")
struct SessionBudgetTests {
  private static func end(_ result: AgentOutcome.Result) -> SessionEnd {
    SessionEnd(outcome: .notStarted(result), ending: "stopped")
  }

  @Test("a breach ends the session, and the outcome says how far it came")
  func breach() async {
    let budget = SessionBudget()
    let breach = BudgetBreach(level: .run, message: "1110 of the run's 1000 tokens used")
    let end = await budget.holding {
      #expect(!Task.isCancelled)
      budget.note(breach)
      // The session goes on until it is told to stop, as an agent would.
      while !Task.isCancelled { await Task.yield() }
      return Self.end(.stopped)
    }
    #expect(end.outcome.result == .overBudget(breach))
  }

  @Test("a session without a breach keeps its own outcome")
  func within() async {
    let failure = Failure(.agent, "no")
    let end = await SessionBudget().holding { Self.end(.failed(failure)) }
    #expect(end.outcome.result == .failed(failure))
  }
}
