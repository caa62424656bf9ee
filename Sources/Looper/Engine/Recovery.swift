import Logging

/// Puts right what an earlier daemon left in the middle of something; runs to its end before anything else starts.
struct Recovery: Sendable {
  let store: Store
  let time: any TimeSource
  let log: Logger

  /// - Returns: the runs that go on and must be driven.
  func run() async throws -> [Run.ID] {
    let runs = try await store.recover(at: time.now)
    if !runs.isEmpty { log.notice("runs resumed", metadata: ["count": "\(runs.count)"]) }
    return runs
  }
}
