/// The line of every key of a TOML document; of an invalid one, up to where it breaks.
///
/// The parser reports lines only for errors. This reads no values: it follows headers and keys, and skips what is
/// between a `=` and the end of its value. Keys inside inline tables have the line of the key that holds them.
struct ConfigurationTOMLLines {
  private var lines: [[String]: Int] = [:]
  /// How many `[[…]]` headers each path has had.
  private var counts: [[String]: Int] = [:]
  /// The first thing that the parser inside TOMLKit 0.6.0 does not refuse but ends the process over, by an
  /// assertion: a header that begins with no key, a `}` or a wide space where an array wants a value, half a time.
  private(set) var fatal: ConfigurationSyntaxError?
  /// The keys that have a line of their own, with where they stand in the bytes.
  private(set) var entries: [[String]: Entry] = [:]
  /// In the order of the text.
  private(set) var headers: [Header] = []
  private let bytes: [UInt8]
  private var position = 0
  private var line = 1

  /// A key and its value, in bytes of the text.
  struct Entry: Equatable {
    /// Where the key begins.
    var start: Int
    /// The value alone, without what follows it on its line.
    var value: Range<Int>
  }

  /// A `[…]` or `[[…]]` line, in bytes of the text.
  struct Header: Equatable {
    var path: [String]
    var start: Int
    /// Where the line after it begins.
    var bodyStart: Int
  }

  init(_ text: String) {
    bytes = Array(text.utf8)
    scan()
  }

  subscript(path: [String]) -> Int? { lines[path] }

  /// How an element of an array is named in a path; no key can be so named by accident that it matters.
  static func part(index: Int) -> String { "[\(index)]" }

  private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func advance() {
    if current == UInt8(ascii: "\n") { line += 1 }
    position += 1
  }

  private mutating func scan() {
    var prefix: [String] = []
    while let byte = current {
      switch byte {
      case UInt8(ascii: "#"): skipLine()
      case UInt8(ascii: "["):
        let start = position
        prefix = header()
        headers.append(Header(path: prefix, start: start, bodyStart: min(position + 1, bytes.count)))
      case 0x20, 0x09, 0x0A, 0x0D: advance()
      default:
        let start = position
        let path = prefix + dottedKey()
        record(path, at: line)
        entries[path] = Entry(start: start, value: skipValue())
      }
    }
  }

  private mutating func refuse(_ message: String) {
    fatal = fatal ?? ConfigurationSyntaxError(line: line, message: message)
  }

