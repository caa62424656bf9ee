/// The types the local GitHub answers for, read from the schema text in `ForgeGraphSchema.swift`.
struct ForgeGraphTypeTable: Sendable {
  /// An argument of a field, or a member of an input type.
  struct Input: Sendable {
    let type: ForgeGraphType
    let fallback: ForgeGraphLiteral?

    var isRequired: Bool { type.isNonNull && fallback == nil }
  }

  /// A field of an object or interface type.
  struct Field: Sendable {
    let type: ForgeGraphType
    let arguments: [String: Input]
  }

  /// What a name stands for; anything else is a scalar.
  enum Definition: Sendable {
    case object(fields: [String: Field], interfaces: [String])
    case interface(fields: [String: Field])
    case union([String])
    case enumeration([String])
    case input([String: Input])
  }

  private(set) var definitions: [String: Definition] = [:]

  static let scalars: Set<String> = [
    "String", "Int", "Float", "Boolean", "ID", "URI", "DateTime", "GitObjectID", "HTML", "BigInt",
    "GitTimestamp",
    "GitSSHRemote", "Date", "Base64String",
  ]

  /// The table of the built-in schema.
  static let github: Self = {
    do {
      return try Self(ForgeGraphSchema.text)
    } catch {
      preconditionFailure("the built-in schema is constant and tested to parse: \(error)")
    }
  }()

  init(_ text: String) throws(ForgeGraphError) {
    var tokens = try ForgeGraphTokens(text)
    while !tokens.isAtEnd {
      let keyword = try tokens.name()
      let name = try tokens.name()
      definitions[name] = try Self.definition(keyword, &tokens)
    }
  }

  func fields(of type: String) -> [String: Field]? {
    switch definitions[type] {
    case .object(let fields, _)?, .interface(let fields)?: fields
    case .union?: [:]
    case .enumeration?, .input?, nil: nil
    }
  }

  /// The object types a value of this type can have.
  func possibleTypes(of type: String) -> Set<String> {
    switch definitions[type] {
    case .object?: return [type]
    case .union(let members)?: return Set(members)
    case .interface?:
      let implementing = definitions.filter { entry in
        if case .object(_, let interfaces) = entry.value { return interfaces.contains(type) }
        return false
      }
      return Set(implementing.keys)
    case .enumeration?, .input?, nil: return []
    }
  }

  /// Whether fields can be selected from it.
  func isComposite(_ type: String) -> Bool { fields(of: type) != nil }

  // MARK: reading the schema text

  private static func definition(
    _ keyword: String, _ tokens: inout ForgeGraphTokens
  ) throws(ForgeGraphError) -> Definition {
    switch keyword {
    case "type":
      let interfaces = try interfaces(&tokens)
      return .object(fields: try fields(&tokens), interfaces: interfaces)
    case "interface":
      _ = try interfaces(&tokens)
      return .interface(fields: try fields(&tokens))
    case "union":
      try tokens.expect("=")
      var members = [try tokens.name()]
      while tokens.skip("|") { members.append(try tokens.name()) }
      return .union(members)
    case "enum":
      var values: [String] = []
      try tokens.expect("{")
      while !tokens.skip("}") { values.append(try tokens.name()) }
      return .enumeration(values)
    case "input":
      try tokens.expect("{")
      return .input(try inputs(&tokens, until: "}"))
    default:
      throw tokens.unexpected(expecting: "a type")
    }
  }

  private static func interfaces(_ tokens: inout ForgeGraphTokens) throws(ForgeGraphError) -> [String] {
    guard tokens.isAt(name: "implements") else { return [] }
    _ = tokens.next()
    var names = [try tokens.name()]
    while tokens.skip("&") { names.append(try tokens.name()) }
    return names
  }

  private static func fields(_ tokens: inout ForgeGraphTokens) throws(ForgeGraphError) -> [String: Field] {
    var fields: [String: Field] = [:]
    try tokens.expect("{")
    while !tokens.skip("}") {
      let name = try tokens.name()
      let arguments = tokens.skip("(") ? try inputs(&tokens, until: ")") : [:]
      try tokens.expect(":")
      fields[name] = Field(type: try tokens.type(), arguments: arguments)
    }
    return fields
  }

  private static func inputs(
    _ tokens: inout ForgeGraphTokens, until end: String
  ) throws(ForgeGraphError) -> [String: Input] {
    var inputs: [String: Input] = [:]
    while !tokens.skip(end) {
      let name = try tokens.name()
      try tokens.expect(":")
      let type = try tokens.type()
      inputs[name] = Input(type: type, fallback: tokens.skip("=") ? try tokens.literal() : nil)
    }
    return inputs
  }
}
