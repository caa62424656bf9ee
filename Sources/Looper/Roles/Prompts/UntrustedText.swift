/// Makes text that somebody else wrote fit to be shown to an agent: what a person would not see is not there.
enum UntrustedText {
  /// What one text may contribute to a prompt.
  static let bytesMax: ByteCount = .kibibytes(24)

  /// Without HTML comments and invisible characters, with plain line ends, cut at `bytesMax` with a visible note.
  static func sanitised(_ text: String, bytesMax: ByteCount = Self.bytesMax) -> String {
    // Characters first: one hidden inside `<!--` must not keep it from being seen.
    cut(withoutComments(visible(text)), at: bytesMax)
  }

  /// Without control characters (line feed and tab stay), zero-width and bidirectional ones, tags and variation
  /// selectors; carriage returns become line feeds.
  static func visible(_ text: String) -> String {
    var kept = String.UnicodeScalarView()
    var previousWasReturn = false
    for scalar in text.unicodeScalars {
      if scalar == "\r" || isLineBreak(scalar) {
        kept.append("\n")
      } else if scalar == "\n" {
        if !previousWasReturn { kept.append(scalar) }
      } else if scalar == "\t" || !isHidden(scalar) {
        kept.append(scalar)
      }
      previousWasReturn = scalar == "\r"
    }
    return String(kept)
  }

  /// On one line, cut at `max` characters: for titles, names and paths.
  static func line(_ text: String, max: Int = 300) -> String {
    let plain = withoutComments(visible(text)).split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return plain.count > max ? "\(plain.prefix(max))…" : plain
  }

  /// What a comment that is never closed does to the rest.
  enum Unclosed: Sendable {
    /// It hides it, as it would in a browser.
    case hides
    case shown
  }

  /// Removes `<!-- … -->`. Each byte is looked at once: anybody may write a text of openings without an end.
  ///
  /// Compares bytes, as HTML does: a combining mark after a dash makes another character, not another comment.
  static func withoutComments(_ text: String, unclosed: Unclosed = .hides) -> String {
    let bytes = Array(text.utf8)
    var kept: [UInt8] = []
    var rest = bytes[...]
    while let start = firstIndex(of: ["<!--"], in: rest) {
      // HTML also closes a comment by `--!>`, and `<!-->` at once.
      let inside = rest[(start + 2)...]
      guard let dashes = firstIndex(of: ["-->", "--!>"], in: inside),
        let end = rest[dashes...].firstIndex(of: UInt8(ascii: ">"))
      else {
        kept += unclosed == .shown ? rest : rest[..<start]
        return String(decoding: kept, as: UTF8.self)
      }
      kept += rest[..<start]
      rest = rest[(end + 1)...]
    }
    kept += rest
    return String(decoding: kept, as: UTF8.self)
  }

  /// Where the first of the marks begins.
  private static func firstIndex(of marks: [StaticString], in bytes: ArraySlice<UInt8>) -> Int? {
    bytes.indices.first { index in
      marks.contains { mark in
        mark.withUTF8Buffer { bytes[index...].starts(with: $0) }
      }
    }
  }

  private static func cut(_ text: String, at limit: ByteCount) -> String {
    guard text.utf8.count > limit.bytes else { return text }
    var end = text.utf8.index(text.startIndex, offsetBy: limit.bytes)
    while end > text.startIndex, end.samePosition(in: text) == nil { end = text.utf8.index(before: end) }
    let kept = text[..<end]
    return "\(kept)\n[\(text.utf8.count - kept.utf8.count) more bytes left out]"
  }

  private static func isLineBreak(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "\u{2028}" || scalar == "\u{2029}" || scalar == "\u{85}" || scalar == "\u{0B}"
      || scalar == "\u{0C}"
  }

  private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse: return true
    default: break
    }
    switch scalar.value {
    // Variation selectors can carry text; the Hangul and Braille blanks look like nothing.
    case 0xFE00...0xFE0F, 0xE0100...0xE01EF, 0x115F, 0x1160, 0x3164, 0xFFA0, 0x2800, 0x034F, 0x17B4, 0x17B5:
      return true
    default: return false
    }
  }
}
