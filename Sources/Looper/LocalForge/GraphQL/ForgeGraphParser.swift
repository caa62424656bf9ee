/// Reads tokens one after the other; what queries and the schema have in common.
struct ForgeGraphTokens {
  private let tokens: [ForgeGraphToken]
  private var index = 0

  init(_ text: String) throws(ForgeGraphError) { tokens = try ForgeGraphLexer.tokens(of: text) }

  var location: ForgeGraphLocation { tokens[index].location }
  var isAtEnd: Bool { tokens[index].kind == .end }

  func isAt(_ mark: String) -> Bool { tokens[index].kind == .mark(mark) }
  func isAt(name: String) -> Bool { tokens[index].kind == .name(name) }

  mutating func next() -> ForgeGraphToken {
    let token = tokens[index]
    if index + 1 < tokens.count { index += 1 }
    return token
  }

  mutating func skip(_ mark: String) -> Bool {
    guard isAt(mark) else { return false }
    _ = next()
    return true
  }

  mutating func expect(_ mark: String) throws(ForgeGraphError) {
    guard skip(mark) else { throw unexpected(expecting: mark) }
  }

  mutating func name() throws(ForgeGraphError) -> String {
    guard case .name(let name) = tokens[index].kind else { throw unexpected(expecting: "a name") }
    _ = next()
    return name
  }

  mutating func type() throws(ForgeGraphError) -> ForgeGraphType {
    var type: ForgeGraphType
    if skip("[") {
      type = .list(try self.type())
      try expect("]")
    } else {
      type = .named(try name())
    }
    if skip("!") { type = .nonNull(type) }
    return type
  }

  mutating func literal() throws(ForgeGraphError) -> ForgeGraphLiteral {
    if skip("$") { return .variable(try name()) }
    if skip("[") {
      var elements: [ForgeGraphLiteral] = []
      while !skip("]") { elements.append(try literal()) }
      return .list(elements)
    }
    if skip("{") {
      var members: [String: ForgeGraphLiteral] = [:]
      while !skip("}") {
        let key = try name()
        try expect(":")
        members[key] = try literal()
      }
      return .object(members)
    }
    switch tokens[index].kind {
    case .int(let value): return consumed(.value(.integer(value)))
    case .float(let value): return consumed(.value(.double(value)))
    case .string(let value): return consumed(.value(.string(value)))
    case .name("true"): return consumed(.value(true))
    case .name("false"): return consumed(.value(false))
    case .name("null"): return consumed(.value(.null))
    case .name(let word): return consumed(.enumeration(word))
    case .mark, .end: throw unexpected(expecting: "a value")
    }
  }

  private mutating func consumed(_ literal: ForgeGraphLiteral) -> ForgeGraphLiteral {
    _ = next()
    return literal
  }

  func unexpected(expecting wanted: String) -> ForgeGraphError {
    let found =
      switch tokens[index].kind {
      case .name(let text), .mark(let text), .string(let text): "\"\(text)\""
      case .int(let value): "\"\(value)\""
      case .float(let value): "\"\(value)\""
      case .end: "end of document"
      }
    let place = "[\(location.line), \(location.column)]"
    return ForgeGraphError("Parse error on \(found) at \(place), expecting \(wanted)", at: location)
  }
}

/// Reads a query text.
struct ForgeGraphParser {
  /// How deep selections may nest, so that a hostile text cannot exhaust the stack.
  static let depthMax = 64

  private var tokens: ForgeGraphTokens

  static func parse(_ text: String) throws(ForgeGraphError) -> ForgeGraphDocument {
    var parser = Self(tokens: try ForgeGraphTokens(text))
    var document = ForgeGraphDocument()
    while !parser.tokens.isAtEnd {
      if parser.tokens.isAt(name: "fragment") {
        let fragment = try parser.fragment()
        document.fragments[fragment.name] = fragment
      } else {
        document.operations.append(try parser.operation())
      }
    }
    if document.operations.isEmpty {
      throw ForgeGraphError("A query attribute must be specified and must be a string.")
    }
    return document
  }

