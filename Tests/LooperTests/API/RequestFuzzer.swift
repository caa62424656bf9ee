import Foundation
import HTTPTypes
import Hummingbird

@testable import Looper

/// Makes requests out of the OpenAPI document: some as it describes them, most of them not quite.
struct RequestFuzzer {
  /// One request, and how to say which.
  struct Made: CustomStringConvertible {
    var method: HTTPRequest.Method
    var path: String
    var headers: HTTPFields
    var body: String
    var description: String { "\(method) \(path) \(headers) \(body.prefix(300))" }
  }

  private let document: JSONValue
  private let operations: [(path: String, method: String, described: JSONValue)]
  private var random: SplitMix

  init(_ document: JSONValue, seed: UInt64) {
    self.document = document
    random = SplitMix(state: seed)
    let paths = document["paths"]?.objectValue ?? [:]
    operations = paths.sorted { $0.key < $1.key }.flatMap { path, methods in
      (methods.objectValue ?? [:]).sorted { $0.key < $1.key }.map { (path, $0.key.uppercased(), $0.value) }
    }
  }

  private mutating func pick<Item>(_ items: [Item], or fallback: Item) -> Item {
    items.randomElement(using: &random) ?? fallback
  }

  private mutating func isOne(in count: Int) -> Bool { Int.random(in: 0..<count, using: &random) == 0 }

  mutating func next() -> Made {
    let operation = pick(operations, or: ("/", "GET", [:]))
    let methods = ["GET", "POST", "DELETE", "PUT", "PATCH", "HEAD", "OPTIONS", "TRACE"]
    let method = isOne(in: 20) ? pick(methods, or: "GET") : operation.method
    let parameters = operation.described["parameters"]?.arrayValue ?? []
    let schema = operation.described["requestBody"]?["content"]?["application/json"]?["schema"]
    return Made(
      method: HTTPRequest.Method(rawValue: method) ?? .get,
      path: path(operation.path, parameters), headers: headers(hasBody: schema != nil),
      body: schema.map { body($0) } ?? (isOne(in: 10) ? "x" : ""))
  }

  private mutating func path(_ template: String, _ parameters: [JSONValue]) -> String {
    var path = template
    var query: [String] = []
    for parameter in parameters {
      let name = parameter["name"]?.stringValue ?? ""
      switch parameter["in"]?.stringValue {
      case "path": path = path.replacingOccurrences(of: "{\(name)}", with: encoded(word()))
      case "query" where name == "cursor" && !isOne(in: 3): query.append("cursor=\(encoded(cursor()))")
      case "query" where isOne(in: 2): query.append("\(name)=\(encoded(word()))")
      default: break
      }
    }
    if isOne(in: 15) {
      query.append(pick(["", "=", "&&", "odd=1", "limit", "limit=%zz", "limit=1&limit=2"], or: ""))
    }
    return query.isEmpty ? path : "\(path)?\(query.joined(separator: "&"))"
  }

  /// Sometimes not encoded as it should be.
  private mutating func encoded(_ word: String) -> String {
    if isOne(in: 12) { return pick(["%", "%ff%fe", "%00", "%2e%2e%2f", "%25", "..", "//", "a/b"], or: "%") }
    return LooperClient.escaped(word)
  }

  /// A cursor as the daemon makes them, of any list and with places it never makes.
  private mutating func cursor() -> String {
    let numbers = [0, 1, -1, Int64.max, Int64.min, 200].map { String($0) }
    let places = numbers.flatMap { number in
      [
        number, "\"\(number)\"", "[\(number)]", "{\"at\":\(number),\"id\":\(number),\"kind\":\"run\"}",
        "{\"dueAt\":\(number),\"group\":\(number),\"id\":\(number),\"lane\":\(number)}",
      ]
    }
    let list = pick(PageCursor.List.allCases.map(\.rawValue) + [""], or: "")
    return Data("\(list):\(pick(places + ["", "null", "1e99"], or: ""))".utf8).base64EncodedString()
  }

