/// The one living comment on the subject: phase, last run, findings left, cost, links.
enum StatusComment {
  static func body(of facts: LoopFacts, state: LoopState, lastRun: Run?, policy: FlowPolicy) -> String {
    let loop = facts.loop
    var rows = ["| phase | \(loop.phase.rawValue) |", "| state | \(describe(state)) |"]
    switch state {
    case .blocked, .waiting(.merge, _):
      if let stop = facts.stop { rows.append("| why | \(PublishedText.line(stop.message)) |") }
    case .queued, .running, .waiting, .done: break
    }
    if let step = peoplesStep(facts, state) { rows.append("| next step | \(PublishedText.line(step)) |") }
    if let pull = loop.pullNumber { rows.append("| pull request | #\(pull) |") }
    if let run = lastRun {
      rows.append(
        "| last run | \(run.id.handle) \(run.job.code): \(run.state.code). \(PublishedText.line(run.state.message)) |"
      )
    }
    rows.append("| findings | \(ledger(facts)) |")
    if let rounds = rounds(facts, policy) { rows.append("| review rounds | \(rounds) |") }
    rows.append("| cost | \(cost(facts.spent[.loop] ?? Spending())) |")
    let budget = policy.budget.readings(.loop, facts.spent[.loop] ?? Spending()).filter(\.isWarning)
    if !budget.isEmpty { rows.append("| budget | \(budget.map(\.words).joined(separator: ", ")) |") }
    let table = (["| Looper | \(loop.id.handle) |", "| --- | --- |"] + rows).joined(separator: "\n")
    return PublishedText.stamped(table, policy)
  }

  /// What people have to do about a wait that no command shows the end of.
  private static func peoplesStep(_ facts: LoopFacts, _ state: LoopState) -> String? {
    switch state {
    case .waiting(.author, _):
      let isConflict = facts.observation?.pull.map { facts.conflicts($0) } ?? false
      return "Looper never pushes to a fork: the author has to "
        + (isConflict ? "resolve the conflict with the base and push" : "apply the patch and push")
    case .waiting(.edited, _):
      return "somebody without write access edited the issue after its label was set: "
        + "somebody with write access has to read it, take the label away and set it again"
    case .waiting(.answer, let deadline):
      let end = deadline.map { "; from \($0.iso8601.prefix(16))Z on its default counts" } ?? ""
      return "an agent asked something: somebody with write access has to reply\(end)"
    case .waiting, .queued, .running, .blocked, .done: return nil
    }
  }

  /// How many findings other than nits are in which state; what is settled does not come up again.
  private static func ledger(_ facts: LoopFacts) -> String {
    let blocking = facts.findings.filter(\.draft.severity.blocks)
    let words: [(Finding.State, String)] = [
      (.open, "open"), (.fixed, "fixed"), (.declined, "declined"), (.deferred, "deferred"),
      (.closed, "settled"),
    ]
    let parts = words.compactMap { state, word -> String? in
      let count = blocking.count { $0.state == state }
      return count == 0 && state != .open ? nil : "\(count) \(word)"
    }
    return parts.joined(separator: ", ")
  }

  /// How many reviews of the phase asked for changes, of how many it may; nil when none did.
  private static func rounds(_ facts: LoopFacts, _ policy: FlowPolicy) -> String? {
    let isSpec = facts.loop.phase == .plan || facts.loop.phase == .specReview
    let spent = facts.rounds(in: isSpec ? .specReview : .codeReview)
    return spent == 0 ? nil : "\(spent) of \(isSpec ? policy.specRoundsMax : policy.codeRoundsMax)"
  }

  private static func describe(_ state: LoopState) -> String {
    switch state {
    case .queued: "queued"
    case .running: "working"
    case .waiting(.merge, _): "ready to merge"
    case .waiting(let reason, _): "waiting: \(reason.rawValue)"
    case .blocked(let reason): "**needs a human**: \(reason.rawValue)"
    case .done(let outcome): "done: \(outcome.rawValue)"
    }
  }

  /// Time is told from the first full minute on.
  private static func cost(_ spent: Spending) -> String {
    let tokens = spent.usage.tokens.map { "\($0) tokens" } ?? "tokens unknown"
    let cents = spent.usage.costUSD.map { Int64(($0 * 100).rounded()) }
    let money = cents.map { "$\($0 / 100).\($0 % 100 < 10 ? "0" : "")\($0 % 100)" } ?? "cost unknown"
    let minutes = spent.time.milliseconds / 60_000
    return "\(tokens), \(money)\(minutes > 0 ? ", agents ran \(minutes) min" : "")"
  }
}
