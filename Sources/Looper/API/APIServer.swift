import Foundation
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import ServiceLifecycle

/// Serves the API on the Unix socket and, when asked to, on TCP.
struct APIServer: Service, CustomStringConvertible {
  /// For the log, which would otherwise show everything that it serves, and for whom.
  var description: String { "api" }

  /// Where to listen on TCP, and for whom.
  struct TCP: Sendable {
    var host: String
    /// 0 is any free port.
    var port: Int
    /// What callers must show; never empty.
    var token: String
  }

  /// Where it listens; told once it does.
  enum Listener: Hashable, Sendable, CustomStringConvertible {
    case socket(path: String)
    case tcp(host: String, port: Int)

    var description: String {
      switch self {
      case .socket(let path): path
      case .tcp(let host, let port): "\(host.contains(":") ? "[\(host)]" : host):\(port)"
      }
    }
  }

  private let operations: any Operations
  private let socket: UnixSocketPath
  private let tcp: TCP?
  private let time: any TimeSource
  private let limits: ConnectionLimits
  private let logger: Logger
  private let onListening: @Sendable (Listener) async -> Void

  init(
    operations: any Operations, socketPath: String, tcp: TCP? = nil, time: any TimeSource,
    limits: ConnectionLimits = ConnectionLimits(), logger: Logger,
    onListening: @escaping @Sendable (Listener) async -> Void = { _ in }
  ) {
    self.operations = operations
    self.socket = UnixSocketPath(path: socketPath)
    self.tcp = tcp
    self.time = time
    self.limits = limits
    var quiet = logger
    // Where it listens is told by ``onListening``, and nothing else of it is of that level.
    if logger.logLevel == .info { quiet.logLevel = .notice }
    self.logger = quiet
    self.onListening = onListening
  }

  /// Serves until the service group shuts down.
  ///
  /// Shut it down gracefully and cancel only afterwards: NIO (2.101) ends the process when a connection that was
  /// accepted but not yet looked at is dropped by a cancellation.
  ///
  /// - Throws: `conflict` when a socket or port is taken, `forbidden` when listening there would be unsafe.
  func run() async throws {
    try checkTCP()
    try socket.prepare()
    defer { socket.remove() }
    try await withThrowingTaskGroup(of: Void.self) { group in
      if let tcp {
        // The port first: what cannot listen there must not say that it serves.
        // Buffer newest(1): there is one element, and it is looked for once.
        let (bindings, binding) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        group.addTask {
          defer { binding.finish() }
          try await serve(tcp) { binding.yield() }
        }
        guard await bindings.contains(where: { true }) else {
          // It has ended, and says why.
          try await group.next()
          return
        }
      }
      group.addTask { try await serveSocket() }
      // Where one cannot go on, the other must not.
      while try await group.next() != nil {}
    }
  }

  private func serveSocket() async throws {
    let application = Application(
      responder: responder(.socket(ownerUID: geteuid())), server: server,
      configuration: configuration(.unixDomainSocket(path: socket.path)),
      onServerRunning: { [socket, onListening] _ in
        socket.restrict()
        await onListening(.socket(path: socket.path))
      },
      logger: logger)
    try await application.run()
  }

  private func serve(_ tcp: TCP, onBound: @escaping @Sendable () -> Void) async throws {
    let application = Application(
      responder: responder(.tcp(host: tcp.host, token: tcp.token)), server: server,
      configuration: configuration(.hostname(tcp.host, port: tcp.port)),
      onServerRunning: { [onListening] channel in
        onBound()
        await onListening(.tcp(host: tcp.host, port: channel.localAddress?.port ?? tcp.port))
      },
      logger: logger)
    do {
      try await application.run()
    } catch let error as IOError where error.errnoCode == EADDRINUSE {
      throw LooperError(
        .conflict, "port \(tcp.port) on \(tcp.host) is taken; set server.port, or stop what listens there")
    }
  }

  private func responder(_ door: APIGuard.Door) -> APIResponder {
    APIResponder(operations: operations, guardian: APIGuard(door: door), time: time)
  }

  private var server: HTTPServerBuilder {
    let limits = limits
    return .http1(
      configuration: .init(
        additionalChannelHandlers: [ConnectionWatch(limits: limits)],
        httpDecoderConfiguration: .init(
          maxHeaderFieldSize: limits.headerBytesMax, maxHeaderListSize: limits.headerBytesMax,
          maxHeaderFieldCount: limits.headersMax)))
  }

  private func configuration(_ address: BindAddress) -> ApplicationConfiguration {
    ApplicationConfiguration(
      address: address, serverName: "looper",
      availableConnectionsDelegate: MaximumAvailableConnections(limits.connectionsMax))
  }

  /// Plain HTTP beyond loopback would show the token to the network.
  private func checkTCP() throws(LooperError) {
    guard let tcp else { return }
    guard !tcp.token.isEmpty else {
      throw LooperError(.forbidden, "the TCP listener needs a token; set server.token-file")
    }
    if let problem = LoopbackHost.problem(serving: tcp.host) {
      throw LooperError(.forbidden, problem)
    }
  }
}
