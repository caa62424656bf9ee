import Foundation

/// Where the time comes from, so that tests and the simulator can own it.
protocol TimeSource: Sendable {
  var now: Timestamp { get }
  /// Returns at `deadline`, or at once when it has passed.
  /// - Throws: `CancellationError`.
  func sleep(until deadline: Timestamp) async throws
}

/// The machine's clock.
struct SystemTime: TimeSource {
  var now: Timestamp { Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)) }

  func sleep(until deadline: Timestamp) async throws {
    let wait = deadline - now
    guard wait > .zero else { return }
    try await Task.sleep(for: wait)
  }
}
