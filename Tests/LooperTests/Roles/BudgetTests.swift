import Testing

@testable import Looper

@Suite("a budget is spent at its limit, warned of at four fifths, and unknown usage counts as nothing")
struct BudgetTests {
  private static func spent(tokens: Int? = nil, cost: Double? = nil, minutes: Int64 = 0) -> Spending {
    Spending(
      usage: Usage(inputTokens: tokens, outputTokens: nil, costUSD: cost), time: .seconds(60 * minutes))
  }

  @Test(
    "the first level that is spent is told, with its measure",
    arguments: [
      (
        FlowPolicy.Budget(run: .init(tokens: 1000)), BudgetLevel.run, spent(tokens: 1110),
        "1110 of the run's 1000 tokens used"
      ),
      (.init(loop: .init(cost: 2)), .loop, spent(cost: 2), "2.0 of the loop's 2.0 US dollars used"),
      (
        .init(projectDay: .init(time: .seconds(600))), .projectDay, spent(minutes: 10),
        "agents ran 10 of the project's daily 10 minutes"
      ),
      (.init(day: .init(tokens: 5)), .day, spent(tokens: 5), "5 of the daily 5 tokens used"),
    ])
  func breach(budget: FlowPolicy.Budget, level: BudgetLevel, spent: Spending, words: String) {
    #expect(budget.breach([level: spent]) == BudgetBreach(level: level, message: words))
    for other in BudgetLevel.allCases where other != level { #expect(budget.breach([other: spent]) == nil) }
  }

  @Test("below the limit, without a limit and without knowledge nothing is spent")
  func within() {
    let budget = FlowPolicy.Budget(run: .init(tokens: 1000, cost: 1))
    #expect(budget.breach([.run: Self.spent(tokens: 999, cost: 0.99)]) == nil)
    #expect(budget.breach([.run: Self.spent()]) == nil)
    #expect(FlowPolicy.Budget().breach([.run: Self.spent(tokens: .max, cost: 1e9)]) == nil)
  }

  @Test("a warning comes when four fifths are passed, once, and not with the end")
  func warnings() {
    let budget = FlowPolicy.Budget(loop: .init(tokens: 100))
    func warned(_ from: Int, _ to: Int) -> Int {
      budget.warnings(from: [.loop: Self.spent(tokens: from)], to: [.loop: Self.spent(tokens: to)]).count
    }
    #expect(warned(0, 79) == 0)
    #expect(warned(79, 80) == 1)
    #expect(warned(80, 90) == 0)
    #expect(warned(79, 100) == 0)
  }

  @Test("the room is what is left until the next mark of the level with the least")
  func room() {
    let budget = FlowPolicy.Budget(run: .init(tokens: 1000, cost: 1), day: .init(tokens: 2000))
    #expect(budget.room([:]) == BudgetRoom(tokens: 800, cost: 0.8))
    #expect(budget.room([.run: Self.spent(tokens: 900, cost: 2)]) == BudgetRoom(tokens: 100, cost: 0))
    #expect(budget.room([.day: Self.spent(tokens: 1990)]).tokens == 10)
    #expect(FlowPolicy.Budget().room([.run: Self.spent(tokens: 5)]) == BudgetRoom())
  }

  @Test(
    "a rest of time is counted again when it is over; what several spend together, all the time before its end"
  )
  func time() {
    let budget = FlowPolicy.Budget(loop: .init(time: .seconds(600)), day: .init(time: .seconds(1000)))
    func wait(loop: Int64, day: Int64, sessions: Int = 1) -> Duration? {
      budget.room([
        .loop: Spending(time: .seconds(loop), sessions: 1),
        .day: Spending(time: .seconds(day), sessions: sessions),
      ]).time
    }
    #expect(wait(loop: 590, day: 590) == .seconds(10))
    #expect(wait(loop: 590, day: 995) == .seconds(5))
    #expect(wait(loop: 601, day: 995) == .zero)
    #expect(wait(loop: 0, day: 909, sessions: 3) == SessionNews.pulse)
    #expect(wait(loop: 0, day: 910, sessions: 3) == BudgetRoom.tick)
    #expect(FlowPolicy.Budget().room([:]).time == nil)
  }

  @Test("what was counted before is not counted again")
  func without() {
    let whole = Usage(inputTokens: 360, outputTokens: nil, costUSD: 1)
    let part = Usage(inputTokens: 120, outputTokens: 5, costUSD: 2)
    #expect(whole.without(part) == Usage(inputTokens: 240, outputTokens: nil, costUSD: 0))
    #expect(whole.without(.unknown) == whole)
  }
}
