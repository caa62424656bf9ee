import NIOCore
import NIOPosix

/// A client that writes bytes to a Unix socket or TCP port and reads what comes, without knowing HTTP.
enum WireClient {
  /// - Parameter isReading: false leaves everything that comes in the socket.
  static func with<Value>(
    _ path: String, isReading: Bool = true,
    _ body: (inout Talk) async throws -> Value
  ) async throws -> Value {
    let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .channelOption(.autoRead, value: isReading)
      .connect(unixDomainSocketPath: path) { channel in
        channel.eventLoop.makeCompletedFuture {
          try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
        }
      }
    return try await channel.executeThenClose { inbound, outbound in
      var talk = Talk(channel: channel.channel, incoming: inbound.makeAsyncIterator(), outgoing: outbound)
      return try await body(&talk)
    }
  }

  /// A connection that is open.
  struct Talk {
    let channel: any Channel
    var incoming: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    let outgoing: NIOAsyncChannelOutboundWriter<ByteBuffer>

    func send(_ text: String) async throws { try await outgoing.write(ByteBuffer(string: text)) }

    /// What comes until the other side closes.
    mutating func rest() async throws -> String {
      var text = ""
      while let buffer = try await incoming.next() { text += String(buffer: buffer) }
      return text
    }

    /// What comes until it contains `mark`, or the other side closes.
    mutating func text(until mark: String) async throws -> String {
      var text = ""
      while !text.contains(mark), let buffer = try await incoming.next() { text += String(buffer: buffer) }
      return text
    }
  }
}
