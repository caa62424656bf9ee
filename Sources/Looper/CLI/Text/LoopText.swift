/// Loops, as a list and in a line.
enum LoopText {
  static func table(_ loops: [LoopView], _ style: TextStyle) -> String {
    TextTable(
      columns: [
        "LOOP", .init("SUBJECT", .middle(16)), "PHASE", .init("STATE", .end(16)), .init("SINCE", drops: 4),
        .init("PR", drops: 2), .init("COST", drops: 1), .init("TITLE", .end(8), drops: 3),
      ],
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
    "\(verb) \(loop.id): \(place(loop)), \(state(loop))"
  }

  /// The same where the state is not told: it is that of before, until the next look.
  static func lineWithoutState(_ loop: LoopView, _ verb: String) -> String {
    "\(verb) \(loop.id): \(place(loop))"
  }

  /// What became of an order to start a loop; an older daemon does not say whether it was there already.
  static func start(_ loop: LoopView) -> String {
    loop.isNew == false
      ? "\(loop.id) is at work on it already: \(place(loop)), \(state(loop))" : line(loop, "started")
  }

  private static func place(_ loop: LoopView) -> String {
    "\(TerminalText.safe(subject(loop))), \(loop.phase)"
  }

  /// What was found in a worktree that was handed back.
  static func left(_ work: LeftWorkView) -> String {
    var lines = ["HEAD is at \(work.head.map { String($0.prefix(7)) } ?? "nothing")"]
    if let start = work.start, start != work.head { lines[0] += ", it was at \(start.prefix(7))" }
    lines += work.commits.map { "not pushed: \(TerminalText.safe($0))" }
    lines += work.changedFiles.map { "not committed: \(TerminalText.safe($0))" }
    if let ref = work.rescueRef { lines.append("kept on \(ref)") }
    return lines.map { "  \($0)" }.joined(separator: "\n")
  }

  /// `owner/name#34`.
  static func subject(_ loop: LoopView) -> String { "\(loop.project)#\(loop.subject.number)" }

  /// `waiting (checks)`, `done (merged)`.
  static func state(_ loop: LoopView) -> String {
    (loop.outcome ?? loop.reason).map { "\(loop.state) (\($0))" } ?? loop.state
  }
}
