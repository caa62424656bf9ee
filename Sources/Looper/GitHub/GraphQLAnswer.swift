/// One element of the `errors` of a GraphQL answer.
struct GraphQLError: Equatable, Sendable {
  /// `NOT_FOUND`, `RATE_LIMITED` …; empty when GitHub gave none.
  var type: String
  var message: String
  /// Names and indices from the root to the null in `data`; empty when the whole request failed.
  var path: [String]

  init(_ json: JSONValue) {
    type = json["type"]?.stringValue ?? ""
    message = json["message"]?.stringValue ?? "an error without a message"
    path = (json["path"]?.arrayValue ?? []).map { part in
      part.stringValue ?? part.integerValue.map(String.init) ?? ""
    }
  }

  var isNotFound: Bool { type == "NOT_FOUND" }

  /// Tokens that may not read checks or branch rules (fine-grained ones) get this for each of them; the rest of the
  /// answer holds.
  var hidesOnlyChecks: Bool {
    let hideable = ["statusCheckRollup", "contexts", "refUpdateRule", "rules"]
    return !isNotFound && hideable.contains(where: path.contains)
  }

  /// Whether checks of a pull request's head may be missing because of it.
  var hidesHeadChecks: Bool { path.contains("commits") && path.contains("statusCheckRollup") }

  /// Whether rules of the base may be missing because of it.
  var hidesRules: Bool { path.contains("refUpdateRule") || path.contains("rules") }
}

/// The answer to a GraphQL request: data, and what is missing from it.
struct GraphQLAnswer: Equatable, Sendable {
  var data: JSONValue
  var errors: [GraphQLError]

  /// Nil when `json` is no GraphQL answer.
  init?(_ json: JSONValue?) {
    guard let json, json.objectValue != nil else { return nil }
    let errors = (json["errors"]?.arrayValue ?? []).map(GraphQLError.init)
    guard json["data"] != nil || !errors.isEmpty else { return nil }
    data = json["data"] ?? .null
    self.errors = errors
  }

  /// Errors below `path`, that path included.
  func errors(under path: String...) -> [GraphQLError] { errors.filter { $0.path.starts(with: path) } }
}

/// GraphQL source text from values.
enum GraphQLText {
  /// A quoted string literal. JSON's escapes are GraphQL's.
  static func literal(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\u{20}"..."\u{7E}": quoted.unicodeScalars.append(scalar)
      default:
        for unit in String(scalar).utf16 {
          let digits = String(unit, radix: 16)
          quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }
      }
    }
    return quoted + "\""
  }

  static func list(_ texts: [String]) -> String { "[" + texts.map(literal).joined(separator: ", ") + "]" }
}
