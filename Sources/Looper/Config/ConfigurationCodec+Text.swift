extension ConfigurationCodec<String> {
  /// A text that `isValid` accepts; control characters never are.
  static func text(
    _ expectation: String = "a text", isValid: @escaping @Sendable (String) -> Bool = { _ in true }
  )
    -> Self
  {
    Self(
      expectation,
      convert: { value in
        guard let text = value.stringValue, !ConfigurationText.hasControls(text), isValid(text) else {
          return nil
        }
        return text
      },
      encode: { .string($0) },
      interpret: { .string(ConfigurationText.unquoted($0)) })
  }

  /// An absolute path or one below `~`; relative ones would depend on where the daemon was started.
  static func path(orEmpty: Bool) -> Self {
    text("an absolute path or one that begins with ~/" + (orEmpty ? ", or empty" : "")) { text in
      text.isEmpty ? orEmpty : ConfigurationText.isRooted(text)
    }
  }

  /// A program: a bare name, looked up on PATH, or a path.
  static var program: Self {
    text("a program's name or its absolute path") { text in
      !text.isEmpty && (ConfigurationText.isRooted(text) || !text.contains("/"))
    }
  }

  /// A repository, or nothing.
  static var repository: Self {
    text("a repository as \"owner/name\", or nothing") { $0.isEmpty || ProjectName($0) != nil }
  }

  /// A name or address to bind to, without port.
  static var host: Self {
    text("a host name or an address, without a port") { text in
      !text.isEmpty && text.utf8.count <= 255
        && text.unicodeScalars.allSatisfy { scalar in
          scalar.isASCII
            && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil
              || ".-_:%".unicodeScalars.contains(scalar))
        }
        && text.filter { $0 == ":" }.count != 1
    }
  }

  /// What GitHub takes as a label's name.
  static var label: Self {
    text("a label of 1 to 50 characters without commas") { text in
      (1...50).contains(text.count) && !text.contains(",")
        && text == ConfigurationText.trimmed(text)
    }
  }
}

extension ConfigurationCodec<[String]> {
  /// How a single text becomes a list.
  enum Splitting: Sendable {
    /// A command line, quotes and backslashes respected.
    case words
    /// Names between commas or spaces.
    case names
    /// The text is the only element.
    case whole
  }

  /// A list of texts; a single text is split.
  static func list(
    _ splitting: Splitting,
    _ expectation: String = "a list of texts",
    isValid: @escaping @Sendable (String) -> Bool = { !$0.isEmpty }
  ) -> Self {
    Self(
      expectation,
      convert: { value in
        guard let elements = value.arrayValue?.map(\.stringValue) ?? split(value.stringValue, splitting)
        else { return nil }
        let texts = elements.compactMap { $0 }
        guard texts.count == elements.count,
          texts.allSatisfy({ !$0.utf8.contains(0) && isValid($0) })
        else { return nil }
        return texts
      },
      encode: { .array($0.map(JSONValue.string)) },
      interpret: { text in
        guard text.first == "[", case .success(let node) = ConfigurationJSONParser.parse(text) else {
          return .string(text)
        }
        return node.json
      })
  }

  private static func split(_ text: String?, _ splitting: Splitting) -> [String?]? {
    guard let text else { return nil }
    if ConfigurationText.trimmed(text).isEmpty { return [] }
    return switch splitting {
    case .words: ConfigurationText.words(text)
    case .names: text.split { $0 == "," || $0.isWhitespace }.map(String.init)
    case .whole: [text]
    }
  }
}
