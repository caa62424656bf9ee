/// One word or one punctuation mark of a Swift file; a string literal is the single token `""`.
struct TidyToken: Sendable, Equatable {
  let text: String
  /// Counted from 1.
  let line: Int
  /// Whether nothing stands between this token and the one before it.
  let touchesPrevious: Bool

  var isWord: Bool {
    guard let first = text.utf8.first else { return false }
    return TidyLexer.isWordByte(first)
  }
}

/// Cuts Swift text into tokens, leaving out comments and what strings and regular expressions hold.
///
/// Code inside `\( )` is code. It knows just enough of the language for the house rules.
struct TidyLexer {
  private let bytes: [UInt8]
  private var index = 0
  private var line = 1
  private var previousEnd = -1
  private(set) var tokens: [TidyToken] = []
  /// The lines that hold a `///` comment.
  private(set) var documentedLines: Set<Int> = []

  init(_ text: String) {
    bytes = Array(text.utf8)
    readCode(untilParenthesis: false)
  }

  static func isWordByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "$"), UInt8(ascii: "@"): true
    case UInt8(ascii: "`"), 0x80...: true
    default: false
    }
  }

  /// Reads to the end of the text, or past the parenthesis that ends an interpolation.
  private mutating func readCode(untilParenthesis: Bool) {
    var depth = 0
    while index < bytes.count {
      switch byte(0) {
      case UInt8(ascii: "\n"): skipNewline()
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): index += 1
      case UInt8(ascii: "/") where byte(1) == UInt8(ascii: "/"): readLineComment()
      case UInt8(ascii: "/") where byte(1) == UInt8(ascii: "*"): readBlockComment()
      case UInt8(ascii: "/") where regexEnd() != nil: index = regexEnd() ?? bytes.count
      case UInt8(ascii: "\""): readString(hashes: 0)
      case UInt8(ascii: "#") where byte(hashCount()) == UInt8(ascii: "\""): readString(hashes: hashCount())
      case UInt8(ascii: "#") where byte(hashCount()) == UInt8(ascii: "/"):
        skipExtendedRegex(hashes: hashCount())
      case UInt8(ascii: ")"):
        if untilParenthesis, depth == 0 {
          index += 1
          return
        }
        depth -= 1
        emit(length: 1)
      case UInt8(ascii: "("):
        depth += 1
        emit(length: 1)
      case let first? where Self.isWordByte(first):
        var length = 1
        while let next = byte(length), Self.isWordByte(next) { length += 1 }
        emit(length: length)
      default: emit(length: 1)
      }
    }
  }

  private func byte(_ offset: Int) -> UInt8? {
    index + offset < bytes.count ? bytes[index + offset] : nil
  }

  private func hashCount() -> Int {
    var count = 0
    while byte(count) == UInt8(ascii: "#") { count += 1 }
    return count
  }

  private mutating func emit(length: Int) {
    let text = String(decoding: bytes[index..<index + length], as: UTF8.self)
    tokens.append(TidyToken(text: text, line: line, touchesPrevious: previousEnd == index))
    index += length
    previousEnd = index
  }

  private mutating func skipNewline() {
    line += 1
    index += 1
  }

  private mutating func readLineComment() {
    if byte(2) == UInt8(ascii: "/") { documentedLines.insert(line) }
    while index < bytes.count, byte(0) != UInt8(ascii: "\n") { index += 1 }
  }

  private mutating func readBlockComment() {
    var depth = 0
    repeat {
      if byte(0) == UInt8(ascii: "/"), byte(1) == UInt8(ascii: "*") {
        depth += 1
        index += 2
      } else if byte(0) == UInt8(ascii: "*"), byte(1) == UInt8(ascii: "/") {
        depth -= 1
        index += 2
      } else if byte(0) == UInt8(ascii: "\n") {
        skipNewline()
      } else {
        index += 1
      }
    } while depth > 0 && index < bytes.count
  }

  /// The end of the regular expression literal that begins here, when one does.
  ///
  /// A slash begins one where a value is expected and another slash follows on the same line.
  private func regexEnd() -> Int? {
    let openers: Set<String> = ["(", "[", "{", ",", "=", ":", "return", "in", ""]
    guard openers.contains(tokens.last?.text ?? ""), byte(1) != UInt8(ascii: " ") else { return nil }
    var offset = 1
    while let next = byte(offset), next != UInt8(ascii: "\n") {
      if next == UInt8(ascii: "/") { return index + offset + 1 }
      offset += next == UInt8(ascii: "\\") ? 2 : 1
    }
    return nil
  }

  private mutating func skipExtendedRegex(hashes: Int) {
    index += hashes + 1
    while index < bytes.count {
      if byte(0) == UInt8(ascii: "\n") { line += 1 }
      index += 1
      if bytes[index - 1] == UInt8(ascii: "/"), isRun(of: UInt8(ascii: "#"), count: hashes, at: 0) { break }
    }
    index = min(index + hashes, bytes.count)
  }

  private mutating func readString(hashes: Int) {
    let quote = UInt8(ascii: "\"")
    let isMultiline = byte(hashes + 1) == quote && byte(hashes + 2) == quote
    let quotes = isMultiline ? 3 : 1
    tokens.append(TidyToken(text: "\"\"", line: line, touchesPrevious: previousEnd == index))
    index += hashes + quotes
    while index < bytes.count {
      if byte(0) == UInt8(ascii: "\n") {
        skipNewline()
        if !isMultiline { break }
      } else if isRun(of: quote, count: quotes, at: 0),
        isRun(of: UInt8(ascii: "#"), count: hashes, at: quotes)
      {
        index += quotes + hashes
        break
      } else if byte(0) == UInt8(ascii: "\\"), isRun(of: UInt8(ascii: "#"), count: hashes, at: 1) {
        index += hashes + 1
        let isInterpolation = byte(0) == UInt8(ascii: "(")
        if byte(0) != UInt8(ascii: "\n") { index += 1 }
        if isInterpolation { readCode(untilParenthesis: true) }
      } else {
        index += 1
      }
    }
    previousEnd = index
  }

  private func isRun(of value: UInt8, count: Int, at offset: Int) -> Bool {
    for position in offset..<offset + count where byte(position) != value { return false }
    return true
  }
}
