/// Ends a session within one usage event of its run's budget.
struct SessionBudget: Sendable {
  let budget: FlowPolicy.Budget
  /// What earlier sessions of the run used.
  let spent: Usage
  private let breach: AsyncStream<String>
  private let report: AsyncStream<String>.Continuation

  init(budget: FlowPolicy.Budget, spent: Usage) {
    self.budget = budget
    self.spent = spent
    // Buffer oldest(1): the first breach ends the session; what comes after it says the same.
    (breach, report) = AsyncStream.makeStream(of: String.self, bufferingPolicy: .bufferingOldest(1))
  }

  /// Tells what the session has used so far.
  func note(_ usage: Usage) {
    let total = spent + usage
    let tokens = (total.inputTokens ?? 0) + (total.outputTokens ?? 0)
    if let limit = budget.runTokens, tokens >= limit {
      report.yield("\(tokens) of the run's \(limit) tokens used")
    } else if let limit = budget.runCost, let cost = total.costUSD, cost >= limit {
      report.yield("\(cost) of the run's \(limit) US dollars used")
    }
  }

  /// Runs the session; at a breach it is ended, and its outcome says why.
  func holding(_ session: @escaping @Sendable () async -> SessionEnd) async -> SessionEnd {
    await withTaskGroup(of: Watched.self) { group in
      group.addTask { .ended(await session()) }
      group.addTask { [breach] in
        for await words in breach { return .breached(words) }
        return .unwatched
      }
      var words: String?
      while let next = await group.next() {
        switch next {
        case .breached(let reason):
          words = reason
          group.cancelAll()
        case .unwatched: break
        case .ended(var end):
          group.cancelAll()
          if let words, case .stopped = end.outcome.result { end.outcome.result = .overBudget(words) }
          return end
        }
      }
      preconditionFailure("the session's task always ends with an end")
    }
  }

  /// What one of the two tasks came to.
  private enum Watched: Sendable {
    case ended(SessionEnd)
    case breached(String)
    /// The calling task was cancelled; the session ends by that.
    case unwatched
  }
}
