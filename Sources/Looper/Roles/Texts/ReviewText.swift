/// A review as GitHub gets it: comments on lines of the diff, everything else in the body.
struct ReviewText: Sendable {
  let report: ReviewReport
  let tree: TreeFacts
  let phase: Phase
  let round: Int
  let facts: RunFacts

  /// GitHub takes many more, but nobody reads them.
  static let commentsMax = 50

  func submission(of head: CommitSHA) -> ReviewSubmission {
    // What is talked of already is not begun a second time beside that.
    let anchored = report.findings.filter { isAnchored($0) && conversation(about: $0) == nil }
      .prefix(Self.commentsMax)
    let identities = Set(anchored.map(\.identity))
    let loose = report.findings.filter { !identities.contains($0.identity) }
    return ReviewSubmission(
      head: head, verdict: report.verdict, body: body(loose: loose), comments: anchored.compactMap(comment))
  }

  func status(of head: CommitSHA) -> CommitStatus {
    let blocking = report.findings.count { $0.severity.blocks }
    let what = phase == .specReview ? "spec" : "code"
    return
      switch report.verdict
    {
    case .clean: CommitStatus(commit: head, state: .success, description: "\(what) review \(round): clean")
    case .changes:
      CommitStatus(commit: head, state: .failure, description: "\(what) review \(round): \(blocking) to fix")
    case .human:
      CommitStatus(commit: head, state: .pending, description: "\(what) review \(round): needs a human")
    }
  }

  /// Whether the diff of this head has every line the finding names.
  private func isAnchored(_ finding: FindingDraft) -> Bool {
    guard let line = finding.line, let file = tree.files.first(where: { $0.path == finding.path }) else {
      return false
    }
    let ranges = finding.side == .right ? file.rightLines : file.leftLines
    guard let range = ranges.first(where: { $0.contains(line) }) else { return false }
    return finding.startLine.map { $0 <= line && range.contains($0) } ?? true
  }

  /// The open thread of a finding that was raised before.
  private func conversation(about finding: FindingDraft) -> ThreadSnapshot? {
    FindingThreads.thread(of: finding, in: facts.pull).flatMap { $0.isResolved ? nil : $0 }
  }

  private func comment(_ finding: FindingDraft) -> ReviewSubmission.Comment? {
    guard let line = finding.line else { return nil }
    let start = finding.startLine.flatMap { $0 < line ? $0 : nil }
    var text = "**\(finding.severity.rawValue)**: \(PublishedText.line(finding.title))\n\n"
    text += PublishedText.neutralised(finding.body)
    if let suggestion = finding.suggestion, !suggestion.isEmpty {
      text += "\n\nSuggestion: \(PublishedText.neutralised(suggestion))"
    }
    text = PublishedText.stamped(text, facts.policy) + "\n\n\(FindingThreads.marker(of: finding))"
    return .init(path: finding.path, line: line, side: finding.side, startLine: start, body: text)
  }

  private func body(loose: [FindingDraft]) -> String {
    let what = phase == .specReview ? "Spec review" : "Code review"
    var parts = [
      "**\(what), round \(round): \(report.verdict.rawValue)**", PublishedText.neutralised(report.summary),
    ]
    parts += loose.map { finding in
      let place = finding.line.map { "\(finding.path):\($0)" } ?? finding.path
      let thread = conversation(about: finding)?.comments.first.map { " ([raised before](\($0.url)))" } ?? ""
      let title = PublishedText.line(finding.title) + thread
      return "- **\(finding.severity.rawValue)** `\(place)`: \(title)\n\n"
        + "  \(PublishedText.neutralised(finding.body))"
    }
    let unmet = report.criteria.filter { $0.status != .pass }
    parts += unmet.map { "- criterion \($0.id): \($0.status.rawValue). \(PublishedText.line($0.evidence))" }
    return PublishedText.stamped(parts.filter { !$0.isEmpty }.joined(separator: "\n\n"), facts.policy)
  }
}
