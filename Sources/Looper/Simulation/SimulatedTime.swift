import Synchronization

/// The time of a simulation: moves when told to, and when somebody sleeps on it.
///
/// GitHub has the true time; the daemon's machine may be off by a jump of its clock.
final class SimulatedTime: TimeSource {
  /// When every simulation begins.
  static let start = Timestamp(milliseconds: 1_790_000_000_000)

  private struct State {
    var isNow = SimulatedTime.start
    var offset = Duration.zero
  }

  private let state = Mutex(State())

  /// What the daemon's machine says.
  var now: Timestamp { state.withLock { $0.isNow + $0.offset } }

  /// What GitHub and people say.
  var trueNow: Timestamp { state.withLock { $0.isNow } }

  var elapsed: Duration { trueNow - Self.start }

  func advance(by duration: Duration) { state.withLock { $0.isNow = $0.isNow + max(duration, .zero) } }

  /// Sets the daemon's clock wrong, or right again.
  func setOffset(_ offset: Duration) { state.withLock { $0.offset = offset } }

  func sleep(until deadline: Timestamp) async throws {
    state.withLock { state in
      let wait = deadline - (state.isNow + state.offset)
      if wait > .zero { state.isNow = state.isNow + wait }
    }
    try Task.checkCancellation()
  }
}
