import Foundation

/// One REST route: `{name}` stands for one path segment, `{name*}` for one or more.
struct ForgeRoute: Sendable {
  typealias Handler = @Sendable (inout ForgeSession, ForgeCall) async throws -> ForgeResponse

  let method: String
  let pattern: [String]
  let handler: Handler

  init(_ method: String, _ pattern: String, _ handler: @escaping Handler) {
    self.method = method
    self.pattern = pattern.split(separator: "/").map(String.init)
    self.handler = handler
  }

  /// The parameters when the path fits.
  func match(_ segments: ArraySlice<String>) -> [String: String]? { Self.match(pattern[...], segments) }

  private static func match(_ pattern: ArraySlice<String>, _ segments: ArraySlice<String>) -> [String:
    String]?
  {
    guard let first = pattern.first else { return segments.isEmpty ? [:] : nil }
    guard let segment = segments.first else { return nil }
    guard first.hasPrefix("{") else {
      return first == segment ? match(pattern.dropFirst(), segments.dropFirst()) : nil
    }
    let name = first.trimmingCharacters(in: ["{", "}", "*"])
    let longest = first.hasSuffix("*}") ? segments.count : 1
    for count in (1...longest).reversed() {
      if var found = match(pattern.dropFirst(), segments.dropFirst(count)) {
        found[name] = segments.prefix(count).joined(separator: "/")
        return found
      }
    }
    return nil
  }
}

/// Finds the route of a request: REST, or the GraphQL endpoint.
enum ForgeRouter {
  private static let routes: [ForgeRoute] =
    repositoryRoutes + issueRoutes + labelRoutes + pullRoutes + reviewRoutes + checkRoutes + gitRoutes

  /// Answers for a known login.
  static func answer(
    _ request: ForgeRequest, usage: ForgeUsages, in session: inout ForgeSession
  ) async throws -> ForgeResponse {
    if isGraph(request) {
      guard request.method == "POST" else { throw ForgeRefusal.notFound }
      return try await ForgeGraphQL.answer(request, usage: usage.graph, in: &session)
    }
    let segments = segments(of: request)
    for route in routes where route.method == request.method {
      guard let parameters = route.match(segments[...]) else { continue }
      let call = ForgeCall(request: request, parameters: parameters, usage: usage)
      if let redirect = redirect(call, in: session) { return redirect }
      return try await route.handler(&session, call)
    }
    throw ForgeRefusal.notFound
  }

  /// GitHub redirects every call from a former name. Those that `gh` follows, which have no body, are answered at once.
  private static func redirect(_ call: ForgeCall, in session: ForgeSession) -> ForgeResponse? {
    guard !call.request.body.isEmpty, call.parameters["o"] != nil, call.parameters["r"] != nil,
      let repository = session.state.repository(named: call.repositoryName),
      repository.key != call.repositoryName.lowercased()
    else { return nil }
    var response = ForgeRefusal(status: 307, message: "Moved Permanently").response
    response.headers["location"] = "/repositories/\(repository.id)"
    return response
  }

  static func isGraph(_ request: ForgeRequest) -> Bool { isGraph(request.path) }

  static func isGraph(_ path: String) -> Bool { path == "/graphql" || path == "/api/graphql" }

  static func isRateLimit(_ request: ForgeRequest) -> Bool { segments(of: request) == ["rate_limit"] }

  /// Whether a request is meant to change something.
  static func isWrite(_ request: ForgeRequest) -> Bool {
    if isGraph(request) { return ForgeGraphQL.isMutation(request) }
    return request.method != "GET" && request.method != "HEAD"
  }

  /// Decoded path segments, without the prefix that other hosts than github.com put before them.
  private static func segments(of request: ForgeRequest) -> [String] {
    let all = request.path.split(separator: "/").map { $0.removingPercentEncoding ?? String($0) }
    return all.starts(with: ["api", "v3"]) ? Array(all.dropFirst(2)) : all
  }
}
