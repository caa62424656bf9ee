import Foundation
import Testing

@testable import Looper

@Suite("the schema a vendor checks answers against admits what the decoder takes")
struct ReportSchemaTests {
  /// Whether a value fits a schema of the subset used here.
  static func admits(_ schema: JSONValue, _ value: JSONValue) -> Bool {
    if let choices = schema["anyOf"]?.arrayValue { return choices.contains { admits($0, value) } }
    switch schema["type"]?.stringValue {
    case "null": return value.isNull
    case "integer": return value.integerValue != nil
    case "number": return value.doubleValue != nil
    case "string":
      guard value.stringValue != nil else { return false }
      return schema["enum"]?.arrayValue?.contains(value) ?? true
    case "array":
      guard let elements = value.arrayValue, let item = schema["items"] else { return false }
      return elements.allSatisfy { admits(item, $0) }
    case "object":
      guard let members = value.objectValue, let keys = schema["properties"]?.objectValue else {
        return false
      }
      return Set(members.keys) == Set(keys.keys)
        && members.allSatisfy { key, member in keys[key].map { admits($0, member) } ?? false }
    default: return false
    }
  }

  /// Every object of a schema, itself included.
  static func objects(_ schema: JSONValue) -> [JSONValue] {
    let inner =
      (schema["anyOf"]?.arrayValue ?? []) + [schema["items"]].compactMap { $0 }
      + (schema["properties"]?.objectValue ?? [:]).values
    return (schema["type"] == "object" ? [schema] : []) + inner.flatMap(objects)
  }

  private static let answers: [(Role, JSONValue)] = [
    (.planner, ["summary": "s", "spec_path": nil, "question": nil]),
    (
      .reviewer,
      [
        "verdict": "changes", "summary": "s", "criteria": nil, "question": nil,
        "findings": [
          [
            "id": "F3", "path": "a.c", "line": 3, "side": "RIGHT", "start_line": nil, "severity": "major",
            "title": "t",
            "body": nil, "suggestion": nil, "confidence": .double(0.5),
          ]
        ],
      ]
    ),
    (
      .worker,
      [
        "summary": "s", "title": "t", "question": nil,
        "criteria": [["id": "AC1", "status": "pass", "evidence": nil]],
      ]
    ),
    (
      .fixer,
      [
        "summary": "s", "question": nil,
        "items": [["id": "F1", "action": "fixed", "explanation": "e"]],
      ]
    ),
  ]

  @Test("a whole answer of each role fits and is decoded")
  func whole() throws {
    #expect(Set(Self.answers.map(\.0)) == Set(Role.allCases))
    for (role, answer) in Self.answers {
      #expect(Self.admits(ReportSchema.schema(for: role), answer), "\(role)")
      _ = try ReportDecoder.decode(answer, role: role)
    }
  }

  @Test("a question fits in each role", arguments: Role.allCases)
  func question(role: Role) throws {
    let schema = ReportSchema.schema(for: role)
    let keys = try #require(schema["properties"]?.objectValue?.keys)
    var members = Dictionary(uniqueKeysWithValues: keys.map { ($0, JSONValue.null) })
    members["question"] = ["text": "t", "options": ["a"], "default": nil, "deadline_minutes": nil]
    #expect(Self.admits(schema, .object(members)))
    guard case .question = try ReportDecoder.decode(.object(members), role: role) else {
      Issue.record("not read as a question")
      return
    }
  }

  @Test("it keeps to the strict subset: all keys required, no others", arguments: Role.allCases)
  func strict(role: Role) throws {
    let objects = Self.objects(ReportSchema.schema(for: role))
    #expect(objects.count >= 2)
    for object in objects {
      let keys = try #require(object["properties"]?.objectValue?.keys)
      #expect(object["required"] == .array(keys.sorted().map { .string($0) }))
      #expect(object["additionalProperties"] == false)
    }
  }

  @Test("its text is the same each time", arguments: Role.allCases)
  func stable(role: Role) throws {
    let text = ReportSchema.text(for: role)
    #expect(text == ReportSchema.text(for: role))
    #expect(try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8)) == ReportSchema.schema(for: role))
  }
}
