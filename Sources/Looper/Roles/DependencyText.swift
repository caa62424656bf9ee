/// Finds what an issue's author says it depends on: `depends on #12, #13 and #14`, `blocked by #9`.
enum DependencyText {
  /// More than this is no list of dependencies any more.
  static let numbersMax = 20

  /// Numbers in the same repository, in order, each once. Code and quotes count as text, for authors write lists in both;
  /// what nobody sees does not, nor does what is denied.
  static func numbers(in source: String) -> [Int] {
    // Few texts name another issue at all, and the expression below costs more than looking for that.
    guard source.utf8.contains(UInt8(ascii: "#")) else { return [] }
    // Of a comment that is never closed nobody knows whether it hides the rest: it may stand in code.
    let text = UntrustedText.withoutComments(UntrustedText.visible(source), unclosed: .shown)
    var found: [Int] = []
    for match in text.matches(
      of:
        /(?i)\b(no[ \t]+longer[ \t]+|not[ \t]+|never[ \t]+)?(?:depends\s+on|blocked\s+by)\b[:\s]*((?:(?:#\d+)(?:\s*,\s*and\s+|\s*,\s*|\s+and\s+|\s*&\s*)?)+)/
    ) where match.output.1 == nil {
      for number in match.output.2.matches(of: /#(\d+)/) {
        // GitHub's numbers have 32 bits, and a request that names a larger one fails as a whole.
        guard let value = Int32(number.output.1).map(Int.init), value > 0, !found.contains(value) else {
          continue
        }
        found.append(value)
      }
    }
    return Array(found.prefix(numbersMax))
  }

  /// What the author wrote in the issue itself and in comments on it.
  static func numbers(in issue: IssueSnapshot) -> [Int] {
    let login = issue.author.login.lowercased()
    let own = issue.comments.filter { !login.isEmpty && $0.author.login.lowercased() == login }.map(\.body)
    let all = ([issue.body] + own).flatMap { numbers(in: $0) }.filter { $0 != issue.number }
    var seen: Set<Int> = []
    return Array(all.filter { seen.insert($0).inserted }.prefix(numbersMax))
  }
}
