@testable import Looper

/// A clock that stands still. Nobody waits: ``TimeSource/sleep(until:)`` returns at once.
struct FixedTime: TimeSource {
  var now: Timestamp { Sample.now }
  func sleep(until deadline: Timestamp) async throws { await Task.yield() }
}
