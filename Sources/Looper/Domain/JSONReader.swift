import Foundation

/// Reads a JSON text (RFC 8259, UTF-8) in one pass.
///
/// Foundation's decoder has to guess of what kind a value is, and each wrong guess is an error that is thrown: nine tenths
/// of the time that a line of an agent took, an eighth of what a simulation of GitHub's answers took.
struct JSONReader {
  /// Deeper documents are refused: every level is one of the stack.
  static let depthMax = 200

  /// Why a text is none of JSON; who reads lines that may be anything does not care where.
  private struct Refusal: Error {}

  private let bytes: UnsafeRawBufferPointer
  private var position = 0

  private init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  /// The value; nil when the text is no JSON. Of equal keys the last one counts.
  static func value(_ text: Data) -> JSONValue? {
    text.withUnsafeBytes { bytes in
      var reader = Self(bytes)
      return try? reader.document()
    }
  }

  private mutating func document() throws(Refusal) -> JSONValue {
    let value = try value(depth: 0)
    skipSpace()
    guard position == bytes.count else { throw Refusal() }
    return value
  }

  private mutating func value(depth: Int) throws(Refusal) -> JSONValue {
    skipSpace()
    guard depth < Self.depthMax, position < bytes.count else { throw Refusal() }
    switch bytes[position] {
    case UInt8(ascii: "{"): return .object(try members(depth: depth))
    case UInt8(ascii: "["): return .array(try elements(depth: depth))
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return try number()
    }
  }

  private mutating func members(depth: Int) throws(Refusal) -> [String: JSONValue] {
    position += 1
    var members: [String: JSONValue] = [:]
    if take("}") { return members }
    repeat {
      skipSpace()
      let key = try string()
      guard take(":") else { throw Refusal() }
      members[key] = try value(depth: depth + 1)
    } while take(",")
    guard take("}") else { throw Refusal() }
    return members
  }

  private mutating func elements(depth: Int) throws(Refusal) -> [JSONValue] {
    position += 1
    var elements: [JSONValue] = []
    if take("]") { return elements }
    repeat { elements.append(try value(depth: depth + 1)) } while take(",")
    guard take("]") else { throw Refusal() }
    return elements
  }

  private mutating func word(_ word: StaticString, _ value: JSONValue) throws(Refusal) -> JSONValue {
    let end = position + word.utf8CodeUnitCount
    guard end <= bytes.count, bytes[position..<end].elementsEqual(Data(word.description.utf8)) else {
      throw Refusal()
    }
    position = end
    return value
  }

  private mutating func skipSpace() {
    while position < bytes.count {
      switch bytes[position] {
      case 0x20, 0x09, 0x0A, 0x0D: position += 1
      default: return
      }
    }
  }

  /// Whether the character comes next, after any space; it is passed then.
  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }
}

/// Numbers.
extension JSONReader {
  private mutating func number() throws(Refusal) -> JSONValue {
    let start = position
    if byte == UInt8(ascii: "-") { position += 1 }
    let first = position
    let whole = try digits()
    // No number but zero begins with one.
    guard whole == 1 || bytes[first] != UInt8(ascii: "0") else { throw Refusal() }
    var isInteger = true
    if byte == UInt8(ascii: ".") {
      isInteger = false
      position += 1
      _ = try digits()
    }
    if byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E") {
      isInteger = false
      position += 1
      if byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+") { position += 1 }
      _ = try digits()
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if isInteger, let value = Int64(text) { return .integer(value) }
    guard let value = Double(text), value.isFinite else { throw Refusal() }
    return Int64(exactly: value).map { .integer($0) } ?? .double(value)
  }

  private var byte: UInt8? { position < bytes.count ? bytes[position] : nil }

  /// Passes digits.
  /// - Returns: how many, at least one.
  private mutating func digits() throws(Refusal) -> Int {
    let start = position
    while let byte, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
    guard position > start else { throw Refusal() }
    return position - start
  }
}

/// Texts.
extension JSONReader {
  private mutating func string() throws(Refusal) -> String {
    guard byte == UInt8(ascii: "\"") else { throw Refusal() }
    position += 1
    let start = position
    // Most texts have nothing escaped and are taken as they are.
    while let byte, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { position += 1 }
    guard byte == UInt8(ascii: "\\") else { return try text(bytes[start..<position]) }
    var unescaped = Array(bytes[start..<position])
    while let byte, byte >= 0x20 {
      if byte == UInt8(ascii: "\"") { return try text(unescaped) }
      position += 1
      if byte == UInt8(ascii: "\\") {
        try appendEscaped(to: &unescaped)
      } else {
        unescaped.append(byte)
      }
    }
    throw Refusal()
  }

  /// The end of a text, of which the closing quote comes next.
  private mutating func text(_ content: some Collection<UInt8>) throws(Refusal) -> String {
    guard byte == UInt8(ascii: "\""), let text = String(validating: content, as: UTF8.self) else {
      throw Refusal()
    }
    position += 1
    return text
  }

  private mutating func appendEscaped(to text: inout [UInt8]) throws(Refusal) {
    guard let byte else { throw Refusal() }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "u"): text.append(contentsOf: Array(String(try scalar()).utf8))
    default: throw Refusal()
    }
  }

  /// One scalar out of one or two escapes (`\uD83D\uDE00`), the first of which has begun. Half of one, which programs
  /// print that cut texts anywhere, is told by the replacement character.
  private mutating func scalar() throws(Refusal) -> Unicode.Scalar {
    let first = try unit()
    guard UTF16.isLeadSurrogate(first), position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
      bytes[position + 1] == UInt8(ascii: "u")
    else { return Unicode.Scalar(first) ?? "\u{FFFD}" }
    let after = position
    position += 2
    let second = try unit()
    guard UTF16.isTrailSurrogate(second) else {
      position = after
      return "\u{FFFD}"
    }
    return Unicode.Scalar(0x10000 + (UInt32(first) & 0x3FF) << 10 + UInt32(second) & 0x3FF) ?? "\u{FFFD}"
  }

  private mutating func unit() throws(Refusal) -> UInt16 {
    guard position + 4 <= bytes.count else { throw Refusal() }
    let text = String(decoding: bytes[position..<(position + 4)], as: UTF8.self)
    guard text.allSatisfy(\.isHexDigit), let unit = UInt16(text, radix: 16) else { throw Refusal() }
    position += 4
    return unit
  }
}
