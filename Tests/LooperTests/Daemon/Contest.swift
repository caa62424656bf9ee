import Synchronization

/// What may be under way at the same time as a takeover, and whether it was.
final class Contest: Sendable {
  enum Rival: CaseIterable, Sendable {
    case claim, cleanUp, publish, shutdown
  }

  private struct State {
    var underWay: Set<Rival> = []
    var isTakingOver = false
    /// Those under way that a takeover fell into.
    var contested: Set<Rival> = []
    var met: Set<Rival> = []
    var claims = 0
  }

  private let state = Mutex(State())

  /// What really went on beside a takeover.
  var met: Set<Rival> { state.withLock { $0.met } }

  var claims: Int { state.withLock { $0.claims } }

  func noteClaim() { state.withLock { $0.claims += 1 } }

  func begin(_ rival: Rival) {
    state.withLock { state in
      state.underWay.insert(rival)
      if state.isTakingOver { state.contested.insert(rival) }
    }
  }

  /// - Parameter counts: whether it did anything.
  func end(_ rival: Rival, counts: Bool) {
    state.withLock { state in
      state.underWay.remove(rival)
      if state.contested.remove(rival) != nil, counts { state.met.insert(rival) }
    }
  }

  func beginTakeover() {
    state.withLock { state in
      state.isTakingOver = true
      state.contested.formUnion(state.underWay)
    }
  }

  func endTakeover() { state.withLock { $0.isTakingOver = false } }
}
