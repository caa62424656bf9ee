import Synchronization

@testable import Looper

/// A clock that stands until it is moved; who sleeps on it wakes when his time has come.
final class SteppedTime: TimeSource {
  private struct State {
    var now = ForgeScene.startedAt
    var nextSleeper = 0
    var sleepers: [Int: (deadline: Timestamp, wake: AsyncStream<Void>.Continuation)] = [:]
    var cancelled = 0
  }

  private let state = Mutex(State())
  private let begun: AsyncStream<Timestamp>
  private let begin: AsyncStream<Timestamp>.Continuation

  init() { (begun, begin) = AsyncStream.makeStream(of: Timestamp.self, bufferingPolicy: .unbounded) }

  var now: Timestamp { state.withLock { $0.now } }
  /// Sleeps under way.
  var sleepers: Int { state.withLock { $0.sleepers.count } }
  /// Sleeps that ended before their time.
  var cancelled: Int { state.withLock { $0.cancelled } }

  /// The deadline of the next sleep that begins, in order.
  func nextSleep() async -> Timestamp? {
    for await deadline in begun { return deadline }
    return nil
  }

  func advance(by duration: Duration) {
    let due = state.withLock { state in
      state.now = state.now + duration
      let due = state.sleepers.filter { $0.value.deadline <= state.now }
      for id in due.keys { state.sleepers[id] = nil }
      return due.values.map { $0.wake }
    }
    for wake in due { wake.finish() }
  }

  func sleep(until deadline: Timestamp) async throws {
    let (woken, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    let id = state.withLock { state in
      state.nextSleeper += 1
      state.sleepers[state.nextSleeper] = (deadline, wake)
      return state.nextSleeper
    }
    begin.yield(deadline)
    for await _ in woken {}
    state.withLock { state in
      if state.sleepers.removeValue(forKey: id) != nil { state.cancelled += 1 }
    }
    try Task.checkCancellation()
  }
}
