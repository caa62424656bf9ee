/// Where something stands in a GraphQL text, counted from one.
struct ForgeGraphLocation: Sendable, Hashable {
  var line: Int
  var column: Int

  var view: JSONValue { ["line": ForgeJSON.number(line), "column": ForgeJSON.number(column)] }
}

/// A piece of GraphQL text.
struct ForgeGraphToken: Sendable, Hashable {
  /// What the piece is, with its value.
  enum Kind: Sendable, Hashable {
    case name(String)
    case int(Int64)
    case float(Double)
    case string(String)
    /// `{`, `}`, `(`, `)`, `[`, `]`, `:`, `=`, `!`, `$`, `@`, `&`, `|` or `...`
    case mark(String)
    case end
  }

  let kind: Kind
  let location: ForgeGraphLocation
}

/// Splits a GraphQL query, or the schema, into tokens.
struct ForgeGraphLexer {
  private let characters: [Character]
  private var index = 0
  private var location = ForgeGraphLocation(line: 1, column: 1)

  private init(_ text: String) { characters = Array(text) }

  static func tokens(of text: String) throws(ForgeGraphError) -> [ForgeGraphToken] {
    var lexer = Self(text)
    var tokens: [ForgeGraphToken] = []
    while let token = try lexer.next() { tokens.append(token) }
    return tokens + [ForgeGraphToken(kind: .end, location: lexer.location)]
  }

  private mutating func next() throws(ForgeGraphError) -> ForgeGraphToken? {
    skipIgnored()
    guard let first = peek() else { return nil }
    let start = location
    if first == "_" || first.isLetter {
      return ForgeGraphToken(kind: .name(take { $0 == "_" || $0.isLetter || $0.isNumber }), location: start)
    }
    if first == "-" || first.isNumber { return ForgeGraphToken(kind: try number(start), location: start) }
    if first == "\"" { return ForgeGraphToken(kind: .string(try string(start)), location: start) }
    if first == ".", peek(1) == ".", peek(2) == "." {
      for _ in 0..<3 { advance() }
      return ForgeGraphToken(kind: .mark("..."), location: start)
    }
    guard "{}()[]:=!$@&|".contains(first) else {
      throw ForgeGraphError(
        "Parse error on \"\(first)\" (error) at [\(start.line), \(start.column)]", at: start)
    }
    advance()
    return ForgeGraphToken(kind: .mark(String(first)), location: start)
  }

  private func peek(_ offset: Int = 0) -> Character? {
    index + offset < characters.count ? characters[index + offset] : nil
  }

  private mutating func advance() {
    guard let character = peek() else { return }
    index += 1
    if character.isNewline {
      location = ForgeGraphLocation(line: location.line + 1, column: 1)
    } else {
      location.column += 1
    }
  }

  private mutating func take(while fits: (Character) -> Bool) -> String {
    var text = ""
    while let character = peek(), fits(character) {
      text.append(character)
      advance()
    }
    return text
  }

  private mutating func skipIgnored() {
    while let character = peek() {
      if character == "#" {
        _ = take { !$0.isNewline }
      } else if character.isWhitespace || character == "," || character == "\u{FEFF}" {
        advance()
      } else {
        return
      }
    }
  }

  private mutating func number(_ start: ForgeGraphLocation) throws(ForgeGraphError) -> ForgeGraphToken.Kind {
    let text = take { $0.isNumber || "+-.eE".contains($0) }
    if let int = Int64(text) { return .int(int) }
    if let float = Double(text) { return .float(float) }
    throw ForgeGraphError("Parse error on \"\(text)\" (number)", at: start)
  }

  private mutating func string(_ start: ForgeGraphLocation) throws(ForgeGraphError) -> String {
    if peek(1) == "\"", peek(2) == "\"" { return try blockString(start) }
    advance()
    var text = ""
    while let character = peek(), character != "\"", !character.isNewline {
      advance()
      if character == "\\" {
        text.append(try escape(start))
      } else {
        text.append(character)
      }
    }
    guard peek() == "\"" else { throw ForgeGraphError("Parse error on bad string", at: start) }
    advance()
    return text
  }

  private mutating func escape(_ start: ForgeGraphLocation) throws(ForgeGraphError) -> Character {
    let escaped = peek()
    advance()
    switch escaped {
    case "n": return "\n"
    case "t": return "\t"
    case "r": return "\r"
    case "b": return "\u{8}"
    case "f": return "\u{c}"
    case "\"", "\\", "/": return escaped ?? "\\"
    case "u":
      let digits = String(characters[min(index, characters.count)..<min(index + 4, characters.count)])
      guard let code = UInt32(digits, radix: 16), let scalar = Unicode.Scalar(code) else { break }
      for _ in 0..<4 { advance() }
      return Character(scalar)
    default: break
    }
    throw ForgeGraphError("Parse error on bad escape in string", at: start)
  }

  private mutating func blockString(_ start: ForgeGraphLocation) throws(ForgeGraphError) -> String {
    for _ in 0..<3 { advance() }
    var text = ""
    while let character = peek() {
      if character == "\"", peek(1) == "\"", peek(2) == "\"" {
        for _ in 0..<3 { advance() }
        return text
      }
      text.append(character)
      advance()
    }
    throw ForgeGraphError("Parse error on unterminated block string", at: start)
  }
}
