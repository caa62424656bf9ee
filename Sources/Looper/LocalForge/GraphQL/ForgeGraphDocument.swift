/// What a GraphQL answer says in `errors`.
struct ForgeGraphError: Error, Sendable, Hashable {
  var message: String
  /// GitHub's own kind, such as `NOT_FOUND`; nil for a query that is wrong in itself.
  var type: String?
  var path: [JSONValue] = []
  var locations: [ForgeGraphLocation] = []
  /// The rule that was broken, such as `undefinedField`.
  var code: String?

  init(_ message: String, type: String? = nil, code: String? = nil, at location: ForgeGraphLocation? = nil) {
    self.message = message
    self.type = type
    self.code = code
    locations = location.map { [$0] } ?? []
  }

  var view: JSONValue {
    var members: [String: JSONValue] = ["message": .string(message)]
    if let type { members["type"] = .string(type) }
    if !path.isEmpty { members["path"] = .array(path) }
    if !locations.isEmpty { members["locations"] = .array(locations.map(\.view)) }
    if let code { members["extensions"] = ["code": .string(code)] }
    return .object(members)
  }
}

/// A type as arguments, fields and variables name it.
indirect enum ForgeGraphType: Sendable, Hashable, CustomStringConvertible {
  case named(String)
  case list(ForgeGraphType)
  case nonNull(ForgeGraphType)

  /// The type under all lists and exclamation marks.
  var base: String {
    switch self {
    case .named(let name): name
    case .list(let type), .nonNull(let type): type.base
    }
  }

  var isNonNull: Bool {
    if case .nonNull = self { return true }
    return false
  }

  var description: String {
    switch self {
    case .named(let name): name
    case .list(let type): "[\(type)]"
    case .nonNull(let type): "\(type)!"
    }
  }
}

/// A value as it is written in a query.
indirect enum ForgeGraphLiteral: Sendable, Hashable {
  case variable(String)
  case value(JSONValue)
  case enumeration(String)
  case list([ForgeGraphLiteral])
  case object([String: ForgeGraphLiteral])
}

/// `@include` or `@skip`.
struct ForgeGraphDirective: Sendable, Hashable {
  let name: String
  let arguments: [String: ForgeGraphLiteral]
  let location: ForgeGraphLocation
}

/// A field that a query asks for.
struct ForgeGraphField: Sendable, Hashable {
  let alias: String?
  let name: String
  let arguments: [String: ForgeGraphLiteral]
  let directives: [ForgeGraphDirective]
  let selections: [ForgeGraphSelection]
  let location: ForgeGraphLocation

  var key: String { alias ?? name }
}

/// One line of a selection set.
indirect enum ForgeGraphSelection: Sendable, Hashable {
  case field(ForgeGraphField)
  case spread(String, directives: [ForgeGraphDirective], at: ForgeGraphLocation)
  case inline(
    on: String?, directives: [ForgeGraphDirective], selections: [ForgeGraphSelection], at: ForgeGraphLocation)
}

/// A variable that an operation declares.
struct ForgeGraphVariable: Sendable, Hashable {
  let name: String
  let type: ForgeGraphType
  let fallback: ForgeGraphLiteral?
  let location: ForgeGraphLocation
}

/// A query or a mutation.
struct ForgeGraphOperation: Sendable, Hashable {
  /// The three keywords; the schema has no subscriptions.
  enum Kind: String, Sendable { case query, mutation, subscription }

  let kind: Kind
  let name: String?
  let variables: [ForgeGraphVariable]
  let selections: [ForgeGraphSelection]
  let location: ForgeGraphLocation

  /// Name and first fields, for the request log: `Sweep repository`.
  var summary: String {
    let fields = selections.prefix(3).compactMap { selection -> String? in
      if case .field(let field) = selection { return field.name }
      return nil
    }
    return ([name ?? kind.rawValue] + fields).joined(separator: " ")
  }
}

/// A named selection set.
struct ForgeGraphFragment: Sendable, Hashable {
  let name: String
  let type: String
  let selections: [ForgeGraphSelection]
  let location: ForgeGraphLocation
}

/// A whole query text.
struct ForgeGraphDocument: Sendable, Hashable {
  var operations: [ForgeGraphOperation] = []
  var fragments: [String: ForgeGraphFragment] = [:]

  /// The operation that is meant: the only one, or the named one.
  func operation(named name: String?) throws(ForgeGraphError) -> ForgeGraphOperation {
    guard let name else {
      guard operations.count == 1, let only = operations.first else {
        throw ForgeGraphError("An operation name is required")
      }
      return only
    }
    guard let found = operations.first(where: { $0.name == name }) else {
      throw ForgeGraphError("No operation named \"\(name)\"")
    }
    return found
  }
}
