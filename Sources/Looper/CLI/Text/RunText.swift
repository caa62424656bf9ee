/// Runs, as a list and in a line.
enum RunText {
  static func table(_ runs: [RunView], _ style: TextStyle) -> String {
    TextTable(
      columns: [
        "RUN", "LOOP", .init("SUBJECT", .middle(16), drops: 6), "JOB", .init("AGENT", drops: 1),
        .init("STATE", .end(16)), .init("STARTED", drops: 3), .init("RAN", drops: 4),
        .init("COST", drops: 2),
        .init("MESSAGE", .end(10), drops: 5),
      ],
      rows: runs.map { run in
        [
          .init(run.id), .init(run.loop), .init(run.subject), .init(run.job), .init(run.vendor),
          .init(state(run), TextStyle.color(ofState: run.state)), .init(style.ago(run.startedAt)),
          .init(ran(run)),
          .init(TextStyle.money(run.costUSD)),
          .init(message(run)),
        ]
      }
    ).text(style)
  }

  /// `failed (agent)`.
  static func state(_ run: RunView) -> String { run.failure.map { "\(run.state) (\($0))" } ?? run.state }

  /// What an agent that is at work has used is told from time to time: until the first time it is not nothing.
  private static func ran(_ run: RunView) -> String {
    guard let seconds = run.agentSeconds else { return "?" }
    return seconds == 0 && run.state == RunState.running.code
      ? "-" : TextStyle.duration(.milliseconds(seconds * 1000))
  }

  private static func message(_ run: RunView) -> String {
    guard run.message.isEmpty else { return run.message }
    return [run.stage, run.progress].compactMap { $0 }.joined(separator: ": ")
  }
}
