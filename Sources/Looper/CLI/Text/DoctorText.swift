/// `looper doctor`: a line for what is well, a line more with the fix for what is not.
enum DoctorText {
  /// With less room beside the codes what was found stands below them.
  private static let roomMin = 24

  static func text(_ report: DoctorReport, _ style: TextStyle) -> String {
    var groups: [String] = []
    for finding in report.findings where !groups.contains(finding.group) { groups.append(finding.group) }
    let width = report.findings.map { TerminalText.width($0.code) }.max() ?? 0
    let sections = groups.map { group in
      let findings = report.findings.filter { $0.group == group }
      return ([style.paint(group.uppercased(), .bold)] + findings.map { line($0, width, style) })
        .joined(separator: "\n")
    }
    return (sections + [summary(report)]).joined(separator: "\n\n")
  }

  private static func line(_ finding: DoctorFinding, _ width: Int, _ style: TextStyle) -> String {
    let word = style.paint(TerminalText.padded(finding.status.rawValue, to: 7), color(finding.status))
    let message = TerminalText.safe(finding.message)
    let isProblem = finding.status == .failed || finding.status == .warning
    let isBeside = style.width - width - 13 >= roomMin
    let indent = isBeside ? width + 13 : 4
    let room = max(roomMin, style.width - indent)
    // What is wrong is never cut, and what mends it is one line to copy.
    var lines =
      isProblem ? TerminalText.wrapped(message, to: room) : [TerminalText.truncated(message, to: room)]
    if isProblem, let fix = finding.fix { lines.append("fix: " + TerminalText.safe(fix)) }
    let below = isBeside ? lines.dropFirst() : lines[...]
    let code =
      isBeside ? TerminalText.padded(finding.code, to: width) + "  " + (lines.first ?? "") : finding.code
    return (["  \(word)  \(code)"] + below.map { String(repeating: " ", count: indent) + $0 })
      .joined(separator: "\n")
  }

  private static func summary(_ report: DoctorReport) -> String {
    let counts = DoctorFinding.Status.allCases.map { "\(report.count($0)) \($0.rawValue)" }
    return (report.isSound ? "sound: " : "not sound: ") + counts.joined(separator: ", ")
  }

  private static func color(_ status: DoctorFinding.Status) -> TextStyle.Color {
    switch status {
    case .ok: .green
    case .warning: .yellow
    case .failed: .red
    case .skipped: .dim
    }
  }
}
