import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// Asks a daemon over its Unix socket; every call answers with a view or the daemon's own ``LooperError``.
struct LooperClient: Sendable {
  /// Longest wait for one answer.
  static let answerTimeout: Duration = .seconds(90)
  /// The same where the daemon waits for the world: for agents to be gone, which may take `agent.stop-grace-secs`
  /// (at most 10 minutes), for GitHub, for git.
  static let deedTimeout: Duration = .seconds(15 * 60)
  /// An inspection of a large loop is a few MiB.
  static let answerBytesMax = 64 * 1024 * 1024

  let socketPath: String
  private let http: HTTPClient
  private let patience: Duration

  /// Runs `body` with a client of the daemon at `socketPath`.
  ///
  /// - Parameter patience: how long each call may take.
  /// - Throws: `unavailable` when no daemon answers there, else what `body` throws.
  static func connected<Value>(
    to socketPath: String, patience: Duration = answerTimeout,
    _ body: (LooperClient) async throws -> Value
  ) async throws -> Value {
    // The HTTP client retries a refused connection for seconds; asking first makes "no daemon" immediate.
    guard UnixSocketPath(path: socketPath).answers else { throw noDaemon(at: socketPath) }
    return try await HTTPClient.withHTTPClient(configuration: configuration) { http in
      try await body(LooperClient(socketPath: socketPath, http: http, patience: patience))
    }
  }

  private static var configuration: HTTPClient.Configuration {
    var configuration = HTTPClient.Configuration()
    configuration.redirectConfiguration = .disallow
    configuration.httpVersion = .http1Only
    return configuration
  }

  /// Whether anybody listens at the moment.
  var isDaemonThere: Bool { UnixSocketPath(path: socketPath).answers }

  static func noDaemon(at socketPath: String) -> LooperError {
    LooperError(.unavailable, "no daemon answers on \(socketPath); start one with `looper serve`")
  }

  /// One request and what its envelope holds.
  ///
  /// One whose connection breaks is sent once more: reading twice harms nobody, and a `POST` carries a key by which
  /// the daemon does it once.
  func call<Value: Decodable & Sendable>(
    _ method: APIRoute.Method, _ path: String, query: [String: String?] = [:],
    body: (any Encodable & Sendable)? = nil, patience: Duration? = nil
  ) async throws(LooperError) -> Value {
    do {
      var request = try request(method, path, query)
      if method == .post { request.headers.add(name: "idempotency-key", value: UUID().uuidString) }
      if let body {
        request.headers.add(name: "content-type", value: "application/json")
        request.body = .bytes(ByteBuffer(bytes: try WireCoding.encoder.encode(body)))
      }
      let answer: Data
      do {
        answer = try await send(request, patience)
      } catch let error as HTTPClientError where error == .remoteConnectionClosed && method != .delete {
        answer = try await send(request, patience)
      }
      return try Envelope.open(answer, as: Value.self)
    } catch {
      throw failure(error)
    }
  }

  private func send(_ request: HTTPClientRequest, _ patience: Duration?) async throws -> Data {
    let response = try await http.execute(request, timeout: TimeAmount(patience ?? self.patience))
    let buffer = try await response.body.collect(upTo: Self.answerBytesMax)
    return Data(buffer.readableBytesView)
  }

  /// Hands over the events after `sequence` as they happen, until the handler throws or the daemon ends.
  ///
  /// - Throws: `unavailable` when the daemon ends the stream; what the handler throws.
  func followEvents(after sequence: Int64?, _ handle: (EventStreamItem) async throws -> Void) async throws {
    var request = try request(.get, "/events", [:])
    request.headers.add(name: "accept", value: "text/event-stream")
    if let sequence { request.headers.add(name: "last-event-id", value: String(sequence)) }
    var parser = ServerSentEventParser()
    do {
      let response = try await http.execute(request, timeout: .hours(24 * 365))
      guard response.status == .ok else {
        let buffer = try await response.body.collect(upTo: Self.answerBytesMax)
        _ = try Envelope.open(Data(buffer.readableBytesView), as: JSONValue.self)
        throw LooperError(.internal, "the daemon refused the event stream")
      }
      for try await buffer in response.body {
        for event in parser.take(Array(buffer.readableBytesView)) {
          try await handle(try EventStreamItem(event))
        }
      }
    } catch let error as HTTPClientError {
      throw failure(error)
    } catch let error as IOError {
      throw failure(error)
    }
    throw LooperError(.unavailable, "the daemon ended the event stream; see `looper status`")
  }

  private func request(
    _ method: APIRoute.Method, _ path: String, _ query: [String: String?]
  ) throws(LooperError) -> HTTPClientRequest {
    let pairs = query.compactMap { name, value in value.map { "\(name)=\(Self.escaped($0))" } }.sorted()
    let uri = APIRoutes.prefix + path + (pairs.isEmpty ? "" : "?" + pairs.joined(separator: "&"))
    guard let url = URL(httpURLWithSocketPath: socketPath, uri: uri) else {
      throw LooperError(.internal, "the socket path \(socketPath) cannot be written as an address")
    }
    var request = HTTPClientRequest(url: url.absoluteString)
    request.method = HTTPMethod(rawValue: method.rawValue)
    return request
  }

  /// Percent-encodes everything that could mean something in a path part or query.
  static func escaped(_ text: String) -> String {
    let plain = CharacterSet(
      charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
    return text.addingPercentEncoding(withAllowedCharacters: plain) ?? ""
  }

  private func failure(_ error: any Error) -> LooperError {
    switch error {
    case let error as LooperError: error
    case let error as HTTPClientError where error == .deadlineExceeded || error == .readTimeout:
      LooperError(.timeout, "the daemon did not answer in time; see `looper status`")
    case is CancellationError: LooperError(.timeout, "cancelled")
    default:
      LooperError(.unavailable, "the daemon at \(socketPath) went away before it answered; see its log")
    }
  }
}
