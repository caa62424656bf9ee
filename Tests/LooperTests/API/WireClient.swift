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
      .connect(unixDomainSocketPath: path, channelInitializer: wrapped)
    return try await talking(over: channel, body)
  }

  /// The same over TCP.
  static func with<Value>(port: Int, _ body: (inout Talk) async throws -> Value) async throws -> Value {
    let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .connect(host: "127.0.0.1", port: port, channelInitializer: wrapped)
    return try await talking(over: channel, body)
  }

  private typealias Bytes = NIOAsyncChannel<ByteBuffer, ByteBuffer>

  private static func wrapped(_ channel: any Channel) -> EventLoopFuture<Bytes> {
    channel.eventLoop.makeCompletedFuture { try Bytes(wrappingChannelSynchronously: channel) }
  }

  private static func talking<Value>(
    over channel: Bytes, _ body: (inout Talk) async throws -> Value
  ) async throws -> Value {
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

    /// Ends the connection from this side.
    func close() async throws { try await channel.close().get() }

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
