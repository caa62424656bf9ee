/// Lets callers through one at a time, in the order they came.
///
/// The local GitHub answers one request at a time although git is awaited in between: a single order of
/// events is what makes its answers reproducible. Waiting is short, as every git command has a deadline.
struct ForgeTurnstile: Sendable {
  private var isOccupied = false
  private var waiting: [CheckedContinuation<Void, Never>] = []

  /// Whether the caller may go on at once; if not, it parks a continuation with ``park(_:)``.
  mutating func enter() -> Bool {
    if isOccupied { return false }
    isOccupied = true
    return true
  }

  mutating func park(_ continuation: CheckedContinuation<Void, Never>) { waiting.append(continuation) }

  /// Hands over to the next caller, who then occupies it.
  mutating func leave() {
    if waiting.isEmpty {
      isOccupied = false
    } else {
      waiting.removeFirst().resume()
    }
  }
}
