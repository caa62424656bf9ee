import Foundation

/// A request that met its route: path parameters, query and JSON body, read with GitHub's refusals.
struct ForgeCall: Sendable {
  /// GitHub's page sizes.
  static let perPageDefault = 30
  static let perPageMax = 100

  let request: ForgeRequest
  let parameters: [String: String]
  let usage: ForgeUsages

  /// A path parameter; the route guarantees it.
  func path(_ name: String) -> String { parameters[name] ?? "" }

  func number(_ name: String) throws -> Int {
    guard let number = Int(path(name)), number > 0 else { throw ForgeRefusal.notFound }
    return number
  }

  var repositoryName: String { "\(path("o"))/\(path("r"))" }

  /// The members of the JSON body.
  ///
  /// - Throws: 400 for no JSON or no object, 422 for a member that is not allowed.
  func body(allowing names: Set<String>) throws -> ForgeBody {
    if request.body.isEmpty { return ForgeBody(members: [:]) }
    guard let json = JSONReader.value(request.body) else {
      throw ForgeRefusal.badJSON
    }
    guard let members = json.objectValue else {
      throw ForgeRefusal(status: 400, message: "Body should be a JSON object")
    }
    if let unknown = members.keys.sorted().first(where: { !names.contains($0) }) {
      throw ForgeRefusal(
        status: 422, message: "Invalid request.\n\n\"\(unknown)\" is not a permitted key.",
        errors: [["resource": "Request", "field": .string(unknown), "code": "invalid"]])
    }
    return ForgeBody(members: members)
  }

  /// One page of a list, with the Link header that leads to the others.
  func page(_ rows: [JSONValue], wrap: ([JSONValue]) -> JSONValue = { .array($0) }) throws -> ForgeResponse {
    let perPage = min(max(Int(request.query("per_page") ?? "") ?? Self.perPageDefault, 1), Self.perPageMax)
    let page = max(Int(request.query("page") ?? "") ?? 1, 1)
    let pages = max((rows.count + perPage - 1) / perPage, 1)
    let start = min((page - 1) * perPage, rows.count)
    var response = ForgeResponse(200, wrap(Array(rows[start..<min(start + perPage, rows.count)])))
    var links: [String] = []
    if page > 1 { links += [link(to: page - 1, "prev"), link(to: 1, "first")] }
    if page < pages { links += [link(to: page + 1, "next"), link(to: pages, "last")] }
    if !links.isEmpty { response.headers["link"] = links.joined(separator: ", ") }
    return response
  }

  private func link(to page: Int, _ relation: String) -> String {
    let host = request.headers["host"] ?? "api.github.com"
    let isLocal = host.hasSuffix(".localhost") || host.hasPrefix("127.0.0.1") || host.hasPrefix("localhost")
    var allowed = CharacterSet.alphanumerics
    allowed.insert(charactersIn: "-._~:,")
    let kept = request.query.filter { $0.name != "page" } + [.init(name: "page", value: String(page))]
    let query = kept.map { item in
      "\(item.name)=\(item.value.addingPercentEncoding(withAllowedCharacters: allowed) ?? item.value)"
    }
    let scheme = isLocal ? "http" : "https"
    return "<\(scheme)://\(host)\(request.path)?\(query.joined(separator: "&"))>; rel=\"\(relation)\""
  }
}

/// A JSON body, read member by member.
struct ForgeBody: Sendable {
  let members: [String: JSONValue]

  /// A string; nil when it is missing or null.
  func text(_ name: String) throws -> String? {
    guard let value = members[name], !value.isNull else { return nil }
    guard let text = value.stringValue else { throw wrongType(name, value, wanted: "a string") }
    return text
  }

  func requiredText(_ name: String, of resource: String) throws -> String {
    guard let text = try text(name), !text.isEmpty else {
      throw ForgeRefusal.invalid(resource, name, code: "missing_field")
    }
    return text
  }

  func number(_ name: String) throws -> Int? {
    guard let value = members[name], !value.isNull else { return nil }
    guard let number = value.integerValue else { throw wrongType(name, value, wanted: "an integer") }
    return Int(number)
  }

  func flag(_ name: String) throws -> Bool? {
    guard let value = members[name], !value.isNull else { return nil }
    guard let flag = value.boolValue else { throw wrongType(name, value, wanted: "a boolean") }
    return flag
  }

  func time(_ name: String) throws -> Timestamp? {
    guard let text = try text(name) else { return nil }
    guard let time = Timestamp(iso8601: text) else {
      throw wrongType(name, .string(text), wanted: "a date-time")
    }
    return time
  }

  func texts(_ name: String) throws -> [String]? {
    guard let value = members[name], !value.isNull else { return nil }
    guard let elements = value.arrayValue else { throw wrongType(name, value, wanted: "an array") }
    return try elements.map { element in
      // Labels may be given as objects, too.
      guard let text = element.stringValue ?? element["name"]?.stringValue else {
        throw wrongType(name, element, wanted: "a string")
      }
      return text
    }
  }

  /// An array of objects.
  func objects(_ name: String) throws -> [ForgeBody] {
    guard let value = members[name], !value.isNull else { return [] }
    guard let elements = value.arrayValue else { throw wrongType(name, value, wanted: "an array") }
    return try elements.map { element in
      guard let members = element.objectValue else { throw wrongType(name, element, wanted: "an object") }
      return ForgeBody(members: members)
    }
  }

  /// One of a closed set of words.
  func word<Word: RawRepresentable>(_ name: String, of resource: String) throws -> Word?
  where Word.RawValue == String {
    guard let text = try text(name) else { return nil }
    guard let word = Word(rawValue: text) else { throw ForgeRefusal.invalid(resource, name, code: "invalid") }
    return word
  }

  private func wrongType(_ name: String, _ value: JSONValue, wanted: String) -> ForgeRefusal {
    let shown = String(decoding: ForgeJSON.encode(value).prefix(100), as: UTF8.self)
    return ForgeRefusal(
      status: 422, message: "Invalid request.\n\nFor 'properties/\(name)', \(shown) is not \(wanted).",
      errors: [["resource": "Request", "field": .string(name), "code": "invalid"]])
  }
}
