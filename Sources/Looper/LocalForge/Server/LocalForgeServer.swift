import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// Serves a ``LocalForge`` over plain HTTP on a Unix socket and on loopback, for the real `gh`.
struct LocalForgeServer: Sendable {
  /// GitHub's own bound on a request body is in this region; above it is 413.
  static let bodyBytesMax = 10 * 1024 * 1024

  /// Where the server listens.
  enum Address: Sendable, Hashable {
    case unixSocket(path: String)
    /// Port 0 lets the system choose.
    case loopback(port: Int)
  }

  let forge: LocalForge
  let addresses: [Address]

  /// Serves until the task is cancelled.
  ///
  /// - Parameter onListening: called once for each address, with the port that was chosen.
  func run(onListening: @escaping @Sendable (Address) async -> Void = { _ in }) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for address in addresses {
        group.addTask { try await serve(address, onListening: onListening) }
      }
      try await group.waitForAll()
    }
  }

  private func serve(_ address: Address, onListening: @escaping @Sendable (Address) async -> Void)
    async throws
  {
    let bind: BindAddress
    switch address {
    case .unixSocket(let path):
      // What a killed server left behind would make bind fail.
      try? FileManager.default.removeItem(atPath: path)
      bind = .unixDomainSocket(path: path)
    case .loopback(let port):
      bind = .hostname("127.0.0.1", port: port)
    }
    let forge = forge
    let responder = CallbackResponder { (request: Request, context: ForgeServerContext) in
      try await Self.respond(to: request, context: context, forge: forge)
    }
    let application = Application(
      responder: responder, configuration: ApplicationConfiguration(address: bind),
      onServerRunning: { channel in
        switch address {
        case .unixSocket: await onListening(address)
        case .loopback(let port): await onListening(.loopback(port: channel.localAddress?.port ?? port))
        }
      },
      logger: Logger(label: "local-forge", factory: { _ in SwiftLogNoOpLogHandler() }))
    try await application.run()
  }

  private static func respond(
    to request: Request, context: ForgeServerContext, forge: LocalForge
  ) async throws -> Response {
    var request = request
    let buffer = try await request.collectBody(upTo: bodyBytesMax)
    var headers: [String: String] = [:]
    for field in request.headers { headers[field.name.canonicalName] = field.value }
    headers["host"] = request.head.authority
    let asked = ForgeRequest(
      request.method.rawValue, target: request.head.path ?? "/", headers: headers,
      body: Data(buffer.readableBytesView))
    let answer = await forge.handle(asked)
    if answer.isLost {
      // The client sees the connection end without a byte, as when GitHub's front end dies.
      try await context.channel.close()
      throw HTTPError(.internalServerError)
    }
    var fields = HTTPFields()
    for (name, value) in answer.headers {
      if let name = HTTPField.Name(name) { fields[name] = value }
    }
    return Response(
      status: HTTPResponse.Status(code: answer.status), headers: fields,
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: answer.body)))
  }
}

/// The context of a request, which keeps the channel so that a connection can be dropped.
struct ForgeServerContext: RequestContext {
  var coreContext: CoreRequestContextStorage
  let channel: any Channel

  init(source: ApplicationRequestContextSource) {
    coreContext = CoreRequestContextStorage(source: source)
    channel = source.channel
  }
}
