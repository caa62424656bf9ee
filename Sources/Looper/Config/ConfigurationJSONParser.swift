/// A strict JSON reader that knows the line of every value.
///
/// Foundation's reader gives no lines and keeps only one of two equal keys; here two equal keys are an error.
struct ConfigurationJSONParser {
  /// Deeper documents are refused; ours needs five levels.
  static let depthMax = 64

  private let bytes: [UInt8]
  private var position = 0
  private var line = 1

  private init(_ text: String) { bytes = Array(text.utf8) }

  static func parse(_ text: String) -> Result<ConfigurationNode, ConfigurationSyntaxError> {
    var parser = Self(text)
    do throws(ConfigurationSyntaxError) {
      let node = try parser.value(depth: 0)
      parser.skipSpace()
      guard parser.position == parser.bytes.count else {
        throw parser.failure("unexpected text after the end")
      }
      return .success(node)
    } catch {
      return .failure(error)
    }
  }

  private func failure(_ message: String) -> ConfigurationSyntaxError {
    ConfigurationSyntaxError(line: line, message: message)
  }

  private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skipSpace() {
    while let byte = current, [0x20, 0x09, 0x0A, 0x0D].contains(byte) {
      if byte == 0x0A { line += 1 }
      position += 1
    }
  }

  /// Whether `byte` comes next, ignoring space; consumes it then.
  private mutating func take(_ byte: Unicode.Scalar) -> Bool {
    skipSpace()
    guard current == UInt8(ascii: byte) else { return false }
    position += 1
    return true
  }

  private mutating func value(depth: Int) throws(ConfigurationSyntaxError) -> ConfigurationNode {
    skipSpace()
    guard depth < Self.depthMax else { throw failure("nested too deeply") }
    guard let byte = current else { throw failure("unexpected end") }
    let start = line
    switch byte {
    case UInt8(ascii: "{"): return ConfigurationNode(content: .table(try members(depth: depth)), line: start)
    case UInt8(ascii: "["): return ConfigurationNode(content: .array(try elements(depth: depth)), line: start)
    case UInt8(ascii: "\""):
      return ConfigurationNode(content: .scalar(.string(try string())), line: start)
    default: return ConfigurationNode(content: .scalar(try word()), line: start)
    }
  }

  private mutating func members(depth: Int) throws(ConfigurationSyntaxError) -> [ConfigurationNode.Member] {
    position += 1
    var members: [ConfigurationNode.Member] = []
    var seen: Set<String> = []
    if take("}") { return members }
    repeat {
      skipSpace()
      guard current == UInt8(ascii: "\"") else { throw failure("expected a key in double quotes") }
      let start = line
      let key = try string()
      guard seen.insert(key).inserted else { throw failure("key \(key) is there twice") }
      guard take(":") else { throw failure("expected a colon after key \(key)") }
      var node = try value(depth: depth + 1)
      node.line = start
      members.append(.init(key: key, node: node))
    } while take(",")
    guard take("}") else { throw failure("expected a comma or }") }
    return members
  }

  private mutating func elements(depth: Int) throws(ConfigurationSyntaxError) -> [ConfigurationNode] {
    position += 1
    var elements: [ConfigurationNode] = []
    if take("]") { return elements }
    repeat { elements.append(try value(depth: depth + 1)) } while take(",")
    guard take("]") else { throw failure("expected a comma or ]") }
    return elements
  }

  /// `true`, `false`, `null` or a number.
  private mutating func word() throws(ConfigurationSyntaxError) -> JSONValue {
    let start = position
    while let byte = current, ![0x20, 0x09, 0x0A, 0x0D, 0x2C, 0x5D, 0x7D].contains(byte) { position += 1 }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    switch text {
    case "true": return .bool(true)
    case "false": return .bool(false)
    case "null": return .null
    default:
      guard let number = ConfigurationNumber.json(text) else {
        throw failure("expected a value, found \(JSONValue.string(text).configurationExcerpt)")
      }
      return number
    }
  }

  private mutating func string() throws(ConfigurationSyntaxError) -> String {
    position += 1
    var content: [UInt8] = []
    while let byte = current {
      position += 1
      switch byte {
      case UInt8(ascii: "\""): return String(decoding: content, as: UTF8.self)
      case UInt8(ascii: "\\"): content.append(contentsOf: Array(String(try escape()).utf8))
      case 0..<0x20: throw failure("a string must end on its line")
      default: content.append(byte)
      }
    }
    throw failure("a string is not finished")
  }

  private mutating func escape() throws(ConfigurationSyntaxError) -> Unicode.Scalar {
    guard let byte = current else { throw failure("a string is not finished") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): return try unicodeEscape()
    default: throw failure("unknown escape in a string")
    }
  }

  private mutating func unicodeEscape() throws(ConfigurationSyntaxError) -> Unicode.Scalar {
    let first = try codeUnit()
    var code = UInt32(first)
    if UTF16.isLeadSurrogate(first), bytes[position...].starts(with: Array("\\u".utf8)) {
      position += 2
      let second = try codeUnit()
      guard UTF16.isTrailSurrogate(second) else { throw failure("half a character in a string") }
      code = 0x10000 + (UInt32(first) - 0xD800) << 10 + (UInt32(second) - 0xDC00)
    }
    guard let scalar = Unicode.Scalar(code) else { throw failure("half a character in a string") }
    return scalar
  }

  private mutating func codeUnit() throws(ConfigurationSyntaxError) -> UInt16 {
    let digits = bytes[position...].prefix(4)
    guard digits.count == 4, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
      let unit = UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
    else { throw failure("\\u needs four hexadecimal digits") }
    position += 4
    return unit
  }
}
