import Logging

/// Tells clients that the event log grew; what it says they read from the log, by sequence number.
actor EventHub {
  private let store: Store
  private var clients: [Int: AsyncStream<Int64>.Continuation] = [:]
  private var nextClient = 0
  private var isClosed = false
  /// The newest sequence number that clients have been told of.
  private(set) var published: Int64 = 0
  /// What the latest hint was about, read once for everybody who follows closely.
  private var latest: News?

  /// A stretch of the log without holes.
  struct News: Sendable {
    /// The sequence number before the stretch.
    var after: Int64
    var events: [Event]
    var through: Int64
  }

  /// A longer stretch is left to its readers.
  static let newsMax = 100

  init(store: Store) { self.store = store }

  func run() async {
    if let last = try? await store.lastEventSequence() { publish(last) }
    for await _ in store.changes(in: ["event"]) {
      if Task.isCancelled { break }
      // Best effort: a failed read costs time; the next event or the client's own look finds it.
      if let last = try? await store.lastEventSequence() {
        latest = try? await news(through: last)
        publish(last)
      }
    }
    close()
  }

  private func news(through last: Int64) async throws -> News? {
    let after = published
    guard last > after, last - after <= Int64(Self.newsMax) else { return nil }
    let events = try await store.events(after: after, limit: Self.newsMax)
    return News(after: after, events: events, through: max(last, events.last?.sequence ?? last))
  }

  /// What came after `sequence`, from memory; nil when that is not there and the log must be read.
  func news(after sequence: Int64) -> News? {
    guard let latest, latest.after <= sequence, sequence <= latest.through else { return nil }
    return News(
      after: sequence, events: latest.events.filter { $0.sequence > sequence }, through: latest.through)
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
    published = sequence
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
