import Foundation
import Hummingbird
import NIOCore
import ServiceLifecycle

/// Sends the event log to one client for as long as it listens.
struct EventStream: Sendable {
  /// Proxies and clients give a silent connection up after 30 to 60 s.
  static let heartbeatInterval = Duration.seconds(15)

  let operations: any Operations
  let time: any TimeSource

  /// Why the loop looks at the log again.
  private enum Signal: Sendable {
    case news
    case heartbeat
  }

  /// A body that never ends by itself: until the client goes, or the daemon stops.
  func body(after start: Int64) -> ResponseBody {
    ResponseBody { writer in
      // Newest(1): both signals mean "read the log", so losing one of two loses nothing.
      let (signals, source) = AsyncStream.makeStream(of: Signal.self, bufferingPolicy: .bufferingNewest(1))
      var feed = EventFeed(after: start)
      // Before the first look at the log: what is written in between would be told to nobody.
      let hints = await operations.eventHints()
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { await Self.forward(hints, to: source) }
        group.addTask { try await beat(into: source) }
        defer { group.cancelAll() }
        try await withGracefulShutdownHandler {
          try await send(.heartbeat, from: &feed, to: &writer)
          for await signal in signals {
            let isQuiet = try await send(signal, from: &feed, to: &writer) == 0
            if isQuiet, case .heartbeat = signal {
              try await writer.write(ByteBuffer(string: ServerSentEvent.heartbeat))
            }
          }
        } onGracefulShutdown: {
          source.finish()
        }
      }
      try await writer.finish(nil)
    }
  }

  /// Sends what is new: what the hub keeps for all when there is news, else what the log says.
  ///
  /// - Returns: how many events that was.
  @discardableResult
  private func send(
    _ signal: Signal, from feed: inout EventFeed, to writer: inout any ResponseBodyWriter
  ) async throws -> Int {
    var count = 0
    var output = EventFeed.Output()
    repeat {
      let page =
        switch signal {
        case .news: try await operations.news(after: feed.cursor)
        case .heartbeat: try await operations.events(after: feed.cursor, limit: EventPageView.limitMax)
        }
      output = feed.take(page)
      guard !output.frames.isEmpty else { continue }
      count += output.frames.count
      let text = Data(output.frames.map(\.text).joined().utf8)
      try await writer.write(ByteBuffer(bytes: operations.mask.masked(json: text)))
    } while output.isBehind
    return count
  }

  private static func forward(
    _ hints: AsyncStream<Int64>, to source: AsyncStream<Signal>.Continuation
  ) async {
    for await _ in hints { source.yield(.news) }
    // The hub ends when the daemon stops.
    source.finish()
  }

  private func beat(into source: AsyncStream<Signal>.Continuation) async throws {
    while !Task.isCancelled {
      try await time.sleep(until: time.now + Self.heartbeatInterval)
      source.yield(.heartbeat)
    }
  }
}
