/// Turns the bytes of a file into a text that the parsers can be trusted with.
enum ConfigurationBytes {
  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  /// Refuses what is no UTF-8, and control characters: the parsers below are C and would stop at a NUL.
  static func text(_ bytes: [UInt8]) -> Result<String, ConfigurationSyntaxError> {
    var line = 1
    let isMarked = bytes.starts(with: byteOrderMark)
    for row in bytes.dropFirst(isMarked ? byteOrderMark.count : 0).split(
      separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    {
      if String(validating: row, as: UTF8.self) == nil {
        return .failure(ConfigurationSyntaxError(line: line, message: "is not UTF-8"))
      }
      // A carriage return is one half of a line's end and nothing else.
      let content = row.last == 0x0D ? row.dropLast() : row
      if content.contains(where: { ($0 < 0x20 && $0 != 0x09) || $0 == 0x7F }) {
        return .failure(ConfigurationSyntaxError(line: line, message: "holds a control character"))
      }
      line += 1
    }
    let text = String(decoding: bytes.dropFirst(isMarked ? byteOrderMark.count : 0), as: UTF8.self)
    return .success(text)
  }
}