  private mutating func fragment() throws(ForgeGraphError) -> ForgeGraphFragment {
    let location = tokens.location
    _ = try tokens.name()
    let name = try tokens.name()
    guard try tokens.name() == "on" else { throw tokens.unexpected(expecting: "on") }
    let type = try tokens.name()
    return ForgeGraphFragment(
      name: name, type: type, selections: try selections(depth: 0), location: location)
  }

  private mutating func operation() throws(ForgeGraphError) -> ForgeGraphOperation {
    let location = tokens.location
    if tokens.isAt("{") {
      return ForgeGraphOperation(
        kind: .query, name: nil, variables: [], selections: try selections(depth: 0), location: location)
    }
    let word = try tokens.name()
    guard let kind = ForgeGraphOperation.Kind(rawValue: word) else {
      throw ForgeGraphError("Parse error on \"\(word)\" (IDENTIFIER)", at: location)
    }
    let name = tokens.isAt("{") || tokens.isAt("(") ? nil : try tokens.name()
    var variables: [ForgeGraphVariable] = []
    if tokens.skip("(") {
      while !tokens.skip(")") { variables.append(try variable()) }
    }
    _ = try directives()
    return ForgeGraphOperation(
      kind: kind, name: name, variables: variables, selections: try selections(depth: 0), location: location)
  }

  private mutating func variable() throws(ForgeGraphError) -> ForgeGraphVariable {
    let location = tokens.location
    try tokens.expect("$")
    let name = try tokens.name()
    try tokens.expect(":")
    let type = try tokens.type()
    let fallback = tokens.skip("=") ? try tokens.literal() : nil
    return ForgeGraphVariable(name: name, type: type, fallback: fallback, location: location)
  }

  private mutating func selections(depth: Int) throws(ForgeGraphError) -> [ForgeGraphSelection] {
    guard depth < Self.depthMax else {
      throw ForgeGraphError("Query has depth greater than \(Self.depthMax)", at: tokens.location)
    }
    try tokens.expect("{")
    var selections: [ForgeGraphSelection] = []
    while !tokens.skip("}") { selections.append(try selection(depth: depth)) }
    guard !selections.isEmpty else { throw tokens.unexpected(expecting: "a selection") }
    return selections
  }

  private mutating func selection(depth: Int) throws(ForgeGraphError) -> ForgeGraphSelection {
    let location = tokens.location
    if tokens.skip("...") {
      if tokens.isAt("{") || tokens.isAt("@") || tokens.isAt(name: "on") {
        var type: String?
        if tokens.isAt(name: "on") {
          _ = tokens.next()
          type = try tokens.name()
        }
        let directives = try directives()
        return .inline(
          on: type, directives: directives, selections: try selections(depth: depth + 1), at: location)
      }
      let name = try tokens.name()
      return .spread(name, directives: try directives(), at: location)
    }
    let first = try tokens.name()
    let second = tokens.skip(":") ? try tokens.name() : nil
    let arguments = try arguments()
    let directives = try directives()
    let nested = tokens.isAt("{") ? try selections(depth: depth + 1) : []
    return .field(
      ForgeGraphField(
        alias: second == nil ? nil : first, name: second ?? first, arguments: arguments,
        directives: directives,
        selections: nested, location: location))
  }

  private mutating func arguments() throws(ForgeGraphError) -> [String: ForgeGraphLiteral] {
    var arguments: [String: ForgeGraphLiteral] = [:]
    guard tokens.skip("(") else { return arguments }
    while !tokens.skip(")") {
      let name = try tokens.name()
      try tokens.expect(":")
      arguments[name] = try tokens.literal()
    }
    return arguments
  }

  private mutating func directives() throws(ForgeGraphError) -> [ForgeGraphDirective] {
    var directives: [ForgeGraphDirective] = []
    while tokens.isAt("@") {
      let location = tokens.location
      try tokens.expect("@")
      let name = try tokens.name()
      directives.append(ForgeGraphDirective(name: name, arguments: try arguments(), location: location))
    }
    return directives
  }
}
