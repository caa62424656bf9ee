import Foundation
import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// How long a client may take, and how much it may send ahead of a body.
struct ConnectionLimits: Sendable {
  /// From the begin of a connection to the end of its first request's headers.
  var head = TimeAmount.seconds(10)
  /// From there to the end of the body.
  var body = TimeAmount.seconds(30)
  /// Between an answer and the end of the next request's headers.
  var idle = TimeAmount.seconds(75)
  /// For reading so much of an answer that there is room to write again.
  var write = TimeAmount.seconds(30)
  var headerBytesMax = 32 * 1024
  var headersMax = 100
  /// Of the socket and of TCP, each; more wait to be accepted.
  var connectionsMax = 256
}

/// Ends connections that take too long: a request that trickles in, an answer that nobody reads, silence.
///
/// A body that does not arrive is answered first; the others have asked nothing yet, or do not listen. One for each connection, on its event loop. A stream of events is bounded by what its client does not read:
/// while the socket is full the stream waits, and after ``ConnectionLimits/write`` the connection is gone.
final class ConnectionWatch: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  private let limits: ConnectionLimits
  /// Ends the connection when the client does not send what is next.
  private var sending: Scheduled<Void>?
  /// Ends the connection when the client does not read.
  private var reading: Scheduled<Void>?
  /// Requests whose answers are not complete.
  private var answersDue = 0
  /// Whether the answer that is due has begun.
  private var isAnswering = false
  /// Nothing more is read or written after a refusal of ours.
  private var isRefused = false

  init(limits: ConnectionLimits) { self.limits = limits }

  func handlerAdded(context: ChannelHandlerContext) {
    if context.channel.isActive { expect(limits.head, context) }
  }

  func handlerRemoved(context: ChannelHandlerContext) { stop() }

  func channelActive(context: ChannelHandlerContext) {
    expect(limits.head, context)
    context.fireChannelActive()
  }

  func channelInactive(context: ChannelHandlerContext) {
    stop()
    context.fireChannelInactive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    // A body that arrives after all must not be acted on: its sender was told that it did not.
    guard !isRefused else { return }
    switch unwrapInboundIn(data) {
    case .head:
      answersDue += 1
      expectBody(context)
    case .body: break
    case .end:
      // An early answer may have been complete before its request was.
      if answersDue > 0 { sending?.cancel() } else { expect(limits.idle, context) }
    }
    context.fireChannelRead(data)
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    guard !isRefused else { return promise?.fail(ChannelError.outputClosed) ?? () }
    switch unwrapOutboundIn(data) {
    case .head: isAnswering = true
    case .body: break
    case .end:
      isAnswering = false
      answersDue -= 1
      if answersDue == 0 { expect(limits.idle, context) }
    }
    context.write(data, promise: promise)
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    reading?.cancel()
    reading = context.channel.isWritable ? nil : end(context, after: limits.write)
    context.fireChannelWritabilityChanged()
  }

  /// What is not HTTP is answered like any bad request, and is the connection's last.
  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard answersDue == 0, !(error is IOError), !(error is ChannelError) else {
      return context.fireErrorCaught(error)
    }
    refuse(
      LooperError(.badRequest, "this is not a request of HTTP/1.1 with headers of a sensible size"), context)
  }

  /// Answers by itself; the connection's last.
  private func refuse(_ refusal: LooperError, _ context: ChannelHandlerContext) {
    isRefused = true
    let body = ByteBuffer(bytes: Envelope.data(of: refusal))
    let head = HTTPResponse(
      status: .init(code: refusal.code.httpStatus),
      headerFields: [
        .contentType: "application/json", .contentLength: String(body.readableBytes), .connection: "close",
      ])
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    context.write(wrapOutboundOut(.body(body)), promise: nil)
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    // Closing both ways while the client still sends would take the answer from it.
    context.close(mode: .output, promise: nil)
    expect(limits.head, context)
  }

  private func expectBody(_ context: ChannelHandlerContext) {
    sending?.cancel()
    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    sending = context.eventLoop.scheduleTask(in: limits.body) {
      let (watch, context) = bound.value
      // The answer to an earlier request, or the beginning of this one's, cannot be taken back.
      guard watch.answersDue == 1, !watch.isAnswering else { return context.close(promise: nil) }
      watch.refuse(LooperError(.timeout, "the body did not arrive in time; send it again"), context)
    }
  }

  private func expect(_ limit: TimeAmount, _ context: ChannelHandlerContext) {
    sending?.cancel()
    sending = end(context, after: limit)
  }

  private func end(_ context: ChannelHandlerContext, after limit: TimeAmount) -> Scheduled<Void> {
    let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
    return context.eventLoop.scheduleTask(in: limit) { bound.value.close(promise: nil) }
  }

  private func stop() {
    sending?.cancel()
    reading?.cancel()
  }
}
