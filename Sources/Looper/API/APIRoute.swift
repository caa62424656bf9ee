/// One line of the API's table: what it answers, and how.
struct APIRoute: Sendable {
  typealias Handler = @Sendable (APICall) async throws -> APIAnswer

  /// The methods that routes answer to.
  enum Method: String, Sendable, CaseIterable {
    case get = "GET"
    case post = "POST"
    case delete = "DELETE"
  }

  let method: Method
  /// `/api/v1/loops/:loop/why`; a last part `*name` takes all that is left.
  let pattern: String
  /// Names of the query that it understands; others are refused.
  let query: [String]
  let handler: Handler

  init(_ method: Method, _ pattern: String, query: [String] = [], handler: @escaping Handler) {
    self.method = method
    self.pattern = pattern
    self.query = query
    self.handler = handler
  }

  /// Whether it answers with a page of a list, which clients read again and again.
  var isList: Bool { method == .get && query.contains("cursor") }

  /// What the parameters stand for when the pattern fits `path`; nil when it does not.
  ///
  /// - Parameter path: split at slashes, percent-decoded.
  func match(_ path: [String]) -> [String: String]? {
    let parts = pattern.split(separator: "/")
    var found: [String: String] = [:]
    for (index, part) in parts.enumerated() {
      guard index < path.count else { return nil }
      switch part.first {
      case "*":
        found[String(part.dropFirst())] = path[index...].joined(separator: "/")
        return found
      case ":":
        found[String(part.dropFirst())] = path[index]
      default:
        guard part == path[index] else { return nil }
      }
    }
    return parts.count == path.count ? found : nil
  }
}

/// What a handler answers with.
enum APIAnswer: Sendable {
  case data(any Encodable & Sendable)
  /// A document that is not in the envelope.
  case document(String, mediaType: String)
  /// A stream of events, those after this sequence number.
  case events(after: Int64)
}
