import Foundation

/// Connections that follow the event stream, served by one thread as they become readable.
final class Followers {
  private let descriptors: [Int32]

  init(_ count: Int, of socket: String) throws {
    descriptors = try (0..<count).map { _ in
      try SocketHTTP.connected(
        to: socket, sending: "GET /api/v1/events?follow=true HTTP/1.1\r\nHost: localhost\r\n\r\n")
    }
    // The head of each answer.
    _ = try arrivals(after: .now, of: "HTTP/1.1 200", within: .seconds(10))
    try drain()
  }

  deinit { for descriptor in descriptors { close(descriptor) } }

  /// Seconds from `start` until each follower has received a text with `mark` in it.
  func arrivals(after start: ContinuousClock.Instant, of mark: String, within limit: Duration) throws
    -> [Double]
  {
    var waiting = descriptors
    var received: [Int32: Data] = [:]
    var times: [Double] = []
    let wanted = Data(mark.utf8)
    while !waiting.isEmpty {
      guard ContinuousClock.now - start < limit else {
        throw BenchmarkError(description: "\(waiting.count) followers were not told of \(mark)")
      }
      for descriptor in try readable(waiting, milliseconds: 100) {
        received[descriptor, default: Data()].append(try read(descriptor))
        guard received[descriptor]?.range(of: wanted) != nil else { continue }
        times.append((ContinuousClock.now - start) / .seconds(1))
        waiting.removeAll { $0 == descriptor }
      }
    }
    return times
  }

  /// Reads until nothing has come for a while: what one deed set going is over.
  func drain() throws {
    while true {
      let ready = try readable(descriptors, milliseconds: 300)
      if ready.isEmpty { return }
      for descriptor in ready { _ = try read(descriptor) }
    }
  }

  private func readable(_ descriptors: [Int32], milliseconds: Int32) throws -> [Int32] {
    var entries = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    guard poll(&entries, nfds_t(entries.count), milliseconds) >= 0 else {
      throw BenchmarkError(description: "cannot wait for followers")
    }
    return entries.filter { $0.revents != 0 }.map(\.fd)
  }

  private func read(_ descriptor: Int32) throws -> Data {
    var buffer = [UInt8](repeating: 0, count: 64 * 1024)
    let count = recv(descriptor, &buffer, buffer.count, 0)
    guard count > 0 else { throw BenchmarkError(description: "a follower was cut off") }
    return Data(buffer[..<count])
  }
}
