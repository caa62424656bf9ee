/// A pattern for paths in a repository: `*` and `?` within a part, `**` for any number of parts.
///
/// As in `.gitignore`, a pattern without a slash means a name at any depth, and one that names a directory means all
/// that is in it.
struct PathGlob: Equatable, Sendable {
  private let parts: [String]

  init(_ pattern: String) {
    var parts = pattern.split(separator: "/").map { String($0).lowercased() }
    if parts.count == 1, !pattern.hasPrefix("/") { parts.insert("**", at: 0) }
    self.parts = parts
  }

  /// Case counts for nothing: some file systems make one file of two spellings.
  func matches(_ path: String) -> Bool {
    guard !parts.isEmpty else { return false }
    return Self.matches(parts[...], path.split(separator: "/").map { String($0).lowercased() }[...])
  }

  private static func matches(_ parts: ArraySlice<String>, _ names: ArraySlice<String>) -> Bool {
    guard let part = parts.first else { return true }
    let rest = parts.dropFirst()
    if part == "**" {
      if rest.isEmpty { return !names.isEmpty }
      return names.indices.contains { matches(rest, names[$0...]) }
    }
    guard let name = names.first, matches(Array(part), Array(name)) else { return false }
    return matches(rest, names.dropFirst())
  }

  /// One part, in time proportional to the product of the lengths.
  private static func matches(_ pattern: [Character], _ text: [Character]) -> Bool {
    var reached = Array(repeating: false, count: text.count + 1)
    reached[0] = true
    for symbol in pattern {
      var next = Array(repeating: false, count: text.count + 1)
      next[0] = symbol == "*" && reached[0]
      for index in text.indices {
        let isOne = symbol == "?" || symbol == text[index]
        next[index + 1] = symbol == "*" ? reached[index + 1] || next[index] : reached[index] && isOne
      }
      reached = next
    }
    return reached[text.count]
  }
}
