/// Ways to change one key of a TOML document that leave all other bytes of it as they are.
///
/// It only proposes: ``ConfigurationEditor`` takes the first proposal that means what was wanted.
struct ConfigurationTOMLEditor {
  private let bytes: [UInt8]
  private let lines: ConfigurationTOMLLines
  private let lineEnd: String

  init(_ text: String) {
    bytes = Array(text.utf8)
    lines = ConfigurationTOMLLines(text)
    lineEnd = text.contains("\r\n") ? "\r\n" : "\n"
  }

  /// The document with the key at this value, the most natural way first.
  func setting(_ path: [String], to value: JSONValue) -> [String] {
    let literal = TOMLText.literal(value)
    if let entry = lines.entries[path] { return [replacing(entry.value, with: literal)] }
    guard let name = path.last else { return [] }
    let section = Array(path.dropLast())
    let line = "\(name) = \(literal)"
    var proposals: [String] = []
    if let index = lines.headers.firstIndex(where: { $0.path == section }) {
      proposals.append(inserting(line, at: place(for: name, below: index)))
    }
    proposals.append(appending("[\(section.joined(separator: "."))]\(lineEnd)\(line)"))
    // Where the section is written with dotted keys, a header of its name would define it twice.
    proposals.append(inserting("\(path.joined(separator: ".")) = \(literal)", at: rootPlace))
    return proposals
  }

  /// The document without the key's line; nil when the key has none of its own.
  func removing(_ path: [String]) -> String? {
    guard let entry = lines.entries[path] else { return nil }
    let start = lineStart(before: entry.start)
    return replacing(start..<lineAfter(entry.value.upperBound), with: "")
  }

  /// After the line of the sample that shows the key switched off, or after the section's last value.
  private func place(for name: String, below index: Int) -> Int {
    let next = index + 1
    let end = next < lines.headers.count ? lineStart(before: lines.headers[next].start) : bytes.count
    var position = lines.headers[index].bodyStart
    var place = position
    while position < end {
      let after = lineAfter(position)
      let line = ConfigurationText.trimmed(String(decoding: bytes[position..<after], as: UTF8.self))
      if Self.shows(name, line) { return after }
      if !line.isEmpty, !line.hasPrefix("#") { place = after }
      position = after
    }
    return place
  }

  /// Whether a line is `#name = …`.
  private static func shows(_ name: String, _ line: String) -> Bool {
    guard line.hasPrefix("#") else { return false }
    let rest = line.drop { $0 == "#" || $0 == " " }
    return rest.hasPrefix(name) && rest.dropFirst(name.count).drop { $0 == " " }.first == "="
  }

  /// Before the first header, where keys belong to no section.
  private var rootPlace: Int {
    lines.headers.first.map { lineStart(before: $0.start) } ?? bytes.count
  }

  private func inserting(_ line: String, at place: Int) -> String {
    let isAtLineStart = place == 0 || bytes[place - 1] == UInt8(ascii: "\n")
    return replacing(place..<place, with: (isAtLineStart ? "" : lineEnd) + line + lineEnd)
  }

  private func appending(_ block: String) -> String {
    let isEmpty = ConfigurationText.trimmed(String(decoding: bytes, as: UTF8.self)).isEmpty
    let isEnded = bytes.isEmpty || bytes.last == UInt8(ascii: "\n")
    let gap = (isEnded ? "" : lineEnd) + (isEmpty ? "" : lineEnd)
    return replacing(bytes.count..<bytes.count, with: gap + block + lineEnd)
  }

  private func replacing(_ range: Range<Int>, with text: String) -> String {
    String(
      decoding: bytes[..<range.lowerBound] + Array(text.utf8) + bytes[range.upperBound...], as: UTF8.self)
  }

  private func lineStart(before position: Int) -> Int {
    bytes[..<position].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
  }

  private func lineAfter(_ position: Int) -> Int {
    bytes[position...].firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? bytes.count
  }
}
