import Synchronization

/// How many calls were made, by purpose and outcome.
final class GitHubCallCounters: Sendable {
  /// What calls are counted by.
  struct Key: Hashable, Sendable {
    var kind: GhRequest.Kind
    /// `ok`, `held` (not sent because of the rate gate), or a ``Failure``'s code.
    var outcome: String
  }

  private let counts = Mutex<[Key: Int]>([:])

  func count(_ kind: GhRequest.Kind, outcome: String) {
    counts.withLock { $0[Key(kind: kind, outcome: outcome), default: 0] += 1 }
  }

  func snapshot() -> [Key: Int] { counts.withLock { $0 } }
}
