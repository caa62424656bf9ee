import Foundation

/// An HTTP request to the local GitHub, however it came.
struct ForgeRequest: Sendable {
  /// One name and value of the query string, decoded.
  struct QueryItem: Sendable, Hashable {
    var name: String
    var value: String
  }

  var method: String
  /// Without the query, still percent-encoded: `/repos/acme/shop/issues/1`.
  var path: String
  var query: [QueryItem] = []
  /// Names in lower case.
  var headers: [String: String] = [:]
  let body: Data
  /// What the body of a GraphQL request says; nil for REST, and for a body that GraphQL does not take.
  let graph: ForgeGraphQuery?

  init(
    _ method: String, _ path: String, query: [QueryItem] = [], headers: [String: String] = [:],
    body: Data = Data()
  ) {
    self.method = method
    self.path = path
    self.query = query
    self.headers = headers
    self.body = body
    graph = ForgeRouter.isGraph(path) ? ForgeGraphQuery(body: body) : nil
  }

  /// Reads a request target with its query: `/repos/acme/shop/issues?state=open`.
  init(_ method: String, target: String, headers: [String: String] = [:], body: Data = Data()) {
    let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    let pairs = parts.count > 1 ? parts[1].split(separator: "&") : []
    let items = pairs.map { pair in
      let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      return QueryItem(
        name: Self.decoded(halves[0]), value: halves.count > 1 ? Self.decoded(halves[1]) : "")
    }
    self.init(method, String(parts.first ?? "/"), query: items, headers: headers, body: body)
  }

  /// The last value of a query item, as GitHub reads it.
  func query(_ name: String) -> String? { query.last { $0.name == name }?.value }

  private static func decoded(_ text: Substring) -> String {
    let spaced = text.replacing("+", with: " ")
    return spaced.removingPercentEncoding ?? String(spaced)
  }
}

/// What the local GitHub answers.
struct ForgeResponse: Sendable, Hashable {
  var status: Int
  /// Names in lower case.
  var headers: [String: String]
  var body: Data
  /// The connection ends without any answer; whoever carries the response makes that true.
  var isLost = false

  init(status: Int, headers: [String: String] = [:], body: Data = Data()) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// A JSON answer.
  init(_ status: Int, _ json: JSONValue) {
    self.init(
      status: status, headers: ["content-type": "application/json; charset=utf-8"],
      body: ForgeJSON.encode(json))
  }

  static let noContent = Self(status: 204)

  static func text(_ text: String, contentType: String = "text/plain; charset=utf-8") -> Self {
    Self(status: 200, headers: ["content-type": contentType], body: Data(text.utf8))
  }

  /// The body as JSON; nil when it is none.
  var json: JSONValue? { JSONReader.value(body) }
}

/// Why GitHub refuses: the status, the message and the `errors` of its JSON body.
struct ForgeRefusal: Error, Sendable, Hashable {
  var status: Int
  var message: String
  var errors: [JSONValue] = []

  static let notFound = Self(status: 404, message: "Not Found")
  static let badCredentials = Self(status: 401, message: "Bad credentials")
  static let requiresAuthentication = Self(status: 401, message: "Requires authentication")
  static let badJSON = Self(status: 400, message: "Problems parsing JSON")

  static func forbidden(_ message: String) -> Self { Self(status: 403, message: message) }

  /// 422 with one entry in `errors`.
  static func invalid(_ resource: String, _ field: String, code: String, message: String? = nil) -> Self {
    var entry: [String: JSONValue] = [
      "resource": .string(resource), "field": .string(field), "code": .string(code),
    ]
    if let message { entry["message"] = .string(message) }
    return Self(status: 422, message: "Validation Failed", errors: [.object(entry)])
  }

  /// 422 whose `errors` are plain sentences, as the review routes answer.
  static func unprocessable(_ sentences: String...) -> Self {
    Self(status: 422, message: "Unprocessable Entity", errors: sentences.map(JSONValue.string))
  }

  var response: ForgeResponse {
    var members: [String: JSONValue] = [
      "message": .string(message), "documentation_url": "https://docs.github.com/rest",
      "status": .string(String(status)),
    ]
    if !errors.isEmpty { members["errors"] = .array(errors) }
    return ForgeResponse(status, .object(members))
  }
}
