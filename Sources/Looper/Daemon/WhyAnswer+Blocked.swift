/// What each ``BlockReason`` means for people. They go on by a person's deed, but for a day's budget.
extension WhyAnswer {
  func blocked(_ reason: BlockReason) -> Part {
    let retry = "looper retry \(handle)"
    let cancel = "looper cancel \(handle)"
    let inspect = "looper inspect \(handle)"
    switch reason {
    case .budget: return budget
    case .reviewRounds:
      let open = record.extras.findingsOpen
      let isSpec = loop.phase == .plan || loop.phase == .specReview
      let rounds = record.facts.rounds(in: isSpec ? .specReview : .codeReview)
      let most = FlowPolicy.grantedRounds(isSpec ? policy.specRoundsMax : policy.codeRoundsMax)
      return Part(
        "\(message("the review rounds are used up")) (\(StageLines.count(open, "open finding")))",
        waitsFor: "a person to settle what the reviewer asks for",
        [
          "\(inspect)  to read the findings", "\(retry)  to grant as many rounds again",
        ] + (rounds < most ? ["push a fix to \(place)  to have it reviewed once"] : []) + [cancel])
    case .agentFailures:
      return Part(
        "\(message("the agent failed too often"))\(lastFailure)",
        waitsFor: "the cause being removed, then a retry",
        lastLogs + [retry, "looper run \(address.subject) --vendor <vendor>", cancel])
    case .checksKeepFailing:
      return Part(
        "\(message("checks keep failing"))\(failingChecks)", waitsFor: "green checks by a person, or a retry",
        ["look at \(place)/checks", "push a fix to \(place)", retry, cancel])
    case .checksMissing:
      return Part(
        message("checks did not end in time"), waitsFor: "the checks being started or ended, then a retry",
        ["look at \(place)/checks", retry, cancel])
    case .noProgress:
      return Part(
        "it does not get on: \(message("nothing changed in two rounds"))",
        waitsFor: "a person to find another way, then a retry",
        ["\(inspect)  to read what was tried", "push a fix to \(place)", retry, cancel])
    case .disagreement:
      return Part(
        "reviewer and fixer disagree: \(message("a finding was declined twice"))",
        waitsFor: "a person to decide the finding",
        [
          "\(inspect)  to read both sides", "push a fix to \(place)",
          "\(retry)  to let the reviewer decide once more", cancel,
        ])
    case .conflict:
      return Part(
        message("the branch conflicts with its base"),
        waitsFor: "the conflict being resolved by a person, or a retry",
        ["resolve it on \(place)", retry, cancel])
    case .needsHuman:
      return Part(
        message("only a person can go on"), waitsFor: "a person to judge it, then a retry",
        ["look at \(place)", "\(inspect)"] + lastLogs + [retry, cancel])
    case .question:
      return Part(
        questionSentence, waitsFor: "an answer",
        wakesAt: record.facts.isDefaultExhausted ? nil : record.question?.deadlineAt, questionActions)
    case .publishRefused:
      return Part(
        "what it wanted to write was refused: \(message("no reason was given"))",
        waitsFor: "the cause being removed, then a retry",
        ["\(inspect)  to see the refused write", retry, cancel])
    case .permanent:
      return Part(
        "it would fail the same way again: \(message("no reason was given"))",
        waitsFor: "the cause being removed, then a retry", lastLogs + [inspect, retry, cancel])
    }
  }

  /// The coordinator's own words.
  private func message(_ fallback: String) -> String {
    let said = record.extras.message.isEmpty ? record.facts.stop?.message ?? "" : record.extras.message
    return said.isEmpty ? fallback : Self.firstLine(said)
  }

  private var lastFailure: String {
    guard let run = record.lastRun, case .failed = run.state else { return "" }
    return "; last \(failed(run))"
  }

  private var lastLogs: [String] { record.lastRun.map { ["looper run logs \($0.id.handle)"] } ?? [] }

  private var failingChecks: String {
    let names = pull.map { CheckJudgement(record.facts, $0).ours.prefix(5).map(\.name) } ?? []
    return names.isEmpty ? "" : ": \(names.joined(separator: ", "))"
  }

  var questionSentence: String {
    guard let question = record.question else { return "an agent asked a question" }
    let options = question.options.isEmpty ? "" : " (\(question.options.joined(separator: " / ")))"
    return "an agent asks: \(Self.firstLine(question.text))\(options)"
  }

  var questionActions: [String] {
    [
      "looper answer \(handle) \"…\"", "answer in a comment on \(address.subject)",
      "looper retry \(handle)  to let it do without an answer",
      "looper cancel \(handle)",
    ]
  }

  private var budget: Part {
    let facts = record.facts
    let isOwn = facts.stop != nil || policy.budget.breach(facts.spent, at: [.loop]) != nil
    let isToday = !isOwn && policy.budget.breach(facts.spent, at: BudgetLevel.daily) != nil
    return Part(
      "\(isToday ? "today's" : "its") budget is spent: \(message("no more may be used"))",
      waitsFor: isToday ? "the next day or a larger budget" : "a larger budget",
      wakesAt: isToday ? now.nextMidnight : nil,
      [
        "raise it in the section budget of the configuration, then looper retry \(handle)",
        "looper inspect \(handle)", "looper cancel \(handle)",
      ])
  }
}
