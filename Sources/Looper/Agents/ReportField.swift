/// Why a report was refused: the key and what is wrong with it, for the agent's next attempt and for people.
struct ReportRefusal: Error, Hashable, Sendable, CustomStringConvertible {
  /// `findings[2].severity: expected one of blocker, major, minor, nit; got "high"`.
  var description: String

  init(_ description: String) { self.description = description }

  init(_ path: String, _ problem: String) {
    description = path.isEmpty ? problem : "\(path): \(problem)"
  }
}

/// One value of a report together with its place in it, so that every refusal names the key.
struct ReportField {
  /// `findings[2].severity`; empty for the report itself.
  let path: String
  /// Nil when the key is missing; `null` counts as missing.
  let value: JSONValue?

  init(path: String, value: JSONValue?) {
    self.path = path
    // Spelled out: a bare `nil` here would be JSON's null.
    if let value, !value.isNull { self.value = value } else { self.value = Optional.none }
  }

  var isPresent: Bool { value != nil }

  subscript(key: String) -> ReportField {
    ReportField(path: path.isEmpty ? key : "\(path).\(key)", value: value?[key])
  }

  /// Text without control and invisible characters, cut at `max` characters with a note.
  func text(max: Int) throws(ReportRefusal) -> String {
    guard let text = try optionalText(max: max) else { throw missing("string") }
    return text
  }

  /// Like ``text(max:)``, and says something.
  func words(max: Int) throws(ReportRefusal) -> String {
    let text = try text(max: max)
    guard !text.allSatisfy(\.isWhitespace) else { throw refusal("expected some text; got an empty string") }
    return text
  }

  func optionalText(max: Int) throws(ReportRefusal) -> String? {
    guard let raw = try string() else { return nil }
    let visible = UntrustedText.visible(raw)
    guard visible.count > max else { return visible }
    return "\(visible.prefix(max))\n[cut: longer than \(max) characters]"
  }

  /// The text as it is; nil when missing.
  func string() throws(ReportRefusal) -> String? {
    guard let value else { return nil }
    guard let text = value.stringValue else { throw mistyped("string", value) }
    return text
  }

  func integer(in range: ClosedRange<Int>) throws(ReportRefusal) -> Int? {
    guard let value else { return nil }
    guard let number = value.integerValue else { throw mistyped("whole number", value) }
    guard let number = Int(exactly: number), range.contains(number) else {
      throw refusal("expected \(range.lowerBound) to \(range.upperBound); got \(number)")
    }
    return number
  }

  func number(in range: ClosedRange<Double>) throws(ReportRefusal) -> Double? {
    guard let value else { return nil }
    guard let number = value.doubleValue else { throw mistyped("number", value) }
    guard range.contains(number) else {
      throw refusal("expected \(range.lowerBound) to \(range.upperBound); got \(number)")
    }
    return number
  }

  /// One of the words of an enum; nil when missing.
  func choice<Choice>(_ type: Choice.Type, of all: [Choice]) throws(ReportRefusal) -> Choice?
  where Choice: RawRepresentable<String> {
    guard let value else { return nil }
    let words = all.map(\.rawValue).joined(separator: ", ")
    guard let text = value.stringValue else { throw mistyped("one of \(words)", value) }
    guard let choice = Choice(rawValue: text) else {
      throw refusal("expected one of \(words); got \"\(text.prefix(Self.quotedMax))\"")
    }
    return choice
  }

  /// The elements, each with its place; none when missing.
  func elements(max: Int) throws(ReportRefusal) -> [ReportField] {
    guard let value else { return [] }
    guard let elements = value.arrayValue else { throw mistyped("array", value) }
    guard elements.count <= max else {
      throw refusal("expected at most \(max) elements; got \(elements.count)")
    }
    return elements.enumerated().map { ReportField(path: "\(path)[\($0.offset)]", value: $0.element) }
  }

  func object() throws(ReportRefusal) {
    guard let value else { throw missing("object") }
    guard value.objectValue != nil else { throw mistyped("object", value) }
  }

  /// A path inside the repository and outside of git's own directory: relative, without `..`, a leading `./` taken off.
  func relativePath() throws(ReportRefusal) -> String? {
    guard let text = try string() else { return nil }
    let path = text.hasPrefix("./") ? String(text.dropFirst(2)) : text
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    guard !path.isEmpty, path.utf8.count <= Self.pathBytesMax, !path.contains("\\"),
      !parts.contains(where: { $0.isEmpty || $0 == "." || $0 == ".." || $0.lowercased() == ".git" }),
      !path.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
    else {
      throw refusal(
        "expected a path relative to the repository without ..; got \"\(text.prefix(Self.quotedMax))\"")
    }
    return path
  }

  func missing(_ expected: String) -> ReportRefusal { refusal("expected \(expected); the key is missing") }

  func refusal(_ problem: String) -> ReportRefusal { ReportRefusal(path, problem) }

  private func mistyped(_ expected: String, _ value: JSONValue) -> ReportRefusal {
    refusal("expected \(expected); got \(value.typeName)")
  }

  private static let quotedMax = 60
  private static let pathBytesMax = 1024
}
