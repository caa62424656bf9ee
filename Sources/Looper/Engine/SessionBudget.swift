/// Ends a session when a budget is spent.
struct SessionBudget: Sendable {
  private let breaches: AsyncStream<BudgetBreach>
  private let report: AsyncStream<BudgetBreach>.Continuation

  init() {
    // Buffer oldest(1): the first breach ends the session; what comes after it says the same.
    (breaches, report) = AsyncStream.makeStream(of: BudgetBreach.self, bufferingPolicy: .bufferingOldest(1))
  }

  /// Tells that a budget is spent.
  func note(_ breach: BudgetBreach) { report.yield(breach) }

  /// Runs the session; at a breach it is ended, and its outcome says why.
  func holding(_ session: @escaping @Sendable () async -> SessionEnd) async -> SessionEnd {
    await withTaskGroup(of: Watched.self) { group in
      group.addTask { .ended(await session()) }
      group.addTask { [breaches] in
        for await breach in breaches { return .breached(breach) }
        return .unwatched
      }
      var breach: BudgetBreach?
      while let next = await group.next() {
        switch next {
        case .breached(let reason):
          breach = reason
          group.cancelAll()
        case .unwatched: break
        case .ended(var end):
          group.cancelAll()
          if let breach, case .stopped = end.outcome.result { end.outcome.result = .overBudget(breach) }
          return end
        }
      }
      preconditionFailure("the session's task always ends with an end")
    }
  }

  /// What one of the tasks came to.
  private enum Watched: Sendable {
    case ended(SessionEnd)
    case breached(BudgetBreach)
    /// The calling task was cancelled.
    case unwatched
  }
}
