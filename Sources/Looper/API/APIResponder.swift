import Foundation
import Hummingbird
import Logging
import NIOCore

/// Answers every request, in the envelope, whatever is wrong with it.
struct APIResponder: HTTPResponder {
  /// Larger bodies are refused; the largest sensible one is a few hundred bytes.
  static let bodyBytesMax = 1024 * 1024

  let operations: any Operations
  let guardian: APIGuard
  let time: any TimeSource
  var routes = APIRoutes.all

  func respond(to request: Request, context: APIContext) async throws -> Response {
    let response = await enveloped(request, context)
    // A client that sent HEAD takes a body for the beginning of the next answer.
    return request.method == .head ? response.createHeadResponse() : response
  }

  private func enveloped(_ request: Request, _ context: APIContext) async -> Response {
    do {
      return try await answer(to: request, context)
    } catch let error as LooperError {
      if error.code == .internal {
        context.logger.error(
          "request failed", metadata: ["path": "\(request.uri.path)", "error": "\(error)"])
      }
      return refusal(error)
    } catch {
      context.logger.error("request failed", metadata: ["path": "\(request.uri.path)", "error": "\(error)"])
      return refusal(LooperError(.internal, "something went wrong; the daemon's log says what"))
    }
  }

  private func answer(to request: Request, _ context: APIContext) async throws -> Response {
    try guardian.check(await caller(of: request, context))
    let path = try Self.parts(of: request.uri.path)
    let matches = routes.compactMap { route in route.match(path).map { (route, $0) } }
    // A path that a route spells out is never a name that another one leaves open: `projects/sync`.
    let literal = matches.filter(\.1.isEmpty)
    let candidates = literal.isEmpty ? matches : literal
    guard !candidates.isEmpty else {
      throw LooperError(.notFound, "there is nothing at \(request.uri.path)")
    }
    // HEAD is GET without the body (RFC 9110, 9.3.2).
    let method = request.method == .head ? HTTPRequest.Method.get : request.method
    guard let (route, parameters) = candidates.first(where: { $0.0.method.rawValue == method.rawValue })
    else {
      let allowed = Self.methods(of: candidates.map(\.0)).joined(separator: ", ")
      var response = refusal(
        LooperError(.methodNotAllowed, "\(request.method.rawValue) is not allowed here; use \(allowed)"))
      response.headers[.allow] = allowed
      return response
    }
    try Self.checkAccept(request, isText: route.pattern == APIRoutes.metrics)
    let body = try await Self.body(of: request, isRead: route.method == .post)
    let call = APICall(
      operations: operations,
      parameters: parameters,
      query: try Self.query(of: request, known: route.query),
      wantsEventStream: Self.wantsEventStream(request),
      lastEventID: Self.header("last-event-id", of: request),
      body: body)
    if let once = try Self.idempotent(request, body: body) {
      return try await self.once(once) { try await route.handler(call) }
    }
    switch try await route.handler(call) {
    case .data(let value):
      let data = operations.mask.masked(json: try Envelope.data(of: value))
      return route.isList ? Self.tagged(data, for: request) : Self.response(data, status: 200)
    case .document(let text, let mediaType):
      return Self.response(Data(text.utf8), status: 200, mediaType: mediaType)
    case .events(let start): return stream(after: start)
    }
  }

  private func caller(of request: Request, _ context: APIContext) async -> APIGuard.Caller {
    var peer: UInt32?
    if case .socket = guardian.door { peer = await context.peerUID() }
    return APIGuard.Caller(
      path: request.uri.path,
      host: request.head.authority,
      origin: request.headers[.origin],
      fetchSite: Self.header("sec-fetch-site", of: request),
      authorization: request.headers[.authorization],
      isForwarded: request.headers.contains { APIGuard.isForwardedHeader($0.name.canonicalName) },
      peerUID: peer)
  }

  private func stream(after start: Int64) -> Response {
    Response(
      status: .ok,
      headers: [.contentType: "text/event-stream", .cacheControl: "no-store"],
      body: EventStream(operations: operations, time: time).body(after: start))
  }
}

