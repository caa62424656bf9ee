/// Text by strangers, made fit for a terminal.
enum TerminalText {
  /// Replaces what could steer a terminal or reorder its text: controls, escapes, bidirectional marks.
  ///
  /// - Parameter keepsLines: whether line ends and tabs stay.
  static func safe(_ text: String, keepsLines: Bool = false) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      let isKept = keepsLines && (scalar == "\n" || scalar == "\t")
      result.append(isKept || !isUnsafe(scalar) ? scalar : " ")
    }
    return String(result)
  }

  /// How many columns it takes.
  static func width(_ text: String) -> Int { text.reduce(0) { $0 + width($1) } }

  /// At most `columns` wide; what is cut off shows as an ellipsis.
  static func truncated(_ text: String, to columns: Int) -> String {
    guard width(text) > columns else { return text }
    var result = ""
    var used = 0
    for character in text {
      let next = width(character)
      if used + next > columns - 1 { break }
      result.append(character)
      used += next
    }
    return columns > 0 ? result + "…" : ""
  }

  /// At most `columns` wide, with an ellipsis for what is cut out of the middle.
  static func truncatedInside(_ text: String, to columns: Int) -> String {
    guard width(text) > columns else { return text }
    let tail = max(0, (columns - 1) / 2)
    var end = ""
    for character in text.reversed() {
      guard width(end) + width(character) <= tail else { break }
      end.insert(character, at: end.startIndex)
    }
    // The cut leaves an ellipsis at the end of the first half.
    return truncated(text, to: columns - width(end)) + end
  }

  /// Lines of at most `columns`, broken between words; a longer word is a longer line.
  static func wrapped(_ text: String, to columns: Int) -> [String] {
    guard width(text) > columns else { return text.isEmpty ? [] : [text] }
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ") {
      if !line.isEmpty, width(line) + 1 + width(String(word)) > columns {
        lines.append(line)
        line = ""
      }
      line += (line.isEmpty ? "" : " ") + word
    }
    return line.isEmpty ? lines : lines + [line]
  }

  static func padded(_ text: String, to columns: Int) -> String {
    text + String(repeating: " ", count: max(0, columns - width(text)))
  }

  private static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F..<0xA0, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF: true
    default: false
    }
  }

  /// Two columns for East Asian wide characters and emoji, by the blocks that matter.
  private static func width(_ character: Character) -> Int {
    guard let scalar = character.unicodeScalars.first else { return 0 }
    switch scalar.value {
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
      0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1F9FF,
      0x20000...0x3FFFD:
      return 2
    default: return 1
    }
  }
}
