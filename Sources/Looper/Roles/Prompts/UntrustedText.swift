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

  /// Removes `<!-- … -->`; one that is never closed hides the rest, as it would in a browser.
  ///
  /// Compares scalars, as HTML does: a combining mark after a dash makes another character, not another comment.
  private static func withoutComments(_ text: String) -> String {
    var kept = String.UnicodeScalarView()
    var rest = text.unicodeScalars[...]
    while let start = rest.firstRange(of: "<!--".unicodeScalars) {
      kept += rest[..<start.lowerBound]
      // HTML also closes a comment by `--!>`, and `<!-->` at once.
      let inside = rest[rest.index(start.upperBound, offsetBy: -2)...]
      let ends = ["-->", "--!>"].compactMap { inside.firstRange(of: $0.unicodeScalars) }
      guard let end = ends.min(by: { $0.lowerBound < $1.lowerBound }) else { return String(kept) }
      rest = rest[end.upperBound...]
    }
    kept += rest
    return String(kept)
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
