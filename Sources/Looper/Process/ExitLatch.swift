import Synchronization

/// A question asked by many and answered once: the way from a termination handler to those who await it.
///
/// Waiting does not end with the waiting task's cancellation, for what it waits for must be seen to its end.
final class ExitLatch: Sendable {
  private enum State {
    case open(waiting: [CheckedContinuation<ExitStatus, Never>])
    case closed(ExitStatus)
  }

  private let state = Mutex(State.open(waiting: []))

  /// Whether the answer is there.
  var isClosed: Bool {
    state.withLock { state in
      if case .closed = state { true } else { false }
    }
  }

  /// Gives the answer; later ones are ignored.
  func close(with status: ExitStatus) {
    let waiting: [CheckedContinuation<ExitStatus, Never>] = state.withLock { state in
      guard case .open(let waiting) = state else { return [] }
      state = .closed(status)
      return waiting
    }
    for continuation in waiting { continuation.resume(returning: status) }
  }

  /// The answer, at once or when it is given.
  func wait() async -> ExitStatus {
    await withCheckedContinuation { continuation in
      let known: ExitStatus? = state.withLock { state in
        switch state {
        case .closed(let status): return status
        case .open(let waiting):
          state = .open(waiting: waiting + [continuation])
          return nil
        }
      }
      if let known { continuation.resume(returning: known) }
    }
  }
}