  private static func beginsKey(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "\""),
      UInt8(ascii: "'"):
      true
    default: false
    }
  }

  private mutating func skipLine() {
    while let byte = current, byte != UInt8(ascii: "\n") { position += 1 }
  }

  /// Reads `[a.b]` or `[[a.b]]`, and answers the path that the following keys live below.
  private mutating func header() -> [String] {
    advance()
    let isArray = current == UInt8(ascii: "[")
    if isArray { advance() }
    while current == 0x20 || current == 0x09 { advance() }
    if let byte = current, !Self.beginsKey(byte), byte != UInt8(ascii: "]") {
      refuse("a table's header must begin with a key")
    }
    let parts = dottedKey()
    skipLine()
    var path: [String] = []
    for (offset, part) in parts.enumerated() {
      path.append(part)
      let isLast = offset == parts.count - 1
      if isLast, isArray {
        lines[path] = lines[path] ?? line
        counts[path, default: 0] += 1
      }
      if let count = counts[path] { path.append(Self.part(index: count - 1)) }
    }
    record(path, at: line)
    return path
  }

  /// Also names the tables on the way, unless they were met before.
  private mutating func record(_ path: [String], at line: Int) {
    for length in stride(from: 1, through: path.count, by: 1) {
      let part = Array(path.prefix(length))
      lines[part] = lines[part] ?? line
    }
  }

  /// Reads a dotted key up to what ends it: `=` or `]`.
  private mutating func dottedKey() -> [String] {
    var parts: [String] = []
    while let byte = current, byte != UInt8(ascii: "="), byte != UInt8(ascii: "]"), byte != UInt8(ascii: "\n")
    {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "'"): parts.append(quotedKey(byte))
      case 0x20, 0x09, 0x0D, UInt8(ascii: "."): advance()
      default: parts.append(bareKey())
      }
    }
    return parts
  }

  private mutating func bareKey() -> String {
    let start = position
    while let byte = current, ![0x20, 0x09, 0x0A, 0x0D, 0x2E, 0x3D, 0x5D].contains(byte) { position += 1 }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  private mutating func quotedKey(_ quote: UInt8) -> String {
    let start = position
    skipString(quote)
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    return quote == UInt8(ascii: "\"")
      ? ConfigurationText.unquoted(text) : String(text.dropFirst().dropLast())
  }

  /// Leaves the position at the line's end after a value, which may itself span lines.
  ///
  /// - Returns: the bytes of the value.
  private mutating func skipValue() -> Range<Int> {
    var open: [UInt8] = []
    var expectsValue = true
    if current == UInt8(ascii: "=") { advance() }
    while current == 0x20 || current == 0x09 { advance() }
    let start = position
    var end = position
    while let byte = current {
      switch byte {
      case UInt8(ascii: "\n") where open.isEmpty: return start..<end
      case 0x20, 0x09, 0x0A, 0x0D:
        advance()
        continue
      case UInt8(ascii: "#"):
        skipLine()
        continue
      case UInt8(ascii: "\""), UInt8(ascii: "'"):
        skipString(byte)
        expectsValue = false
      case UInt8(ascii: "["), UInt8(ascii: "{"):
        open.append(byte)
        expectsValue = byte == UInt8(ascii: "[")
        advance()
      case UInt8(ascii: "]"), UInt8(ascii: "}"):
        if byte == UInt8(ascii: "}"), open.last == UInt8(ascii: "[") {
          refuse("expected a value or ], found }")
        }
        _ = open.popLast()
        expectsValue = false
        advance()
      case UInt8(ascii: ","), UInt8(ascii: "="):
        expectsValue = byte == UInt8(ascii: "=") || open.last == UInt8(ascii: "[")
        advance()
      default:
        skipWord(isValue: expectsValue)
        expectsValue = false
      }
      end = position
    }
    return start..<end
  }

  /// Skips what is neither quoted nor punctuation. As a value it must look like a number, `true` or `false`: dates have
  /// no use here, and they are what the parser is weakest at.
  private mutating func skipWord(isValue: Bool) {
    let start = position
    while let byte = current, ![0x20, 0x09, 0x0A, 0x0D, 0x22, 0x23, 0x27, 0x2C, 0x3D].contains(byte),
      ![UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "{"), UInt8(ascii: "}")].contains(byte)
    {
      advance()
    }
    let word = bytes[start..<position]
    if word.contains(where: { $0 >= 0x80 }) {
      return refuse("only quoted text may hold other than ASCII characters")
    }
    guard isValue else { return }
    var previous = UInt8(ascii: "e")
    for byte in word {
      let isSign = byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+")
      let isExponent = previous == UInt8(ascii: "e") || previous == UInt8(ascii: "E")
      if byte == UInt8(ascii: ":") || (isSign && !isExponent) {
        return refuse("expected a value; dates and times must be quoted")
      }
      previous = byte
    }
  }

  private mutating func skipString(_ quote: UInt8) {
    let isLong = bytes[position...].starts(with: [quote, quote, quote])
    let end = isLong ? [quote, quote, quote] : [quote]
    position += end.count
    while let byte = current, !bytes[position...].starts(with: end) {
      let isEscape = byte == UInt8(ascii: "\\") && quote == UInt8(ascii: "\"")
      advance()
      if isEscape { advance() }
    }
    position += end.count
    // Up to two quotes may stand right before the three that end a long string.
    while isLong, current == quote { position += 1 }
    position = min(position, bytes.count)
  }
}
