/// `looper status`: one screen, what needs a human first.
enum StatusText {
  /// Longer lists end with how many more there are.
  private static let needsHumanMax = 5
  private static let runsMax = 8

  static func text(_ status: StatusView, _ style: TextStyle) -> String {
    let sections = [
      paused(status, style), headline(status, style), needsHuman(status, style), summary(status, style),
      runs(status, style),
      warnings(status, style),
    ]
    return sections.filter { !$0.isEmpty }.joined(separator: "\n\n")
  }

  private static func headline(_ status: StatusView, _ style: TextStyle) -> String {
    let uptime = TextStyle.duration(.seconds(status.uptimeSeconds))
    let projects = status.projects == 1 ? "1 project" : "\(status.projects) projects"
    return "looper \(status.version), up \(uptime), pid \(status.pid), \(projects)"
  }

  private static func paused(_ status: StatusView, _ style: TextStyle) -> String {
    guard let since = status.pausedSince else { return "" }
    return style.paint("PAUSED \(style.ago(since)): nothing new starts; looper resume --all lets it", .bold)
  }

  private static func needsHuman(_ status: StatusView, _ style: TextStyle) -> String {
    guard !status.needsHuman.isEmpty else { return "" }
    var lines = [style.paint("NEEDS A HUMAN (\(status.needsHuman.count))", .bold)]
    for item in status.needsHuman.prefix(needsHumanMax) {
      let row: [TextTable.Cell] = [
        .init(item.loop), .init(item.subject), .init(item.reason, .red), .init(style.ago(item.since)),
        .init(item.title),
      ]
      lines.append(TextTable(rows: [row], indent: 2).text(style))
      lines.append("       " + TerminalText.truncated(TerminalText.safe(item.action), to: style.width - 7))
    }
    let more = status.needsHuman.count - needsHumanMax
    if more > 0 { lines.append("  … and \(more) more; see `looper loops --state blocked`") }
    return lines.joined(separator: "\n")
  }

  private static func summary(_ status: StatusView, _ style: TextStyle) -> String {
    var rows: [[TextTable.Cell]] = status.health.map { health in
      let since = health.since.map { " (since \(style.ago($0)))" } ?? ""
      let message = health.message.isEmpty ? "" : ": \(health.message)\(since)"
      let color = TextStyle.color(ofState: health.state.rawValue)
      return [.init(health.name), .init(health.state.rawValue + message, color)]
    }
    rows.append(["loops", .init(listed(status.loops.map { "\($0.count) \($0.state)" }, or: "none"))])
    rows.append(["queue", .init(listed(status.queue.map(lane), or: "empty"))])
    rows.append(["agents", .init("\(status.agents.running) of \(status.agents.limit) running")])
    for limit in status.limits {
      let until = limit.until.map { style.until($0) } ?? "no end known"
      rows.append(["limit", .init("\(limit.name): \(until)", .yellow)])
    }
    return TextTable(rows: rows).text(style)
  }

  private static func lane(_ depth: LaneDepthView) -> String {
    "\(depth.lane) \(depth.due)" + (depth.delayed > 0 ? " (+\(depth.delayed) later)" : "")
  }

  private static func listed(_ words: [String], or nothing: String) -> String {
    words.isEmpty ? nothing : words.joined(separator: ", ")
  }

  private static func runs(_ status: StatusView, _ style: TextStyle) -> String {
    guard !status.runs.isEmpty else { return "" }
    let shown = Array(status.runs.prefix(runsMax))
    let more = status.runs.count - shown.count
    let table = RunText.table(shown, style)
    return more > 0 ? table + "\n… and \(more) more; see `looper run list --state running`" : table
  }

  private static func warnings(_ status: StatusView, _ style: TextStyle) -> String {
    status.configWarnings.map { style.paint("warning: " + TerminalText.safe($0), .yellow) }.joined(
      separator: "\n")
  }
}
