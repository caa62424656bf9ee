import Foundation

/// What the text of an `opencode.json` draws in from elsewhere: `{file:path}` stands for the text of a file, and
/// `instructions` lists files, as paths or patterns, that every agent is told.
///
/// Read more generously than OpenCode documents them; what names no file harms nobody.
struct OpenCodeReferences {
  private static let opening = "{file:"
  private static let wildcards: Set<Character> = ["*", "?", "[", "]", "{", "}", "(", ")", "!"]

  let text: String

  init(_ text: String) { self.text = text }

  /// The paths that stand for a text, as they are written.
  var paths: [String] { tokens.map(\.path) }

  private var tokens: [(range: Range<String.Index>, path: String)] {
    text.ranges(of: Self.opening).compactMap { start in
      guard let end = text[start.upperBound...].firstIndex(of: "}") else { return nil }
      return (start.lowerBound..<text.index(after: end), String(text[start.upperBound..<end]))
    }
  }

  /// The text with the contents of some paths in place of what stands for them.
  func filled(_ contents: [String: String]) -> Self {
    var result = text
    for token in tokens.reversed() {
      guard let content = contents[token.path] else { continue }
      // As JSON writes it, without the quotes: the token stands within a string.
      result.replaceSubrange(token.range, with: Self.json(.string(content)).dropFirst().dropLast())
    }
    return Self(result)
  }

  /// The text without those instructions; as it was when there are none. One that cannot be read says nothing any more.
  func withoutInstructions(where isMeant: (String) -> Bool) -> Self {
    guard text.contains("instructions") else { return self }
    guard case .object(var members) = JSONReader.value(Self.plain(text)) else {
      return Self("{}\n")
    }
    guard let instructions = members["instructions"]?.arrayValue else { return self }
    let left = instructions.filter { !($0.stringValue.map(isMeant) ?? false) }
    guard left.count < instructions.count else { return self }
    members["instructions"] = .array(left)
    return Self(Self.json(.object(members)) + "\n")
  }

  /// Whether an instruction may name one of these files of the repository.
  ///
  /// - Parameters:
  ///   - directory: what it is relative to; empty for the top.
  ///   - links: symbolic links, behind which a pattern may lead anywhere.
  static func instruction(
    _ entry: String, in directory: String, mayName files: Set<String>, links: Set<String>
  ) -> Bool {
    guard !files.isEmpty, !entry.hasPrefix("/"), !entry.hasPrefix("~"), !entry.contains("://") else {
      return false
    }
    var literal = entry[..<(entry.firstIndex(where: wildcards.contains) ?? entry.endIndex)]
    let isPattern = literal.endIndex < entry.endIndex
    if isPattern { literal = literal[..<(literal.lastIndex(of: "/") ?? literal.startIndex)] }
    var region = ""
    if !literal.split(separator: "/").allSatisfy({ $0 == "." }) || !directory.isEmpty {
      guard let place = SteeringImports.resolve(String(literal), in: directory) else { return false }
      region = place.lowercased()
    }
    let tail =
      isPattern ? entry[(entry.lastIndex(where: wildcards.contains) ?? entry.startIndex)...].dropFirst() : ""
    return files.contains {
      isInside($0.lowercased(), region) && $0.lowercased().hasSuffix(tail.lowercased())
    }
      || links.contains { isInside($0.lowercased(), region) || isInside(region, $0.lowercased()) }
  }

  private static func isInside(_ path: String, _ region: String) -> Bool {
    region.isEmpty || path == region || path.hasPrefix(region + "/")
  }
}

extension OpenCodeReferences {
  private static func json(_ value: JSONValue) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Encoding a JSONValue fails only for a number that JSON cannot write; none is ever read.
    return (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? "null"
  }

  /// JSON without what only JSONC has: comments, and commas after a last element.
  private static func plain(_ text: String) -> Data {
    var rest = Array(text.utf8)[...]
    var plain = Data()
    /// Where a comma is written that nothing has followed yet.
    var comma: Int?
    while let byte = rest.first {
      if rest.starts(with: "//".utf8) {
        rest = rest.drop { $0 != UInt8(ascii: "\n") }
      } else if rest.starts(with: "/*".utf8) {
        rest = rest.dropFirst(2)
        while !rest.isEmpty, !rest.starts(with: "*/".utf8) { rest = rest.dropFirst() }
        rest = rest.dropFirst(2)
      } else if byte == UInt8(ascii: "\"") {
        let string = Self.string(rest)
        plain.append(contentsOf: string)
        rest = rest.dropFirst(string.count)
        comma = nil
      } else {
        if byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]"), let comma {
          plain[comma] = UInt8(ascii: " ")
        }
        let isSpace = [UInt8(ascii: " "), 0x09, 0x0A, 0x0D].contains(byte)
        if byte == UInt8(ascii: ",") { comma = plain.count } else if !isSpace { comma = nil }
        plain.append(byte)
        rest = rest.dropFirst()
      }
    }
    return plain
  }

  /// The string that a text begins with, quotes included.
  private static func string(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var end = text.startIndex + 1
    while end < text.endIndex, text[end] != UInt8(ascii: "\"") {
      end += text[end] == UInt8(ascii: "\\") ? 2 : 1
    }
    return text[..<min(end + 1, text.endIndex)]
  }
}
