/// `looper doctor`: a line for what is well, a line more with the fix for what is not.
enum DoctorText {
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
    let word = TerminalText.padded(finding.status.rawValue, to: 7)
    let code = TerminalText.padded(finding.code, to: width)
    let message = TerminalText.safe(finding.message)
    let isProblem = finding.status == .failed || finding.status == .warning
    // What is wrong is never cut.
    let text = isProblem ? message : TerminalText.truncated(message, to: max(8, style.width - width - 13))
    let line = "  \(style.paint(word, color(finding.status)))  \(code)  \(text)"
    guard let fix = finding.fix, isProblem else { return line }
    return line + "\n" + String(repeating: " ", count: width + 13) + "fix: " + TerminalText.safe(fix)
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
