import Foundation

/// The results of ``ReportDecoder`` as JSON schemas, for vendors that check the answer themselves.
///
/// In the strict subset that all of them take: every key is required, what is optional may be null, nothing else may
/// be there. A question comes instead of the rest, so that at the top everything may be null.
enum ReportSchema {
  /// The schema of a role's result as text, the same bytes each time.
  static func text(for role: Role) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(schema(for: role)) else {
      preconditionFailure("a schema is made of literals, all of which can be encoded")
    }
    return String(decoding: data, as: UTF8.self)
  }

  static func schema(for role: Role) -> JSONValue {
    var keys: [String: JSONValue] = ["question": optional(question), "summary": optional(string)]
    switch role {
    case .planner: keys["spec_path"] = optional(string)
    case .reviewer:
      keys["verdict"] = optional(choice(Verdict.allCases.map(\.rawValue)))
      keys["findings"] = optional(list(finding))
      keys["criteria"] = optional(list(criterion))
    case .worker:
      keys["title"] = optional(string)
      keys["criteria"] = optional(list(criterion))
    case .fixer: keys["items"] = optional(list(item))
    }
    return object(keys)
  }

  private static let string: JSONValue = ["type": "string"]
  private static let integer: JSONValue = ["type": "integer"]

  private static let question = object([
    "text": string, "options": optional(list(string)), "default": optional(string),
    "deadline_minutes": optional(integer),
  ])

  private static let criterion = object([
    "id": string, "status": choice(CriterionReport.Status.allCases.map(\.rawValue)),
    "evidence": optional(string),
  ])

  private static let item = object([
    "id": string, "action": choice(FixReport.Action.allCases.map(\.rawValue)), "explanation": string,
  ])

  private static let finding = object([
    "id": optional(string), "path": string, "line": optional(integer),
    "side": optional(choice(["RIGHT", "LEFT"])),
    "start_line": optional(integer), "severity": choice(Finding.Severity.allCases.map(\.rawValue)),
    "title": string, "body": optional(string), "suggestion": optional(string),
    "confidence": optional(["type": "number"]),
  ])

  private static func object(_ keys: [String: JSONValue]) -> JSONValue {
    [
      "type": "object", "properties": .object(keys), "additionalProperties": false,
      "required": .array(keys.keys.sorted().map { .string($0) }),
    ]
  }

  private static func list(_ element: JSONValue) -> JSONValue { ["type": "array", "items": element] }

  private static func choice(_ words: [String]) -> JSONValue {
    ["type": "string", "enum": .array(words.map { .string($0) })]
  }

  private static func optional(_ schema: JSONValue) -> JSONValue { ["anyOf": [schema, ["type": "null"]]] }
}
