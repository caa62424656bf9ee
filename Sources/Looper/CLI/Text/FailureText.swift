/// `looper failures`: a paragraph each.
enum FailureText {
  static func text(_ failures: [FailureView], _ style: TextStyle) -> String {
    failures.map { paragraph($0, style) }.joined(separator: "\n\n")
  }

  private static func paragraph(_ failure: FailureView, _ style: TextStyle) -> String {
    let handle = failure.run.map { "\(failure.loop) \($0)" } ?? failure.loop
    let columns: [TextTable.Column] = [
      "", .init("", .middle(16)), .init("", .middle(14)), "", .init("", drops: 2),
      .init("", .end(8), drops: 1),
    ]
    let row: [TextTable.Cell] = [
      .init(handle, .bold), .init(failure.subject), .init(failure.what), .init(failure.failure, .red),
      .init(style.ago(failure.at)), .init(failure.title),
    ]
    var lines = [TextTable(columns: columns, rows: [row]).text(style)]
    let message = TerminalText.safe(failure.message, keepsLines: true).split(separator: "\n").map(String.init)
    lines += message.flatMap { TerminalText.wrapped($0, to: style.width - 2) }.map { "  " + $0 }
    lines += failure.lastLines.map {
      "  | " + TerminalText.truncated(TerminalText.safe($0), to: style.width - 4)
    }
    return (lines + ["  next: " + TerminalText.safe(failure.next)]).joined(separator: "\n")
  }
}
