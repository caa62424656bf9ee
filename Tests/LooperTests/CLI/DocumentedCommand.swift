import Foundation
import Testing

/// A command line that a page shows.
struct DocumentedCommand: Hashable, Sendable, CustomTestStringConvertible {
  let page: String
  let line: Int
  /// Without `looper` itself.
  let words: [String]
  /// From a block, to be typed as it stands; within text arguments may be left out.
  let isWhole: Bool

  var testDescription: String { "\(page):\(line) looper \(words.joined(separator: " "))" }

  /// Every command line that begins with `looper`, in shell blocks and in code within text.
  static func all(in text: String, page: String) -> [DocumentedCommand] {
    var found: [DocumentedCommand] = []
    var block: String?
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      if line.hasPrefix("```") {
        block = block == nil ? String(line.dropFirst(3)) : nil
        continue
      }
      let lines: [String] =
        switch block {
        case nil: spans(in: line)
        case "sh"?: [String(line)]
        case _?: []
        }
      for command in lines.flatMap({ commands(in: $0) }) {
        found.append(DocumentedCommand(page: page, line: index + 1, words: command, isWhole: block != nil))
      }
    }
    return found
  }

  /// The lines of a page's shell blocks, without comments.
  static func shellLines(of page: String) -> [String] {
    var isShell = false
    var found: [String] = []
    for line in (TidyPackage.text(of: page) ?? "").split(separator: "\n") {
      if line.hasPrefix("```") {
        isShell = line == "```sh"
      } else if isShell {
        let command = String(line).replacing(/\s+#\s.*$/, with: "")
        if !command.isEmpty { found.append(command) }
      }
    }
    return found
  }

  /// The text between single backticks.
  private static func spans(in line: Substring) -> [String] {
    line.split(separator: "`", omittingEmptySubsequences: false).enumerated()
      .filter { $0.offset % 2 == 1 }.map { String($0.element) }
  }

  /// What a line of a page stands for: comments, options in brackets and what follows a pipe are left out, a
  /// placeholder gets an example, and of alternatives each is one command.
  private static func commands(in line: String) -> [[String]] {
    var text = line.replacing(/\\\|/, with: "|").replacing(/#(\s.*)?$/, with: "")
    text = text.replacing(/\[[^\]]*\]/, with: "").replacing(/<([^<>]*)>/) { example(for: $0.1) }
    guard let start = text.firstRange(of: /(^|\s|"\$\()looper(?=\s)/) else { return [] }
    let rest = text[start.upperBound...].prefix { $0 != ";" && $0 != ")" && $0 != "(" }
    let tail = rest.firstRange(of: /\s\|\s|\s>\s|\s&&\s/).map { rest[..<$0.lowerBound] } ?? rest
    var commands: [[String]] = [[]]
    for word in tail.replacing(/["']/, with: "").split(separator: " ") {
      let choices = word.split(separator: "|").map(String.init)
      commands = commands.flatMap { command in choices.map { command + [$0] } }
    }
    return commands.filter { command in
      !command.isEmpty && !command.contains("…") && !command.contains("...")
    }
  }

  /// A value for `<run>` and the like.
  private static func example(for name: Substring) -> String {
    switch name {
    case "run", "id": "R34"
    case "item": "1"
    case "key": "server.port"
    case "section": "server"
    case "url", "issue-url": "https://github.com/acme/app/issues/34"
    case "pull-request-url": "https://github.com/acme/app/pull/34"
    case "shell": "bash"
    case "text", "value": "text"
    case "owner/name": "acme/app"
    default: "L12"
    }
  }
}
