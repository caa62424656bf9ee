import Synchronization

@testable import Looper

/// Runs tasks side by side in an order that follows from a seed: whatever can go on is drawn for, one piece at a time.
/// Every `await` is a place where anybody else may go first. What is ``shielded`` runs outside, in no order.
final class SeededExecutor: TaskExecutor {
  private struct State {
    var random: SplitMix
    var jobs: [UnownedJob] = []
    var draws = 0
    /// Of every draw between several: which it was, folded.
    var trace: UInt64 = 0
    var isDone = false
  }

  /// Far more than any seed needs.
  static let piecesMax = 100_000
  /// After so many pieces others have the thread.
  private static let turn = 4

  private let state: Mutex<State>

  init(seed: UInt64) { state = Mutex(State(random: SplitMix(state: seed))) }

  /// How many pieces ran.
  var draws: Int { state.withLock { $0.draws } }
  /// Different for another order, except by an accident of 1 in 2^64.
  var trace: UInt64 { state.withLock { $0.trace } }

  /// Lets others go first, for tasks that run in turns.
  static func pause() async {
    guard withUnsafeCurrentTask(body: { $0?.unownedTaskExecutor }) != nil else { return }
    await Task.yield()
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    state.withLock { $0.jobs.append(job) }
  }

  private func next() -> UnownedJob? {
    state.withLock { state in
      guard !state.jobs.isEmpty else { return nil }
      let count = UInt64(state.jobs.count)
      let choice = state.random.next() % count
      if count > 1 { state.trace = (state.trace ^ (choice &+ count << 8)) &* 0x0000_0100_0000_01b3 &+ 1 }
      state.draws += 1
      return state.jobs.remove(at: Int(choice))
    }
  }

  /// Runs `body` and its child tasks to their end; cancels them when that takes more than ``piecesMax``.
  func run<Answer: Sendable>(
    _ body: @escaping @Sendable () async throws -> Answer
  ) async throws -> Answer? {
    state.withLock { $0.isDone = false }
    return try await withThrowingTaskGroup(of: Answer.self) { group in
      group.addTask(executorPreference: self) {
        defer { self.state.withLock { $0.isDone = true } }
        return try await body()
      }
      while !state.withLock({ $0.isDone }) {
        guard let job = next() else {
          // What is shielded from a cancellation runs elsewhere and comes back.
          await Task.yield()
          continue
        }
        job.runSynchronously(on: asUnownedTaskExecutor())
        if draws == Self.piecesMax { group.cancelAll() }
        // Nor may it wait for a thread when there are as many of us as threads.
        if draws % Self.turn == 0 { await Task.yield() }
      }
      return try await group.next()
    }
  }
}
