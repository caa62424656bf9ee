import Synchronization

/// Whether each GitHub host answers: a breaker for reads and one for writes, each of which opens on failures in a row
/// and lets one probe through at a time.
///
/// ```
///   closed ──failures──▶ open(until) ──time──▶ probing ──success──▶ closed
///                          ▲                      └──failure──▶ open(later)
/// ```
final class HostHealth: Sendable {
  /// What is done at a host: GitHub may answer questions and refuse changes.
  enum Access: String, CaseIterable, Sendable {
    case read, write

    /// Failures in a row that open the breaker. One failed sweep says enough; a write may fail on its own account.
    var failuresMax: Int {
      switch self {
      case .read: 1
      case .write: 3
      }
    }
  }

  /// How a host does: failures in a row, what the last one said, and when the next probe is due.
  struct State: Equatable, Sendable {
    var failures = 0
    var retryAt: Timestamp?
    var message = ""
    var since: Timestamp?
    /// It answers, and lets nothing more through before a time it told.
    var isLimited = false
    /// ``Access/failuresMax``.
    var failuresMax = 1

    var isAvailable: Bool { failures < failuresMax }
  }

  /// What a report changed.
  enum Change: Equatable, Sendable {
    case none
    case becameUnavailable(String)
    case becameAvailable
  }

  /// One breaker.
  private struct Key: Hashable {
    var host: String
    var access: Access
  }

  private let states = Mutex<[Key: State]>([:])

  subscript(host: String, access: Access) -> State {
    states.withLock { $0[Key(host: host, access: access)] ?? State(failuresMax: access.failuresMax) }
  }

  /// The worse of the two, for people.
  subscript(host: String) -> State {
    let reads = self[host, .read]
    return reads.isAvailable ? self[host, .write] : reads
  }

  /// Every host that was ever in trouble, with the worse of its two states.
  var all: [String: State] {
    let hosts = states.withLock { Set($0.keys.map(\.host)) }
    return hosts.reduce(into: [:]) { $0[$1] = self[$1] }
  }

  /// Whether work may begin whose result is written there. A host whose writes may be tried again counts as one that
  /// takes them: without work there might never be a write to find out with.
  func admitsWork(_ host: String, at now: Timestamp) -> Bool {
    let writes = self[host, .write]
    return self[host, .read].isAvailable && (writes.isAvailable || writes.retryAt.map { $0 <= now } ?? true)
  }

  /// Reads that work again give writes another chance: most outages are of everything.
  func succeeded(_ host: String, _ access: Access) -> Change {
    states.withLock { states in
      let wasUp = Self.isUp(host, states)
      let wasDown = states[Key(host: host, access: access)]?.isAvailable == false
      states[Key(host: host, access: access)] = State(failuresMax: access.failuresMax)
      if wasDown, access == .read { states[Key(host: host, access: .write)] = nil }
      return !wasUp && Self.isUp(host, states) ? .becameAvailable : .none
    }
  }

  /// - Parameter unit: random, 0 to 1.
  func failed(
    _ host: String, _ access: Access, _ failure: Failure, unit: Double, at now: Timestamp
  ) -> Change {
    let key = Key(host: host, access: access)
    return states.withLock { states in
      var state = states[key] ?? State(failuresMax: access.failuresMax)
      let wasUp = Self.isUp(host, states)
      state.failures += 1
      state.message = failure.message
      if case .rateLimited = failure.kind { state.isLimited = true } else { state.isLimited = false }
      state.since = state.since ?? now
      if !state.isAvailable {
        let count = state.failures - state.failuresMax + 1
        state.retryAt = RetryPolicy.next(after: failure.kind, count: count, unit: unit, at: now)
      }
      states[key] = state
      return wasUp && !state.isAvailable ? .becameUnavailable(failure.message) : .none
    }
  }

  /// Whether both breakers are closed: an outage that opens both is one piece of news.
  private static func isUp(_ host: String, _ states: [Key: State]) -> Bool {
    Access.allCases.allSatisfy { states[Key(host: host, access: $0)]?.isAvailable ?? true }
  }
}
