/// The imports in the text of a steering file: `@path` draws in another file, which may draw in others.
///
/// Read more generously than any CLI reads them (Claude Code 2.1.330: after white space, relative to the file); what is
/// taken for an import and is none names no file, and nothing comes of it.
struct SteeringImports {
  /// How many files deep imports are followed, as Claude Code does.
  static let depthMax = 5
  /// What may stand behind a path without belonging to it.
  private static let punctuation: Set<Unicode.Scalar> = [
    "!", "\"", "'", ")", "*", ",", ".", ":", ";", ">", "?", "]", "_", "`", "}",
  ]

  /// One `@path`.
  struct Token {
    /// Of the `@`.
    var index: String.Index
    /// What the path may be, as it is written: relative to the file, or to the repository.
    var paths: [String]
  }

  let text: String
  let tokens: [Token]

  init(_ text: String) {
    self.text = text
    let scalars = text.unicodeScalars
    tokens = scalars.indices.compactMap { index in
      guard scalars[index] == "@" else { return nil }
      // An address of somebody.
      if index > scalars.startIndex, scalars[scalars.index(before: index)].properties.isAlphabetic {
        return nil
      }
      let paths = Self.paths(scalars[scalars.index(after: index)...])
      return paths.isEmpty ? nil : Token(index: index, paths: paths)
    }
  }

  /// The text without the `@` of some of its tokens, which makes them plain words.
  func disarmed(where isMeant: (Token) -> Bool = { _ in true }) -> String {
    let left = Set(tokens.filter(isMeant).map(\.index))
    let scalars = text.unicodeScalars
    return String(String.UnicodeScalarView(scalars.indices.filter { !left.contains($0) }.map { scalars[$0] }))
  }

  /// A path up to the next white space that no backslash escapes, without a fragment and without punctuation.
  private static func paths(_ rest: String.UnicodeScalarView.SubSequence) -> [String] {
    var path = String.UnicodeScalarView()
    var isEscaped = false
    for scalar in rest {
      if isEscaped {
        guard scalar == " " else { break }
        isEscaped = false
      } else if scalar == "\\" {
        isEscaped = true
        continue
      } else if scalar.properties.isWhitespace {
        break
      }
      path.append(scalar)
    }
    let whole = String(path.prefix { $0 != "#" })
    var bare = path.prefix { $0 != "#" }
    while let last = bare.last, punctuation.contains(last) { bare.removeLast() }
    let found = whole == String(bare) ? [whole] : [whole, String(bare)]
    return found.filter { !$0.isEmpty && !$0.hasPrefix("/") && !$0.hasPrefix("~") }
  }

  /// Where a path leads in the repository; nil for a place outside.
  ///
  /// - Parameter directory: of the file that names it; empty for the top.
  static func resolve(_ path: String, in directory: String) -> String? {
    var parts = directory.split(separator: "/")
    for part in path.split(separator: "/") where part != "." {
      if part == ".." {
        guard parts.popLast() != nil else { return nil }
      } else {
        parts.append(part)
      }
    }
    return parts.isEmpty ? nil : parts.joined(separator: "/")
  }
}
