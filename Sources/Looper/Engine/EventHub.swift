import Logging

/// Tells clients that the event log grew; what it says they read from the log, by sequence number.
actor EventHub {
  private let store: Store
  private var clients: [Int: AsyncStream<Int64>.Continuation] = [:]
  private var nextClient = 0
  private var isClosed = false

  init(store: Store) { self.store = store }

  func run() async {
    for await _ in store.changes(in: ["event"]) {
      if Task.isCancelled { break }
      // Best effort: a failed read costs time; the next event or the client's own look finds it.
      if let last = try? await store.lastEventSequence() { publish(last) }
    }
    close()
  }

  /// The newest sequence number, each time there is a newer one.
  ///
  /// Buffer newest(1): an element says "read the log", so losing an older one loses nothing.
  func hints() -> AsyncStream<Int64> {
    let (stream, continuation) = AsyncStream.makeStream(of: Int64.self, bufferingPolicy: .bufferingNewest(1))
    guard !isClosed else {
      continuation.finish()
      return stream
    }
    let id = nextClient
    nextClient += 1
    clients[id] = continuation
    return stream
  }

  /// A client that left is dropped at the next event.
  private func publish(_ sequence: Int64) {
    for (id, client) in clients {
      if case .terminated = client.yield(sequence) { clients[id] = nil }
    }
  }

  private func close() {
    isClosed = true
    for client in clients.values { client.finish() }
    clients = [:]
  }
}
