/// Loops, as a list and in a line.
enum LoopText {
  static func table(_ loops: [LoopView], _ style: TextStyle) -> String {
    TextTable(
      names: ["LOOP", "SUBJECT", "PHASE", "STATE", "SINCE", "PR", "COST", "TITLE"],
      rows: loops.map { loop in
        [
          .init(loop.id), .init(subject(loop)), .init(loop.phase),
          .init(state(loop), TextStyle.color(ofState: loop.state)), .init(style.ago(loop.since)),
          .init(loop.pullNumber.map { "#\($0)" } ?? "-"), .init(TextStyle.money(loop.costUSD)),
          .init(loop.subject.title),
        ]
      }
    ).text(style)
  }

  /// What a command did to a loop, in one line.
  static func line(_ loop: LoopView, _ verb: String) -> String {
    "\(verb) \(loop.id): \(TerminalText.safe(subject(loop))), \(loop.phase), \(state(loop))"
  }

  /// `owner/name#34`.
  static func subject(_ loop: LoopView) -> String { "\(loop.project)#\(loop.subject.number)" }

  /// `waiting (checks)`, `done (merged)`.
  static func state(_ loop: LoopView) -> String {
    (loop.outcome ?? loop.reason).map { "\(loop.state) (\($0))" } ?? loop.state
  }
}
