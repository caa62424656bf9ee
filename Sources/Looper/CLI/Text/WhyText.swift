/// `looper why`: what a loop waits for and what would move it.
enum WhyText {
  static func text(_ why: WhyView, _ style: TextStyle) -> String {
    let rows: [[TextTable.Cell]] = [
      ["loop", .init("\(why.loop), \(why.phase), \(why.state)", TextStyle.color(ofState: why.state))],
      ["because", .init("\(why.sentence) (\(why.reason))")],
      ["since", .init("\(style.ago(why.since)), \(why.since.iso8601)")],
      ["waits for", .init(why.waitsFor)],
      ["wakes", .init(why.wakesAt.map { style.until($0) } ?? sleep(why))],
    ]
    let actions = why.humanCan.flatMap { action in
      TerminalText.wrapped(TerminalText.safe(action), to: style.width - 4).enumerated().map { index, line in
        (index == 0 ? "  " : "    ") + line
      }
    }
    return
      ([TextTable(rows: rows, last: .wraps).text(style)] + (actions.isEmpty ? [] : ["you can"]) + actions)
      .joined(separator: "\n")
  }

  /// What is said where nothing wakes it by the clock.
  private static func sleep(_ why: WhyView) -> String {
    why.state == LoopState.Code.done.rawValue ? "never: it has ended" : "only when something changes"
  }
}
