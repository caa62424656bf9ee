/// A type whose JSON form cannot be read off its members.
protocol WireSchemaLeaf: Decodable {
  static var wireSchema: JSONValue { get }
  /// Any value: what a type gets handed while its schema is read.
  static var wireSample: Self { get }
}

/// Reads the JSON schemas of wire types out of how they decode themselves, so that they cannot be out of date.
///
/// A type is decoded from a decoder that holds nothing, notes every member that is asked for and hands out
/// samples. A member asked for with `decodeIfPresent` is optional: the default of that method asks whether it
/// is null first, and nothing else does.
final class WireSchemaReader {
  /// Schemas of the types met so far, by name.
  private(set) var components: [String: JSONValue] = [:]

  /// A reference to the schema of `type`, which is a component from now on.
  func reference(to type: any Decodable.Type) throws -> JSONValue {
    let node = WireSchemaNode(reader: self)
    _ = try node.sample(type)
    return node.schema
  }

  /// What the members of an object are called on the wire, by name; none of what is no object.
  static func members(of type: any Decodable.Type) -> [String] {
    let reader = WireSchemaReader()
    // The document has the schema of every type that crosses the wire, and a test reads them all.
    _ = try? reader.reference(to: type)
    return (reader.components[name(of: type)]?["properties"]?.objectValue ?? [:]).keys.sorted()
  }

  fileprivate func define(_ name: String, _ schema: JSONValue) -> JSONValue {
    components[name] = schema
    return ["$ref": .string("#/components/schemas/\(name)")]
  }

  /// `PageView<LoopView>` is `LoopPage`, `LoopView` is `Loop`, `HealthView.State` never gets here.
  static func name(of type: any Any.Type) -> String {
    let text = String(describing: type)
    func plain(_ name: some StringProtocol) -> String {
      name.hasSuffix("View") ? String(name.dropLast(4)) : String(name)
    }
    let parts = text.split(whereSeparator: { "<>".contains($0) })
    return parts.count > 1 ? plain(parts[1]) + plain(parts[0]) : plain(text)
  }
}

/// What one value turned out to be while it was being decoded.
private final class WireSchemaNode {
  let reader: WireSchemaReader
  var schema: JSONValue = [:]
  /// Members by their name on the wire; nil until the value asks for members.
  var properties: [String: JSONValue]?
  var optional: Set<String> = []

  init(reader: WireSchemaReader) { self.reader = reader }

  /// A value of `type`, whose schema this node then holds.
  func sample<Value: Decodable>(_ type: Value.Type) throws -> Value {
    if let leaf = type as? any WireSchemaLeaf.Type {
      schema = leaf.wireSchema
      if let value = leaf.wireSample as? Value { return value }
    }
    if let cases = type as? any CaseIterable.Type, let value = Self.firstCase(of: cases, self) as? Value {
      return value
    }
    let value = try Value(from: WireSchemaDecoder(node: self))
    guard let properties else { return value }
    let required = properties.keys.filter { !optional.contains($0) }.sorted().map { JSONValue.string($0) }
    schema = reader.define(
      WireSchemaReader.name(of: type),
      ["type": "object", "properties": .object(properties), "required": .array(required)])
    return value
  }

  private static func firstCase<Cases: CaseIterable>(of type: Cases.Type, _ node: WireSchemaNode) -> Any? {
    let words = type.allCases.compactMap { ($0 as? any RawRepresentable)?.rawValue as? String }
    guard !words.isEmpty else { return nil }
    node.schema = ["type": "string", "enum": .array(words.map { .string($0) })]
    return type.allCases.first
  }
}

/// Hands out containers that note what is asked of them.
private struct WireSchemaDecoder: Decoder {
  let node: WireSchemaNode
  var codingPath: [any CodingKey] { [] }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    node.properties = node.properties ?? [:]
    return KeyedDecodingContainer(WireSchemaMembers<Key>(node: node))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer { WireSchemaElements(node: node) }
  func singleValueContainer() throws -> any SingleValueDecodingContainer { WireSchemaSingle(node: node) }
}

