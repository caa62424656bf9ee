@testable import Looper

/// The part of JSON Schema that our document uses, strict: a member that is not described is a problem.
struct SchemaCheck {
  let document: JSONValue

  func problems(_ value: JSONValue, _ schema: JSONValue, at path: String = "$") -> [String] {
    if let name = schema["$ref"]?.stringValue?.split(separator: "/").last {
      guard let target = document["components"]?["schemas"]?[String(name)] else {
        return ["\(name) is missing"]
      }
      return problems(value, target, at: path)
    }
    if let constant = schema["const"], constant != value { return ["\(path) is not \(constant)"] }
    if let words = schema["enum"]?.arrayValue, !words.contains(value) {
      return ["\(path) is \(value.stringValue ?? value.typeName)"]
    }
    switch schema["type"]?.stringValue {
    case nil: return []
    case "object": return members(of: value, schema, path)
    case "array":
      guard let elements = value.arrayValue else { return ["\(path) is a \(value.typeName)"] }
      return elements.enumerated().flatMap { problems($1, schema["items"] ?? [:], at: "\(path)[\($0)]") }
    case let type?:
      let isInteger = value.integerValue != nil
      let fits = type == value.typeName || (type == "integer" && isInteger)
      return fits ? [] : ["\(path) is a \(value.typeName)"]
    }
  }

  private func members(of value: JSONValue, _ schema: JSONValue, _ path: String) -> [String] {
    guard let members = value.objectValue else { return ["\(path) is a \(value.typeName)"] }
    let known = schema["properties"]?.objectValue
    let required = (schema["required"]?.arrayValue ?? []).compactMap(\.stringValue)
    let missing = required.filter { members[$0] == nil }.map { "\(path) lacks \($0)" }
    let inner = members.sorted { $0.key < $1.key }.flatMap { name, value -> [String] in
      guard let known else { return [] }
      guard let schema = known[name] else { return ["\(path).\(name) is not described"] }
      return problems(value, schema, at: "\(path).\(name)")
    }
    return missing + inner
  }
}
