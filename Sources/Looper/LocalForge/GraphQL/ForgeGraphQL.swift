import Foundation
import Synchronization

/// The GraphQL endpoint: a JSON body with `query`, `variables` and `operationName`.
enum ForgeGraphQL {
  static func answer(
    _ request: ForgeRequest, usage: ForgeUsage, in session: inout ForgeSession
  ) async throws -> ForgeResponse {
    guard let query = request.graph else { throw ForgeRefusal.badJSON }
    do {
      let document = try query.document.get()
      let operation = try document.operation(named: query.operationName)
      let table = ForgeGraphTypeTable.github
      let problems = ForgeGraphValidator.errors(in: document, operation: operation, table: table)
      if !problems.isEmpty { return ForgeResponse(200, ["errors": .array(problems.map(\.view))]) }
      let coercion = try ForgeGraphCoercion(operation: operation, given: query.variables, table: table)
      var executor = ForgeGraphExecutor(
        session: session, usage: usage, table: table, document: document, coercion: coercion)
      let data = try await executor.run(operation)
      session = executor.session
      var members = ["data": data]
      if !executor.errors.isEmpty { members["errors"] = .array(executor.errors.map(\.view)) }
      return ForgeResponse(200, .object(members))
    } catch let error as ForgeGraphError {
      return ForgeResponse(200, ["errors": [error.view]])
    }
  }

  static func isMutation(_ request: ForgeRequest) -> Bool { operation(of: request)?.kind == .mutation }

  /// Name and first fields of the operation; nil for REST, or for a text that does not parse.
  static func operationName(of request: ForgeRequest) -> String? { operation(of: request)?.summary }

  private static func operation(of request: ForgeRequest) -> ForgeGraphOperation? {
    guard let query = request.graph, let document = try? query.document.get() else { return nil }
    return try? document.operation(named: query.operationName)
  }
}

/// What the body of a GraphQL request asks for, parsed once.
struct ForgeGraphQuery: Sendable {
  var document: Result<ForgeGraphDocument, ForgeGraphError>
  var variables: [String: JSONValue]
  var operationName: String?

  private struct Body: Decodable {
    var query: String
    var variables: [String: JSONValue]?
    var operationName: String?
  }

  /// - Returns: nil when the body is not what GraphQL takes.
  init?(body: Data) {
    guard let body = try? JSONDecoder().decode(Body.self, from: body) else { return nil }
    document = ForgeGraphMemory.parse(body.query)
    variables = body.variables ?? [:]
    operationName = body.operationName
  }
}

/// Documents that were parsed already: a client sends the same few again and again, with other variables.
private enum ForgeGraphMemory {
  /// Beyond it everything is forgotten.
  private static let countMax = 64
  private static let documents = Mutex<[String: ForgeGraphDocument]>([:])

  static func parse(_ text: String) -> Result<ForgeGraphDocument, ForgeGraphError> {
    if let known = documents.withLock({ $0[text] }) { return .success(known) }
    return Result { () throws(ForgeGraphError) in
      let document = try ForgeGraphParser.parse(text)
      documents.withLock { documents in
        if documents.count >= countMax { documents.removeAll() }
        documents[text] = document
      }
      return document
    }
  }
}