/// The members of an object.
private struct WireSchemaMembers<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let node: WireSchemaNode
  var codingPath: [any CodingKey] { [] }
  var allKeys: [Key] { [] }

  func contains(_ key: Key) -> Bool { true }

  func decodeNil(forKey key: Key) throws -> Bool {
    node.optional.insert(WireCoding.snakeCase(key.stringValue))
    return false
  }

  func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
    let child = WireSchemaNode(reader: node.reader)
    let value = try child.sample(type)
    node.properties?[WireCoding.snakeCase(key.stringValue)] = child.schema
    return value
  }

  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type, forKey key: Key
  ) throws -> KeyedDecodingContainer<Nested> {
    throw WireSchemaUnreadable(what: "a nested container at \(key.stringValue)")
  }

  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
    throw WireSchemaUnreadable(what: "a nested list at \(key.stringValue)")
  }

  func superDecoder() throws -> any Decoder { throw WireSchemaUnreadable(what: "a class") }
  func superDecoder(forKey key: Key) throws -> any Decoder { throw WireSchemaUnreadable(what: "a class") }
}

/// A list; it pretends to hold one element.
private struct WireSchemaElements: UnkeyedDecodingContainer {
  let node: WireSchemaNode
  var codingPath: [any CodingKey] { [] }
  var count: Int? { 1 }
  var currentIndex = 0
  var isAtEnd: Bool { currentIndex > 0 }

  init(node: WireSchemaNode) { self.node = node }

  mutating func decodeNil() throws -> Bool { false }

  mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
    let child = WireSchemaNode(reader: node.reader)
    let value = try child.sample(type)
    node.schema = ["type": "array", "items": child.schema]
    currentIndex += 1
    return value
  }

  mutating func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type
  ) throws -> KeyedDecodingContainer<Nested> {
    throw WireSchemaUnreadable(what: "a nested container in a list")
  }

  mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
    throw WireSchemaUnreadable(what: "a nested list in a list")
  }

  mutating func superDecoder() throws -> any Decoder { throw WireSchemaUnreadable(what: "a class") }
}

/// A value that stands alone.
private struct WireSchemaSingle: SingleValueDecodingContainer {
  let node: WireSchemaNode
  var codingPath: [any CodingKey] { [] }

  func decodeNil() -> Bool { false }
  func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try node.sample(type) }
}

/// A type that decodes itself in a way no view does.
struct WireSchemaUnreadable: Error {
  let what: String
}

extension String: WireSchemaLeaf {
  static var wireSchema: JSONValue { ["type": "string"] }
  static var wireSample: String { "" }
}

extension Bool: WireSchemaLeaf {
  static var wireSchema: JSONValue { ["type": "boolean"] }
  static var wireSample: Bool { false }
}

extension Int: WireSchemaLeaf {
  static var wireSchema: JSONValue { ["type": "integer"] }
  static var wireSample: Int { 0 }
}

extension Int64: WireSchemaLeaf {
  static var wireSchema: JSONValue { ["type": "integer", "format": "int64"] }
  static var wireSample: Int64 { 0 }
}

extension Double: WireSchemaLeaf {
  static var wireSchema: JSONValue { ["type": "number"] }
  static var wireSample: Double { 0 }
}

extension Timestamp: WireSchemaLeaf {
  static var wireSchema: JSONValue { ["type": "string", "format": "date-time"] }
  static var wireSample: Timestamp { Timestamp(milliseconds: 0) }
}

extension JSONValue: WireSchemaLeaf {
  /// Anything.
  static var wireSchema: JSONValue { [:] }
  static var wireSample: JSONValue { .null }
}

extension WorktreeView.State: WireSchemaLeaf {
  static var wireSchema: JSONValue { ["type": "string", "enum": ["live", "removable", "kept"]] }
  static var wireSample: WorktreeView.State { .live }
}
