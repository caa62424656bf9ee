/// Ways to change one key of a YAML document, written in blocks, that leave all other lines of it as they are.
///
/// It reads lines and indents, not YAML, and only proposes: ``ConfigurationEditor`` takes the first proposal that means
/// what was wanted, and leaves the rest (flow style, anchors, several documents) to people.
struct ConfigurationYAMLEditor {
  private let lines: [Substring]
  private let lineEnd: String
  private let isEnded: Bool

  /// A key with what belongs to it.
  private struct Entry {
    /// The line of the key, and those below it up to the last that says something.
    var lines: Range<Int>
    var indent: Int
  }

  init(_ text: String) {
    // A carriage return and a line feed are one character.
    lineEnd = text.contains("\r\n") ? "\r\n" : "\n"
    isEnded = text.last.map { $0 == "\n" || $0 == "\r\n" } ?? true
    var lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
    if isEnded { lines.removeLast() }
    self.lines = lines
  }

  /// The document with the key at this value, the most natural way first.
  func setting(_ path: [String], to value: JSONValue) -> [String] {
    let literal = TOMLText.literal(value)
    if let entry = entry(of: path) {
      let line = lines[entry.lines.lowerBound]
      guard let name = Self.key(in: line) else { return [] }
      return [replacing(entry.lines, with: ["\(name.written): \(literal)\(Self.comment(after: name.rest))"])]
    }
    // Below the innermost section that is there, else at the end.
    for depth in stride(from: path.count - 1, through: 0, by: -1) {
      let missing = Array(path[depth...])
      if depth == 0 {
        let end = lines.count
        return [replacing(end..<end, with: Self.block(missing, literal, indent: 0))]
      }
      guard let section = entry(of: Array(path[..<depth])) else { continue }
      let inside = section.lines.dropFirst().first { Self.isContent(lines[$0]) }
      let indent = inside.map { Self.indent(lines[$0]) } ?? section.indent + 2
      let place = section.lines.upperBound
      return [replacing(place..<place, with: Self.block(missing, literal, indent: indent))]
    }
    return []
  }

  /// The document without the key, then without the sections that say nothing any more.
  func removing(_ path: [String]) -> [String] {
    var proposals: [String] = []
    for depth in stride(from: path.count, to: 0, by: -1) {
      guard let entry = entry(of: Array(path[..<depth])) else { break }
      proposals.append(replacing(entry.lines, with: []))
    }
    return proposals
  }

  // MARK: finding

  private func entry(of path: [String]) -> Entry? {
    var range = lines.indices
    var found: Entry?
    for name in path {
      guard let entry = entry(name, in: range) else { return nil }
      found = entry
      range = entry.lines.dropFirst()
    }
    return found
  }

  /// The key of this name among those that stand furthest left in a range.
  private func entry(_ name: String, in range: Range<Int>) -> Entry? {
    guard let first = range.first(where: { Self.isContent(lines[$0]) }) else { return nil }
    let indent = Self.indent(lines[first])
    let isHere = { (index: Int) in
      Self.isContent(lines[index]) && Self.indent(lines[index]) == indent
        && Self.key(in: lines[index])?.name == name
    }
    guard let start = range.first(where: isHere) else { return nil }
    var end = start + 1
    for index in range.dropFirst(start + 1 - range.lowerBound) where Self.isContent(lines[index]) {
      let line = lines[index]
      // The dashes of a list may stand below its key's first letter.
      let isInside =
        Self.indent(line) > indent || Self.indent(line) == indent && line.dropFirst(indent).hasPrefix("-")
      guard isInside else { break }
      end = index + 1
    }
    return Entry(lines: start..<end, indent: indent)
  }

  private static func indent(_ line: Substring) -> Int { line.prefix { $0 == " " }.count }

  /// Neither empty, nor a comment, nor a mark between documents.
  private static func isContent(_ line: Substring) -> Bool {
    let text = line.drop { $0 == " " || $0 == "\t" }
    return !text.isEmpty && !text.hasPrefix("#") && !text.hasPrefix("---") && !text.hasPrefix("%")
  }

  /// The key a line begins with, as it is meant and as it is written, and what follows the colon.
  private static func key(in line: Substring) -> (name: String, written: Substring, rest: Substring)? {
    guard let colon = line.firstIndex(of: ":") else { return nil }
    let rest = line[line.index(after: colon)...]
    guard rest.isEmpty || rest.hasPrefix(" ") else { return nil }
    let written = line[..<colon]
    let name = ConfigurationText.trimmed(String(written))
    let isQuoted = name.count > 1 && (name.first == "\"" || name.first == "'") && name.first == name.last
    return (isQuoted ? String(name.dropFirst().dropLast()) : name, written, rest)
  }

  /// The comment behind a value, with the space before it.
  private static func comment(after value: Substring) -> Substring {
    var rest = value.drop { $0 == " " }
    if let quote = rest.first, quote == "\"" || quote == "'" {
      rest = rest.dropFirst()
      var isEscaped = false
      while let letter = rest.first, letter != quote || isEscaped {
        isEscaped = quote == "\"" && letter == "\\" && !isEscaped
        rest = rest.dropFirst()
      }
    }
    guard let mark = rest.firstRange(of: " #") else { return "" }
    return rest[mark.lowerBound...]
  }

  // MARK: writing

  private static func block(_ names: [String], _ literal: String, indent: Int) -> [String] {
    names.enumerated().map { depth, name in
      let isLast = depth == names.count - 1
      return String(repeating: " ", count: indent + 2 * depth) + name + (isLast ? ": \(literal)" : ":")
    }
  }

  private func replacing(_ range: Range<Int>, with new: [String]) -> String {
    let all = lines[..<range.lowerBound] + new.map { $0[...] } + lines[range.upperBound...]
    let isClosed = isEnded || range.isEmpty && range.upperBound == lines.count
    return all.joined(separator: lineEnd) + (isClosed && !all.isEmpty ? lineEnd : "")
  }
}
