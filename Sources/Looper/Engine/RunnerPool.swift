import Logging

/// Drives live runs, one child task each, and ends them on request.
///
/// The tickets' stream is unbounded by type and bounded by construction: only claimed runs are submitted, and claims
/// stop at the limits. A ticket that got lost would be found by the ``Reaper``, which submits every live run nobody
/// drives.
actor RunnerPool {
  private let runner: Runner
  private let log: Logger
  private let tickets: AsyncStream<Run.ID>
  private let submitTicket: AsyncStream<Run.ID>.Continuation
  private var stops: [Run.ID: AsyncStream<Void>.Continuation] = [:]
  private var waiters: [Run.ID: [CheckedContinuation<Void, Never>]] = [:]

  init(runner: Runner, log: Logger) {
    self.runner = runner
    self.log = log
    (tickets, submitTicket) = AsyncStream.makeStream(of: Run.ID.self, bufferingPolicy: .unbounded)
  }

  /// Drives until cancelled; then stops every agent and leaves the runs live for the next daemon.
  func run() async {
    await withDiscardingTaskGroup { group in
      for await id in tickets {
        group.addTask { await self.carry(id) }
      }
      group.cancelAll()
    }
  }

  /// Hands a live run over. A run that is driven already is left alone.
  func submit(_ id: Run.ID) { submitTicket.yield(id) }

  func isDriving(_ id: Run.ID) -> Bool { stops[id] != nil }

  /// Ends a run's work; what it records is decided by the stop request in the store.
  func stop(_ id: Run.ID) { stops[id]?.yield() }

  /// Records the end of a run that was told to stop and that nobody drives.
  func settle(_ id: Run.ID) async { await runner.settle(id) }

  /// Ends a run's work and returns when nothing of it runs any more.
  func stopAndWait(_ id: Run.ID) async {
    guard stops[id] != nil else { return }
    stop(id)
    await withCheckedContinuation { waiters[id, default: []].append($0) }
  }

  private func carry(_ id: Run.ID) async {
    guard stops[id] == nil else { return }
    // Buffer newest(1): one stop is as good as many.
    let (stopped, stop) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    stops[id] = stop
    let runner = runner
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await runner.run(id) }
      group.addTask { for await _ in stopped { break } }
      await group.next()
      group.cancelAll()
    }
    await runner.settle(id)
    stops[id] = nil
    for waiter in waiters.removeValue(forKey: id) ?? [] { waiter.resume() }
  }
}
