/// Titles and bodies of Looper's pull requests.
enum PullText {
  /// GitHub's bound on a title, in Unicode scalars.
  private static let titleMax = 256

  static func specTitle(_ issue: IssueSnapshot) -> String { title(issue.title, after: "Spec: ") }

  static func workTitle(_ issue: IssueSnapshot) -> String { title(issue.title, after: "") }

  private static func title(_ text: String, after prefix: String) -> String {
    prefix + PublishedText.line(text, limit: titleMax - prefix.unicodeScalars.count)
  }

  static func specBody(_ facts: RunFacts, path: String) -> String {
    PublishedText.stamped(
      """
      \(PublishedText.neutralised(facts.report?.summary ?? ""))

      Spec: \(path)
      Refs #\(facts.loop.subject.number)
      """, facts.policy)
  }

  static func workBody(_ facts: RunFacts, issue: IssueSnapshot) -> String {
    var parts = [PublishedText.neutralised(facts.report?.summary ?? "")]
    if let path = facts.loop.specPath { parts.append("Spec: \(path)") }
    if case .work(let report)? = facts.report, !report.criteria.isEmpty {
      parts.append(criteria(report.criteria))
    }
    parts.append(validation(facts))
    parts.append("Closes #\(issue.number)")
    return PublishedText.stamped(parts.joined(separator: "\n\n"), facts.policy)
  }

  /// What the agent says of each acceptance criterion, as its word, not as proof.
  private static func criteria(_ criteria: [CriterionReport]) -> String {
    let rows = criteria.map { "| \(cell($0.id)) | \($0.status.rawValue) | \(cell($0.evidence)) |" }
    return (["| criterion | worker says | evidence |", "| --- | --- | --- |"] + rows).joined(separator: "\n")
  }

  private static let validationHeader = "| validation | exit | commit | time |"

  /// What the daemon ran itself, with exit codes and the commit.
  static func validation(_ facts: RunFacts) -> String {
    guard !facts.validation.isEmpty else {
      return "Validation: no command is configured for this repository."
    }
    let rows = facts.validation.map { result in
      let exit = result.exitCode.map(String.init) ?? "timed out"
      return
        "| `\(cell(result.command))` | \(exit) | \(result.headSHA.short) | \(result.milliseconds / 1000) s |"
    }
    return ([validationHeader, "| --- | --- | --- | --- |"] + rows).joined(separator: "\n")
  }

  /// The body of Looper's own pull request with what was run on the fixer's commit; nil where it shows no such table,
  /// because nothing is run or somebody rewrote it.
  static func body(_ body: String, after facts: RunFacts) -> String? {
    guard !facts.validation.isEmpty else { return nil }
    var lines = WriteMarker.stripped(body).split(separator: "\n", omittingEmptySubsequences: false)
    guard let start = lines.firstIndex(where: { $0 == validationHeader }) else { return nil }
    let end = lines[start...].firstIndex { !$0.hasPrefix("|") } ?? lines.endIndex
    lines.replaceSubrange(start..<end, with: validation(facts).split(separator: "\n"))
    return lines.joined(separator: "\n")
  }

  private static func cell(_ text: String) -> String {
    PublishedText.line(text).replacing("|", with: "\\|").replacing("`", with: "'")
  }
}
