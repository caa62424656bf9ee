import Synchronization

/// Whether each GitHub host answers: a breaker that opens on failures in a row and lets one probe through at a time.
///
/// ```
///   closed ──failure──▶ open(until) ──time──▶ probing ──success──▶ closed
///                         ▲                      └──failure──▶ open(later)
/// ```
final class HostHealth: Sendable {
  /// How a host does: failures in a row, what the last one said, and when the next probe is due.
  struct State: Equatable, Sendable {
    var failures = 0
    var retryAt: Timestamp?
    var message = ""
    var since: Timestamp?

    var isAvailable: Bool { failures == 0 }
  }

  /// What a report changed.
  enum Change: Equatable, Sendable {
    case none
    case becameUnavailable(String)
    case becameAvailable
  }

  private let states = Mutex<[String: State]>([:])

  subscript(host: String) -> State { states.withLock { $0[host] ?? State() } }
  var all: [String: State] { states.withLock { $0 } }

  func isAvailable(_ host: String) -> Bool { self[host].isAvailable }

  func succeeded(_ host: String) -> Change {
    states.withLock { states in
      let wasDown = states[host]?.isAvailable == false
      states[host] = State()
      return wasDown ? .becameAvailable : .none
    }
  }

  /// - Parameter unit: random, 0 to 1.
  func failed(_ host: String, _ failure: Failure, unit: Double, at now: Timestamp) -> Change {
    states.withLock { states in
      var state = states[host] ?? State()
      state.failures += 1
      state.message = failure.message
      state.since = state.since ?? now
      state.retryAt = RetryPolicy.next(after: failure.kind, count: state.failures, unit: unit, at: now)
      states[host] = state
      return state.failures == 1 ? .becameUnavailable(failure.message) : .none
    }
  }
}
