import Foundation

/// One `gh api` call.
struct GhRequest: Hashable, Sendable {
  /// What a call is for: a metrics label.
  enum Kind: String, Sendable, CaseIterable {
    case sweep, observe, permission, repository, excerpt, guardFacts = "guard", probe, write, viewer
  }

  /// Which of GitHub's budgets a call draws on.
  enum Resource: String, Sendable, CaseIterable { case core, graphql }

  /// The HTTP methods that are used.
  enum Method: String, Sendable {
    case get = "GET", post = "POST", patch = "PATCH", put = "PUT", delete = "DELETE"
  }

  var host: String
  var kind: Kind
  var resource: Resource
  var method: Method
  /// Relative to the API's root, percent-encoded; `graphql` for GraphQL.
  var path: String
  /// Sent as JSON; nil for none.
  var body: JSONValue?
  /// Whether the answer is a text that may be very long, whose end is enough.
  var isLog = false

  /// A REST call; `path` is made by ``GitHubPath``.
  static func rest(
    _ method: Method, _ path: String, on host: String, for kind: Kind, body: JSONValue? = nil
  ) -> Self {
    Self(host: host, kind: kind, resource: .core, method: method, path: path, body: body)
  }

  static func graphql(
    _ query: String, variables: [String: JSONValue] = [:], on host: String, for kind: Kind
  ) -> Self {
    var body: [String: JSONValue] = ["query": .string(query)]
    if !variables.isEmpty { body["variables"] = .object(variables) }
    return Self(
      host: host, kind: kind, resource: .graphql, method: .post, path: "graphql", body: .object(body))
  }
}

extension GhRequest {
  /// The repository that the path of a REST call names; nil for none.
  var project: ProjectName? {
    let parts = path.split(separator: "/", maxSplits: 3)
    guard resource == .core, parts.count > 2, parts[0] == "repos" else { return nil }
    return ProjectName(host: host, owner: String(parts[1]), name: String(parts[2]))
  }

  /// The same call about a repository under another name.
  func addressed(to project: ProjectName) -> Self {
    var request = self
    let rest = path.split(separator: "/", maxSplits: 3).dropFirst(3)
    request.path = (["repos", project.owner, project.name] + rest.map(String.init)).joined(separator: "/")
    return request
  }
}

/// What came back from one call, before anybody judges it.
struct GhAnswer: Equatable, Sendable {
  /// HTTP's status; nil when there was no answer.
  var status: Int?
  /// Names in lower case.
  var headers: [String: String] = [:]
  var body = Data()
  /// Whether `gh` itself ended well; it does not when the answer is an error or was cut off.
  var isComplete = true
  /// The end of what `gh` said on standard error.
  var complaint = ""

  /// The body as JSON; nil when it is not.
  var json: JSONValue? { JSONReader.value(body) }
}

/// Carries one call to GitHub. The production one is ``GhClient``.
///
/// Throws only when there is no answer at all and the reason is known: no executable, a deadline, a limit.
protocol GhTransport: Sendable {
  func send(_ request: GhRequest) async throws(Failure) -> GhAnswer
}
