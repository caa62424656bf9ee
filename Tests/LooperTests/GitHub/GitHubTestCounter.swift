import Synchronization

/// A number that several tasks may raise.
final class GitHubTestCounter: Sendable {
  private let count = Mutex(0)

  var value: Int { count.withLock { $0 } }

  /// - Returns: the number before.
  func increase() -> Int {
    count.withLock { count in
      defer { count += 1 }
      return count
    }
  }
}
