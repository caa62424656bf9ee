import Foundation

/// The description of the API in OpenAPI 3.1, made from the table of routes and the wire types.
enum OpenAPIDocument {
  /// The document as it is served.
  static let text: String = {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // A type that cannot be read is a failed test, not a failed daemon.
    guard let data = try? encoder.encode(document()) else { return "{}" }
    return String(decoding: data, as: UTF8.self)
  }()

  /// - Throws: ``WireSchemaUnreadable`` for a wire type that decodes itself in an unforeseen way.
  static func document() throws -> JSONValue {
    let reader = WireSchemaReader()
    let refusal = try reader.reference(to: ErrorView.self)
    var paths: [String: [String: JSONValue]] = [:]
    for route in APIRoutes.all {
      guard let operation = operation(for: route) else { continue }
      paths[path(route.pattern), default: [:]][route.method.rawValue.lowercased()] =
        try describe(operation, route, reader)
    }
    return [
      "openapi": "3.1.0",
      "info": [
        "title": "Looper", "version": .string(LooperVersion.current),
        "description": .string(description),
      ],
      "paths": .object(paths.mapValues { .object($0) }),
      "components": [
        "schemas": .object(reader.components), "responses": ["Refusal": refusalResponse(refusal)],
        "securitySchemes": [
          "token": [
            "type": "http", "scheme": "bearer",
            "description": "On TCP only: the content of the file that server.token-file names.",
          ]
        ],
      ],
      "security": [["token": []]],
    ]
  }

  private static let description = """
    The daemon's API, on its Unix socket and on TCP. HEAD is answered wherever GET is, without the body. On TCP a request \
    with a foreign Host or Origin, or with a header of a forwarding proxy, is forbidden.
    """

  static func operation(for route: APIRoute) -> OpenAPIOperation? {
    OpenAPIOperation.table.first { $0.method == route.method && $0.pattern == route.pattern }
  }

  /// `/loops/:loop` is `/loops/{loop}`.
  static func path(_ pattern: String) -> String {
    "/"
      + pattern.split(separator: "/").map { isParameter($0) ? "{\($0.dropFirst())}" : String($0) }
      .joined(separator: "/")
  }

  private static func isParameter(_ part: Substring) -> Bool { part.first == ":" || part.first == "*" }

  private static func describe(
    _ operation: OpenAPIOperation, _ route: APIRoute, _ reader: WireSchemaReader
  ) throws -> JSONValue {
    var described: [String: JSONValue] = [
      "operationId": .string(operation.id), "summary": .string(operation.summary),
      "parameters": .array(parameters(of: route)),
      "responses": [
        "200": try answer(operation, route, reader), "default": ["$ref": "#/components/responses/Refusal"],
      ],
    ]
    if [APIRoutes.health, APIRoutes.readiness].contains(route.pattern) { described["security"] = [] }
    if let body = operation.body {
      described["requestBody"] = [
        "required": true, "content": ["application/json": ["schema": try reader.reference(to: body)]],
      ]
    }
    return .object(described)
  }

  private static func answer(
    _ operation: OpenAPIOperation, _ route: APIRoute, _ reader: WireSchemaReader
  ) throws -> JSONValue {
    let data = try operation.answer.map { try reader.reference(to: $0) } ?? ["type": "object"]
    var content: [String: JSONValue] = [
      operation.mediaType: ["schema": isBare(route) ? data : envelope(data)]
    ]
    if route.pattern == "\(APIRoutes.prefix)/events" {
      // A stream has no value as a whole that a schema could describe; an event's data is an `Event`.
      content["text/event-stream"] = [:]
    }
    return ["description": .string(operation.summary), "content": .object(content)]
  }

  /// Whether its answer is a document of its own, outside the envelope.
  static func isBare(_ route: APIRoute) -> Bool {
    [APIRoutes.metrics, "\(APIRoutes.prefix)/openapi.json"].contains(route.pattern)
  }

  private static func envelope(_ data: JSONValue) -> JSONValue {
    [
      "type": "object", "required": ["data", "ok"],
      "properties": ["ok": ["type": "boolean", "const": true], "data": data],
    ]
  }

  private static func refusalResponse(_ error: JSONValue) -> JSONValue {
    let schema: JSONValue = [
      "type": "object", "required": ["error", "ok"],
      "properties": ["ok": ["type": "boolean", "const": false], "error": error],
    ]
    let codes = LooperError.Code.allCases.map { "\($0.rawValue) \($0.httpStatus)" }.joined(separator: ", ")
    return [
      "description": .string("A refusal. Codes and their status: \(codes)."),
      "content": ["application/json": ["schema": schema]],
    ]
  }

  private static let keyParameter: JSONValue = [
    "name": "Idempotency-Key", "in": "header", "required": false,
    "schema": [
      "type": "string", "minLength": 1, "maxLength": .integer(Int64(IdempotentRequest.keyLengthMax)),
      "pattern": "^[!-~]+$",
    ],
    "description": "The same key with the same request gets the first answer again, for a day.",
  ]

  private static func describe(
    _ name: String, _ place: String, _ known: OpenAPIParameter?
  ) -> JSONValue {
    let parameter = known ?? OpenAPIParameter("")
    return [
      "name": .string(name), "in": .string(place), "required": .bool(place == "path"),
      "schema": parameter.schema, "description": .string(parameter.note),
    ]
  }

  private static func parameters(of route: APIRoute) -> [JSONValue] {
    let inPath = route.pattern.split(separator: "/").filter(isParameter).map { part -> JSONValue in
      let name = String(part.dropFirst())
      return describe(name, "path", OpenAPIParameter.inPath[name])
    }
    let inQuery = route.query.map { describe($0, "query", OpenAPIParameter.inQuery($0, of: route)) }
    return inPath + inQuery + (route.method == .post ? [keyParameter] : [])
  }
}
