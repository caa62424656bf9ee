import Foundation
import Synchronization
import Testing

@testable import Looper

@Suite("A crowd of followers gets every event once, soon, however often they come back")
struct FollowersTests {
  private static let followers = 100
  private static let events: Int64 = 110
  /// Appended one by one for the measurement.
  private static let measured: Int64 = 30
  /// A follower leaves after so many events and comes back with the last one's id: over 1,000 times in all.
  private static let visit = 10

  /// Leaves a stream that would go on.
  private struct Leaving: Error {}

  /// When each event was appended, and how long it took to arrive.
  private final class Clock: Sendable {
    private let state = Mutex((appended: [Int64: ContinuousClock.Instant](), delays: [Duration]()))

    func appending(_ sequence: Int64) { state.withLock { $0.appended[sequence] = .now } }
    func arrived(_ sequence: Int64) {
      state.withLock { state in
        if let begun = state.appended[sequence] { state.delays.append(ContinuousClock.now - begun) }
      }
    }
    /// The 99th percentile.
    var p99: Duration? {
      let delays = state.withLock { $0.delays.sorted() }
      return delays.isEmpty ? nil : delays[min(delays.count - 1, delays.count * 99 / 100)]
    }
  }

  /// Runs `body` with the operations of a real database and hub, served on a socket.
  private func served(_ body: @escaping @Sendable (OpsScene, String) async throws -> Void) async throws {
    try await OpsScene.with { scene in
      let path = NSTemporaryDirectory() + "lf-\(UInt32.random(in: 0 ... .max))/looper.sock"
      defer {
        try? FileManager.default.removeItem(atPath: URL(filePath: path).deletingLastPathComponent().path)
      }
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { await scene.operations.hub.run() }
        try await ServedOperations.serving(scene.operations, at: path) { _, _ in try await body(scene, path) }
        group.cancelAll()
      }
    }
  }

  private func append(to scene: OpsScene, _ count: Int64, _ clock: Clock) async throws {
    let first = try await scene.store.lastEventSequence()
    for sequence in (first + 1)...(first + count) {
      clock.appending(sequence)
      try await scene.store.append(EventDraft(.configuration, "event"), at: scene.time.now)
    }
  }

  @Test("1,000 returns lose nothing and repeat nothing")
  func returns() async throws {
    try await served { scene, path in
      let clock = Clock()
      let start = try await scene.store.lastEventSequence()
      let end = start + Self.events
      try await withThrowingTaskGroup(of: Int.self) { group in
        for _ in 0..<Self.followers {
          group.addTask { try await follow(path, from: start, to: end) }
        }
        try await append(to: scene, Self.events, clock)
        let visits = try await group.reduce(0, +)
        #expect(visits >= 1000)
      }
    }
  }

  /// - Returns: how often it came.
  private func follow(_ path: String, from start: Int64, to end: Int64) async throws -> Int {
    try await LooperClient.connected(to: path) { client in
      var received: [Int64] = []
      var visits = 0
      while received.count < Int(end - start) {
        visits += 1
        let goal = received.count + Self.visit
        do {
          try await client.followEvents(after: received.last ?? start) { item in
            guard case .event(let event) = item else { throw LooperError(.internal, "a gap") }
            received.append(event.sequence)
            if received.count >= goal || event.sequence == end { throw Leaving() }
          }
        } catch is Leaving {}
      }
      #expect(received == Array((start + 1)...end))
      return visits
    }
  }

  @Test("the 99th percentile from append to arrival at a hundred followers is short")
  func latency() async throws {
    try await served { scene, path in
      let clock = Clock()
      let start = try await scene.store.lastEventSequence()
      let end = start + Self.measured
      let arrived = AsyncStream.makeStream(of: Int64.self)
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<Self.followers {
          group.addTask {
            do {
              try await LooperClient.connected(to: path) { client in
                try await client.followEvents(after: start) { item in
                  guard case .event(let event) = item else { throw LooperError(.internal, "a gap") }
                  clock.arrived(event.sequence)
                  arrived.continuation.yield(event.sequence)
                  if event.sequence == end { throw Leaving() }
                }
              }
            } catch is Leaving {}
          }
        }
        // One event at a time: the next when everybody has it, as in a daemon that is not flooded.
        var arrivals = arrived.stream.makeAsyncIterator()
        for number in 0..<Self.measured {
          // The first finds them still connecting.
          try await append(to: scene, 1, number == 0 ? Clock() : clock)
          for _ in 0..<Self.followers { _ = await arrivals.next() }
        }
        try await group.waitForAll()
      }
      let p99 = try #require(clock.p99)
      // 50 ms on a quiet machine; here other suites run beside it.
      #expect(p99 < .seconds(2), "\(p99)")
    }
  }
}
