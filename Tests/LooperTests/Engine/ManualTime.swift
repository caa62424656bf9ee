import Synchronization

@testable import Looper

/// A clock that moves when told to, and when somebody sleeps on it.
final class ManualTime: TimeSource {
  private let state: Mutex<Timestamp>

  init(_ start: Timestamp = ForgeScene.startedAt) { state = Mutex(start) }

  var now: Timestamp { state.withLock { $0 } }
  func advance(by duration: Duration) { state.withLock { $0 = $0 + duration } }

  func sleep(until deadline: Timestamp) async throws {
    state.withLock { $0 = max($0, deadline) }
    try Task.checkCancellation()
  }
}