  private mutating func word() -> String {
    let words = [
      "L1", "L2", "R1", "R2", "1", "2", "0", "-1", "L0", "L-1", "l1", "L99999999999999999999",
      "9223372036854775807",
      "-9223372036854775808", "9223372036854775808", "1e3", "0x10", "١", "acme/tool", "acme/none",
      "github.com/acme/tool", "a/b/c/d", "/", "", " ", "\u{0}", "\u{202e}", "😀", "null", "true", "false",
      "all",
      "running", "queued", "manual", "auto", "role", "vendor", "day", "'; DROP TABLE loop; --",
      "https://github.com/acme/tool/issues/12", "acme/tool#12", "acme/tool#0",
      "acme/tool#99999999999999999999",
      "acme/tool#404", "/nowhere", "../..", "fixer", "codex", "clippy",
    ]
    if isOne(in: 30) { return String(repeating: "x", count: Int.random(in: 300...9000, using: &random)) }
    return pick(words, or: "")
  }

  private mutating func headers(hasBody: Bool) -> HTTPFields {
    var headers: HTTPFields = [:]
    if hasBody || isOne(in: 10) {
      headers[.contentType] =
        isOne(in: 8)
        ? pick(["", "text/plain", "application/x-www-form-urlencoded", ";", "application/jsonp"], or: "")
        : "application/json"
    }
    if isOne(in: 8) {
      headers[.accept] = pick(["", "*/*", "text/html", "application/json", "q=;;,"], or: "")
    }
    if isOne(in: 8) { headers[.ifNoneMatch] = pick(["*", "\"x\"", "", ",,,", "W/\"1-2\""], or: "*") }
    if isOne(in: 4) { set("Idempotency-Key", pick(["a", "b", "c", "", "a b", "ä"], or: "a"), &headers) }
    if isOne(in: 6) {
      set("Last-Event-ID", pick(["1", "x", "-1", "9223372036854775807"], or: "1"), &headers)
    }
    if isOne(in: 10) { set("X-Forwarded-For", "127.0.0.1", &headers) }
    return headers
  }

  private func set(_ name: String, _ value: String, _ headers: inout HTTPFields) {
    guard let name = HTTPField.Name(name) else { return }
    headers[name] = value
  }

  private mutating func body(_ schema: JSONValue) -> String {
    switch Int.random(in: 0..<12, using: &random) {
    case 0:
      return pick(
        ["", "{", "[]", "null", "\"\"", "{}{}", "1e999", "\u{feff}{}", "{\"a\":1,\"a\":2}"], or: "")
    case 1: return String(repeating: "[", count: 100_000)
    default:
      let data = try? JSONEncoder().encode(value(schema))
      return data.map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }
  }

  /// A value as the schema has it, except that one in ten is another.
  private mutating func value(_ schema: JSONValue) -> JSONValue {
    if isOne(in: 10) {
      let others: [JSONValue] = [
        .null, true, 1, .double(-1.5), "", .array([]), ["x": 1], .array([.array([1])]), .string(word()),
      ]
      return pick(others, or: .null)
    }
    if let name = schema["$ref"]?.stringValue?.split(separator: "/").last {
      return value(document["components"]?["schemas"]?[String(name)] ?? [:])
    }
    if let words = schema["enum"]?.arrayValue { return pick(words, or: "") }
    switch schema["type"]?.stringValue {
    case "boolean": return .bool(isOne(in: 2))
    case "integer": return .integer(pick([0, 1, -1, .max, .min, 200], or: 0))
    case "number": return .double(pick([0, 0.5, -1, 1e300], or: 0))
    case "array":
      return .array((0..<Int.random(in: 0...3, using: &random)).map { _ in value(schema["items"] ?? [:]) })
    case "object":
      var members: [String: JSONValue] = isOne(in: 8) ? ["unknown": 1] : [:]
      for (name, schema) in (schema["properties"]?.objectValue ?? [:]).sorted(by: { $0.key < $1.key })
      where !isOne(in: 4) {
        members[name] = value(schema)
      }
      return .object(members)
    default: return .string(word())
    }
  }
}
