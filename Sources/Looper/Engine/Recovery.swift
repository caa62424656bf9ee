import Logging

/// Puts right what an earlier daemon left in the middle of something; runs to its end before anything else starts.
struct Recovery: Sendable {
  let store: Store
  let sessions: any AgentSessions
  let time: any TimeSource
  let log: Logger

  /// - Returns: the runs that go on and must be driven.
  func run() async throws -> [Run.ID] {
    try await readOutputs()
    let runs = try await store.recover(at: time.now)
    if !runs.isEmpty { log.notice("runs resumed", metadata: ["count": "\(runs.count)"]) }
    return runs
  }

  /// What sessions used after the last time it was noted stands in their output; the ledger must not miss it.
  private func readOutputs() async throws {
    for session in try await store.liveSessions() {
      var told = Usage.unknown
      if let id = session.vendorSessionID {
        told = try await store.usage(ofConversation: id, with: session.vendor, before: session.id)
      }
      guard let reading = await sessions.reading(of: session, told: told) else { continue }
      try await store.note(reading, of: session.id, at: time.now)
    }
  }
}
