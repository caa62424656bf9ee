/// Small readings of texts that users write as values.
enum ConfigurationText {
  static func hasControls(_ text: String) -> Bool {
    text.unicodeScalars.contains { ($0.value < 0x20 && $0 != "\n" && $0 != "\t") || $0.value == 0x7F }
  }

  /// Whether a path says by itself where it is.
  static func isRooted(_ path: String) -> Bool {
    path.hasPrefix("/") || path == "~" || path.hasPrefix("~/")
  }

  /// Whether a text can name an environment variable.
  static func isVariableName(_ text: String) -> Bool {
    guard let first = text.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else {
      return false
    }
    return text.unicodeScalars.allSatisfy { scalar in
      scalar.isASCII
        && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil || scalar == "_")
    }
  }

  static func trimmed(_ text: String) -> String {
    var rest = Substring(text)
    while rest.first?.isWhitespace == true { rest.removeFirst() }
    while rest.last?.isWhitespace == true { rest.removeLast() }
    return String(rest)
  }

  /// The content of a text that is wholly one JSON string (`--set 'agent.vendor="codex"'`), else the text.
  static func unquoted(_ text: String) -> String {
    guard text.count >= 2, text.first == "\"", text.last == "\"",
      case .success(let node) = ConfigurationJSONParser.parse("[\(text)]"),
      let content = node.json[0]?.stringValue
    else { return text }
    return content
  }

  /// The words of a command line: `'…'` literally, `"…"` and the rest with backslash escapes.
  ///
  /// - Returns: nil when a quote or an escape is not finished.
  static func words(_ text: String) -> [String]? {
    var words: [String] = []
    var word: String?
    var quote: Character?
    var isEscaped = false
    for character in text {
      if isEscaped {
        word = (word ?? "") + String(character)
        isEscaped = false
      } else if character == "\\", quote != "'" {
        isEscaped = true
      } else if character == quote {
        quote = nil
      } else if quote == nil, character == "'" || character == "\"" {
        quote = character
        word = word ?? ""
      } else if quote == nil, character.isWhitespace {
        if let finished = word { words.append(finished) }
        word = nil
      } else {
        word = (word ?? "") + String(character)
      }
    }
    if let finished = word { words.append(finished) }
    return quote == nil && !isEscaped ? words : nil
  }

  /// `path` with a leading `~` replaced by `home`, without doubled or trailing slashes.
  static func expanded(_ path: String, home: String) -> String {
    let full = path == "~" || path.hasPrefix("~/") ? home + path.dropFirst() : path
    let parts = full.split(separator: "/").joined(separator: "/")
    return full.hasPrefix("/") ? "/" + parts : parts
  }
}

extension String {
  /// A path as it is compared and shown: URLs of directories end with a slash.
  var removingTrailingSlash: String { count > 1 && hasSuffix("/") ? String(dropLast()) : self }
}
