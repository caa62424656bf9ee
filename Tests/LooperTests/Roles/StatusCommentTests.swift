import Testing

@testable import Looper

@Suite("The status comment says how things stand, with what became of every finding")
struct StatusCommentTests {
  private func finding(
    _ id: Int64, _ state: Finding.State, _ severity: Finding.Severity = .major
  ) -> Finding {
    var finding = PromptSamples.finding(id, "Problem \(id)", severity: severity, state: state)
    finding.phase = .codeReview
    return finding
  }

  @Test("findings by state, the round of how many, cost")
  func ledger() {
    var loop = PromptSamples.loop()
    loop.phase = .codeReview
    loop.pullNumber = 8
    loop.counters.codeRounds = 2
    var facts = LoopFacts(loop: loop)
    facts.findings = [
      finding(1, .open), finding(2, .open), finding(3, .fixed), finding(4, .declined), finding(5, .closed),
      finding(6, .closed), finding(7, .closed), finding(8, .open, .nit), finding(9, .deferred),
    ]
    facts.spent[.loop] = Spending(
      usage: Usage(inputTokens: 1000, outputTokens: 500, costUSD: 1.25), time: .seconds(779))
    #expect(
      StatusComment.body(of: facts, state: .queued, lastRun: nil, policy: FlowPolicy()) == """
        | Looper | L12 |
        | --- | --- |
        | phase | code-review |
        | state | queued |
        | pull request | #8 |
        | findings | 2 open, 1 fixed, 1 declined, 1 deferred, 3 settled |
        | review rounds | 2 of 3 |
        | cost | 1500 tokens, $1.25, agents ran 12 min |
        """)
  }

  @Test("what has no findings and no round says so in one word")
  func nothing() {
    var loop = PromptSamples.loop()
    loop.phase = .ready
    // Less than a minute.
    let spent = [BudgetLevel.loop: Spending(time: .seconds(59))]
    #expect(
      StatusComment.body(
        of: LoopFacts(loop: loop, spent: spent), state: .waiting(.merge, wakeAt: nil), lastRun: nil,
        policy: FlowPolicy())
          == """
          | Looper | L12 |
          | --- | --- |
          | phase | ready |
          | state | ready to merge |
          | findings | 0 open |
          | cost | tokens unknown, cost unknown |
          """)
  }
}