extension APIResponder {
  /// An error as the answer to a request.
  private func refusal(_ error: LooperError) -> Response {
    let data = operations.mask.masked(json: Envelope.data(of: error))
    var result = Self.response(data, status: error.code.httpStatus)
    if error.code == .auth { result.headers[.wwwAuthenticate] = "Bearer" }
    return result
  }

  static func response(
    _ data: Data, status: Int, mediaType: String = "application/json"
  ) -> Response {
    Response(
      status: HTTPResponse.Status(code: status),
      headers: [
        .contentType: mediaType, .cacheControl: "no-store", .xContentTypeOptions: "nosniff",
      ],
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: data)))
  }

  /// A list with its tag, or nothing when the client has that very list.
  private static func tagged(_ data: Data, for request: Request) -> Response {
    let tag = EntityTag.tag(of: data)
    let isKnown = EntityTag.matches(request.headers[.ifNoneMatch], tag)
    var result = response(isKnown ? Data() : data, status: isKnown ? 304 : 200)
    // Kept by the client, and asked about each time.
    result.headers[.cacheControl] = "private, no-cache"
    result.headers[.eTag] = tag
    if isKnown { result.headers[.contentType] = nil }
    return result
  }

  /// What `Allow` says.
  private static func methods(of routes: [APIRoute]) -> [String] {
    routes.flatMap { $0.method == .get ? ["GET", "HEAD"] : [$0.method.rawValue] }
  }

  private static func parts(of path: String) throws(LooperError) -> [String] {
    var parts: [String] = []
    for part in path.split(separator: "/") {
      guard let decoded = part.removingPercentEncoding else {
        throw LooperError(.badRequest, "the path is not percent-encoded UTF-8")
      }
      parts.append(decoded)
    }
    return parts
  }

  private static func query(of request: Request, known: [String]) throws(LooperError) -> [String: String] {
    var query: [String: String] = [:]
    for (name, value) in request.uri.queryParameters {
      guard known.contains(String(name)) else {
        let hint = known.isEmpty ? "none is known here" : "known here: \(known.joined(separator: ", "))"
        throw LooperError(.badRequest, "unknown query parameter \(name); \(hint)")
      }
      query[String(name)] = String(value)
    }
    return query
  }

  private static func body(of request: Request, isRead: Bool) async throws -> Data {
    guard isRead else { return Data() }
    let buffer: ByteBuffer
    do {
      buffer = try await request.body.collect(upTo: bodyBytesMax)
    } catch is NIOTooManyBytesError {
      throw LooperError(.payloadTooLarge, "the body is larger than \(bodyBytesMax) bytes")
    } catch {
      // The connection broke, or was given up as too slow: nobody will read this.
      throw LooperError(.badRequest, "the body did not arrive whole")
    }
    guard buffer.readableBytes > 0 else { return Data() }
    // Also keeps plain HTML forms, which cannot send JSON, from reaching anything.
    let type = request.headers[.contentType]?.split(separator: ";").first.map(String.init) ?? ""
    guard type.lowercased() == "application/json" else {
      throw LooperError(.unsupportedMediaType, "the body must be application/json")
    }
    return Data(buffer.readableBytesView)
  }

  /// Unless a client asks for a page: by `follow=false`, by its size, or by accepting JSON and no stream.
  private static func wantsEventStream(_ request: Request) -> Bool {
    let query = request.uri.queryParameters
    // Another word is refused by the route.
    if let word = query["follow"] { return EventsRoute.follow[String(word)] ?? true }
    let accept = request.headers[.accept]?.lowercased() ?? ""
    if accept.contains("text/event-stream") { return true }
    return query["limit"] == nil && !accept.contains("application/json")
  }

  private static func checkAccept(_ request: Request, isText: Bool) throws(LooperError) {
    guard let accept = request.headers[.accept], !accept.isEmpty else { return }
    let json = ["*/*", "application/*", "application/json", "text/event-stream"]
    let served = isText ? ["*/*", "text/*", "text/plain"] : json
    guard served.contains(where: accept.lowercased().contains) else {
      throw LooperError(.notAcceptable, "answers are \(isText ? "text/plain" : "application/json")")
    }
  }

  /// - Parameter name: in lower case.
  static func header(_ name: String, of request: Request) -> String? {
    request.headers.first { $0.name.canonicalName == name }?.value
  }
}
