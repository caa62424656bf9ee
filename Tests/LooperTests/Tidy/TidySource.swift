import Foundation

/// A Swift file as the house rules see it.
struct TidySource: Sendable {
  /// Relative to the package root, such as `Sources/Looper/Domain/Loop.swift`.
  let path: String
  let lines: [Substring]
  let tokens: [TidyToken]
  let documentedLines: Set<Int>
  /// Where each text stands among the tokens.
  private let positions: [String: [Int]]

  init(path: String, text: String) {
    self.path = path
    lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let lexer = TidyLexer(text)
    tokens = lexer.tokens
    documentedLines = lexer.documentedLines
    positions = Dictionary(grouping: lexer.tokens.indices) { lexer.tokens[$0].text }
  }

  var isTest: Bool { path.hasPrefix("Tests/") }

  /// The number of lines, not counting the empty one after the last newline.
  var lineCount: Int { lines.last == "" ? lines.count - 1 : lines.count }

  /// The token's text, or the empty string beyond either end.
  func text(_ index: Int) -> String { tokens.indices.contains(index) ? tokens[index].text : "" }

  /// The tokens that are one of `words`, in order.
  func indices(of words: Set<String>) -> [Int] { words.flatMap { positions[$0] ?? [] }.sorted() }

  /// Whether the tokens from `index` on read as `words`.
  func reads(_ words: String..., at index: Int) -> Bool {
    for (offset, word) in words.enumerated() where text(index + offset) != word { return false }
    return true
  }

  /// The index of the bracket that closes the one at `index`, when it is closed.
  func closing(of index: Int) -> Int? {
    var depth = 0
    for position in index..<tokens.count {
      switch tokens[position].text {
      case "(", "[", "{": depth += 1
      case ")", "]", "}": depth -= 1
      default: break
      }
      if depth == 0 { return position }
    }
    return nil
  }

  func violation(at index: Int, _ text: String) -> TidyViolation {
    TidyViolation(path: path, line: tokens[index].line, text: text)
  }
}

/// One place that breaks a rule.
struct TidyViolation: Sendable, CustomStringConvertible {
  let path: String
  /// Counted from 1; 0 when the whole file is meant.
  let line: Int
  let text: String

  var description: String { "\(path):\(line): \(text)" }
}
