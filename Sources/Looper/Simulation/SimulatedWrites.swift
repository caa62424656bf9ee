import Synchronization

/// When the daemon sent its effects to GitHub, in GitHub's time.
final class SimulatedWrites: Sendable {
  /// As many as an hour may have, and some.
  private static let keptMax = 1000

  /// A write, and which daemon of the simulation made it.
  struct Mark: Sendable {
    var at: Timestamp
    var life: Int
  }

  private struct State {
    var marks: [Mark] = []
    var life = 0
  }

  private let state = Mutex(State())

  func note(at now: Timestamp) {
    state.withLock { state in
      if state.marks.count == Self.keptMax { state.marks.removeFirst() }
      state.marks.append(Mark(at: now, life: state.life))
    }
  }

  /// A new daemon knows nothing of the second before it.
  func daemonChanged() { state.withLock { $0.life += 1 } }

  var marks: [Mark] { state.withLock { $0.marks } }
}
