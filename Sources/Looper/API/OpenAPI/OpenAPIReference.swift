/// `docs/api.md`, made from the OpenAPI document.
enum OpenAPIReference {
  /// - Throws: what ``OpenAPIDocument/document()`` throws.
  static func markdown() throws -> String {
    let document = try OpenAPIDocument.document()
    let schemas = document["components"]?["schemas"]?.objectValue ?? [:]
    let types = schemas.keys.sorted().map { type($0, schemas[$0] ?? [:]) }
    return ([introduction, codes(), routes()] + types).joined(separator: "\n\n") + "\n"
  }

  private static let introduction = """
    # The API

    Made from the routes and wire types of the code; the same as OpenAPI 3.1 is served at `/api/v1/openapi.json`.

    It answers on the Unix socket `looper.sock` in the data directory and on `server.host`:`server.port`. The socket is for its own user
    and needs nothing else; TCP needs `Authorization: Bearer <token>` with the token of the file `api-token`. On TCP a foreign `Host` or
    `Origin` is refused, and so is a request that a proxy forwards (`Forwarded`, `X-Forwarded-…`, `X-Real-IP`): reach it through a tunnel.

    `HEAD` is answered wherever `GET` is, in the same way, without the body.

    An answer is `{"ok": true, "data": …}` or `{"ok": false, "error": {"code", "message", "details"?}}`. Switch on `code`, not on the message.
    Lists are pages: ask again with `cursor` set to `next_cursor` until there is none. They carry an `ETag`; with `If-None-Match` an
    unchanged page is 304 without a body. A `POST` with an `Idempotency-Key` of the client's choice is done once: sent again within a day it
    gets the first answer again, marked `Idempotency-Replayed: true`; with another body it is `validation`, and `conflict` while nobody can say
    whether it was done. Times are ISO 8601 in UTC. Members without a value are left out. New members may come; none
    is renamed.

    `GET /api/v1/events` is a stream of server-sent events; `limit`, `follow=false` or `Accept: application/json` make it a page. The id of each event is its sequence number, `Last-Event-ID` resumes after
    it, and a client that reads too slowly gets a `gap` event; one that reads nothing for 30 s is cut off. `/metrics` is Prometheus text, `/healthz` and `/readyz` need no token.
    """

  private static func codes() -> String {
    var lines = [
      "## Codes", "", "| code | status | exit status of the command line | when |", "|---|---|---|---|",
    ]
    for code in LooperError.Code.allCases {
      lines.append("| `\(code.rawValue)` | \(code.httpStatus) | \(code.exitStatus) | \(meaning(code)) |")
    }
    return lines.joined(separator: "\n")
  }

  private static func meaning(_ code: LooperError.Code) -> String {
    switch code {
    case .internal: "our bug, or the machine's trouble; the daemon's log says more"
    case .notFound: "no such route, loop, run, project or item"
    case .badRequest: "not HTTP, not JSON, an unknown query parameter"
    case .validation: "a value that can never work; the message says what would"
    case .auth: "on TCP without the token; or the gh login was refused"
    case .forbidden: "another user's socket, a foreign `Host` or `Origin`, a header of a forwarding proxy"
    case .rateLimit: "GitHub's limit is used up; the message says until when"
    case .conflict: "not in the present state; the message says what to do first"
    case .unavailable: "`/readyz` while the database does not answer; the command line without a daemon"
    case .timeout:
      "a body that did not arrive in time, GitHub or the network not answering, a stopping daemon; try again"
    case .payloadTooLarge: "a body over \(APIResponder.bodyBytesMax >> 20) MiB"
    case .unsupportedMediaType: "a body that is not `application/json`"
    case .methodNotAllowed: "the path is there, the method is not; `Allow` names those that are"
    case .notAcceptable: "`Accept` leaves out JSON"
    case .preconditionFailed: "reserved in the API; the command line where this machine cannot do it"
    case .gone, .tooEarly, .upgradeRequired, .loopDetected: "reserved: no route answers it yet"
    }
  }

  private static func routes() -> String {
    var lines = ["## Routes", "", "| route | query | answers | what it does |", "|---|---|---|---|"]
    for route in APIRoutes.all {
      guard let operation = OpenAPIDocument.operation(for: route) else { continue }
      let query = route.query.map { "`\($0)`" }.joined(separator: ", ")
      let takes = operation.body.map { "takes \(link(WireSchemaReader.name(of: $0))); " } ?? ""
      lines.append(
        "| `\(route.method.rawValue) \(OpenAPIDocument.path(route.pattern))` | \(query) | \(answer(operation)) "
          + "| \(takes)\(operation.summary) |")
    }
    lines += ["", "## Query", "", "| name | meaning |", "|---|---|"]
    for (name, parameter) in OpenAPIParameter.inQuery.sorted(by: { $0.key < $1.key }) {
      lines.append("| `\(name)` | \(parameter.note)\(words(parameter.schema)) |")
    }
    let events = OpenAPIParameter.eventsLimit
    lines.append("| `limit` of events | \(events.note)\(words(events.schema)) |")
    return lines.joined(separator: "\n")
  }

  private static func words(_ schema: JSONValue) -> String {
    let words = (schema["enum"]?.arrayValue ?? []).compactMap(\.stringValue).map { "`\($0)`" }
    if !words.isEmpty { return " \(words.joined(separator: ", "))" }
    return schema["maximum"]?.integerValue.map { " 1 to \($0)." } ?? ""
  }

  private static func answer(_ operation: OpenAPIOperation) -> String {
    guard let answer = operation.answer else { return "nothing" }
    if answer is any WireSchemaLeaf.Type { return answer == String.self ? "text" : "JSON" }
    return link(WireSchemaReader.name(of: answer))
  }

  private static func link(_ name: String) -> String { "[\(name)](#\(name.lowercased()))" }

  private static func type(_ name: String, _ schema: JSONValue) -> String {
    let required = Set((schema["required"]?.arrayValue ?? []).compactMap(\.stringValue))
    var lines = ["## \(name)", "", "| member | type | |", "|---|---|---|"]
    let properties = schema["properties"]?.objectValue ?? [:]
    for (member, schema) in properties.sorted(by: { $0.key < $1.key }) {
      lines.append("| `\(member)` | \(text(schema)) | \(required.contains(member) ? "" : "optional") |")
    }
    return lines.joined(separator: "\n")
  }

  private static func text(_ schema: JSONValue) -> String {
    if let reference = schema["$ref"]?.stringValue {
      return link(String(reference.split(separator: "/").last ?? ""))
    }
    if let items = schema["items"] { return "list of \(text(items))" }
    if let words = schema["enum"]?.arrayValue {
      return words.compactMap(\.stringValue).joined(separator: ", ")
    }
    return schema["format"]?.stringValue ?? schema["type"]?.stringValue ?? "any JSON"
  }
}
