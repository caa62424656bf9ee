/// Numbers as JSON and YAML 1.2 write them.
enum ConfigurationNumber {
  /// Reads a JSON number; one with neither fraction nor exponent stays whole while it fits.
  static func json(_ text: String) -> JSONValue? {
    let unsigned = text.first == "-" ? text.dropFirst() : Substring(text)
    guard let first = unsigned.utf8.first, isDigit(first), unsigned.utf8.last.map(isDigit) == true,
      first != UInt8(ascii: "0") || unsigned.count == 1 || unsigned.dropFirst().first.map(isMark) == true,
      unsigned.utf8.allSatisfy({ isDigit($0) || ".eE+-".utf8.contains($0) })
    else { return nil }
    if let whole = Int64(text) { return .integer(whole) }
    return Double(text).flatMap { $0.isFinite ? .double($0) : nil }
  }

  /// Reads a plain YAML scalar that the core schema takes for a number.
  static func yaml(_ text: String) -> JSONValue? {
    if text.hasPrefix("0x") { return Int64(text.dropFirst(2), radix: 16).map(JSONValue.integer) }
    if text.hasPrefix("0o") { return Int64(text.dropFirst(2), radix: 8).map(JSONValue.integer) }
    return json(text.first == "+" ? String(text.dropFirst()) : text)
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  private static func isMark(_ character: Character) -> Bool { ".eE".contains(character) }
}
