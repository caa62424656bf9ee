/// `looper status`: one screen, what needs a human first.
enum StatusText {
  /// The lines of a small terminal.
  static let linesMax = 24

  /// How much of each list is shown; the rest is counted.
  private struct Caps {
    var people = 5
    var problems = 4
    var runs = 8
    var warnings = 2

    /// Gives up a line of what tells least; nil when everything is at its least, which fits any screen.
    var smaller: Caps? {
      var caps = self
      if runs > 3 {
        caps.runs -= 1
      } else if people > 3 {
        caps.people -= 1
      } else if warnings > 1 {
        caps.warnings -= 1
      } else if problems > 2 {
        caps.problems -= 1
      } else if problems > 1 {
        caps.problems -= 1
      } else if runs > 1 {
        caps.runs -= 1
      } else if people > 1 {
        caps.people -= 1
      } else {
        return nil
      }
      return caps
    }
  }

  static func text(_ status: StatusView, _ style: TextStyle) -> String {
    var caps = Caps()
    var text = text(status, caps, style)
    while text.count(where: { $0 == "\n" }) >= linesMax, let smaller = caps.smaller {
      caps = smaller
      text = Self.text(status, caps, style)
    }
    return text
  }

  private static func text(_ status: StatusView, _ caps: Caps, _ style: TextStyle) -> String {
    let sections = [
      paused(status, style), headline(status, style), needsHuman(status, caps, style),
      summary(status, caps, style), runs(status, caps, style), warnings(status, caps, style),
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

  private static func needsHuman(_ status: StatusView, _ caps: Caps, _ style: TextStyle) -> String {
    guard !status.needsHuman.isEmpty else { return "" }
    let shown = status.needsHuman.prefix(caps.people)
    let count = status.needsHuman.count
    let number = count > shown.count ? "\(shown.count) of \(count), see `looper loops`" : "\(count)"
    var lines = [style.paint("NEEDS A HUMAN (\(number))", .bold)]
    let columns: [TextTable.Column] = [
      "", .init("", .middle(16)), "", .init("", drops: 2), .init("", .end(8), drops: 1),
    ]
    for item in shown {
      let row: [TextTable.Cell] = [
        .init(item.loop), .init(item.subject), .init(item.reason, .red), .init(style.ago(item.since)),
        .init(item.title),
      ]
      lines.append(TextTable(columns: columns, rows: [row], indent: 2).text(style))
      lines += action(item, style).map { "       " + $0 }
    }
    return lines.joined(separator: "\n")
  }

  /// Two lines at most: what to do comes first, and an address is never cut.
  private static func action(_ item: NeedsHumanView, _ style: TextStyle) -> [String] {
    let room = max(20, style.width - 7)
    let lines = TerminalText.wrapped(TerminalText.safe(item.action), to: room)
    guard lines.count > 2 else { return lines }
    return [
      lines[0],
      TerminalText.truncated(lines[1] + " " + lines[2], to: max(room, TerminalText.width(lines[1]))),
    ]
  }

  private static func summary(_ status: StatusView, _ caps: Caps, _ style: TextStyle) -> String {
    var rows = health(status.health, caps, style)
    rows.append(["loops", .init(listed(status.loops.map { "\($0.count) \($0.state)" }, or: "none"))])
    rows.append(["queue", .init(listed(status.queue.map(lane), or: "empty"))])
    rows.append(["agents", .init("\(status.agents.running) of \(status.agents.limit) running")])
    if !status.limits.isEmpty {
      let limits = status.limits.map { "\($0.name): \($0.until.map { style.until($0) } ?? "no end known")" }
      let count = limits.count == 1 ? "limit" : "\(limits.count) limits"
      rows.append([.init(count), .init(cut(limits.joined(separator: "; "), style), .yellow)])
    }
    // What is wrong and what to do about it is never cut.
    return TextTable(rows: rows, last: .wraps).text(style)
  }

  /// Room for one line beside the widest name, or for some.
  private static func cut(_ text: String, _ style: TextStyle, lines: Int = 1) -> String {
    // Without a terminal there is no width to speak of.
    TerminalText.truncated(text, to: lines * max(20, min(style.width, .max / lines) - 16))
  }

  /// What is degraded, a line each; then in one line what is not.
  private static func health(
    _ health: [HealthView], _ caps: Caps, _ style: TextStyle
  ) -> [[TextTable.Cell]] {
    let problems = health.filter { $0.state != .ok }
    let rest = problems.dropFirst(caps.problems)
    let well = health.filter { $0.state == .ok }.map(\.name)
    var rows: [[TextTable.Cell]] = problems.prefix(caps.problems).map { health in
      let since = health.since.map { " (since \(style.ago($0)))" } ?? ""
      let text = "\(health.state.rawValue): \(health.message)\(since)"
      return [.init(health.name), .init(text, TextStyle.color(ofState: health.state.rawValue))]
    }
    let more = rest.isEmpty ? "" : "; degraded too: \(rest.map(\.name).joined(separator: ", "))"
    if !well.isEmpty || !rest.isEmpty {
      // Beside much that is degraded one line must do.
      let text = cut(listed(well, or: "nothing") + more, style, lines: rest.isEmpty ? 2 : 1)
      rows.append(["well", .init(text, rest.isEmpty ? .green : .red)])
    }
    return rows
  }

  private static func lane(_ depth: LaneDepthView) -> String {
    "\(depth.lane) \(depth.due)" + (depth.delayed > 0 ? " (+\(depth.delayed) later)" : "")
  }

  private static func listed(_ words: [String], or nothing: String) -> String {
    words.isEmpty ? nothing : words.joined(separator: ", ")
  }

  private static func runs(_ status: StatusView, _ caps: Caps, _ style: TextStyle) -> String {
    guard !status.runs.isEmpty else { return "" }
    let shown = Array(status.runs.prefix(caps.runs))
    let more = status.runs.count - shown.count
    let table = RunText.table(shown, style)
    return more > 0 ? table + "\n… and \(more) more; see `looper run list --state running`" : table
  }

  private static func warnings(_ status: StatusView, _ caps: Caps, _ style: TextStyle) -> String {
    let more = status.configWarnings.count - caps.warnings
    return status.configWarnings.prefix(caps.warnings).enumerated().map { index, warning in
      let rest = more > 0 && index == caps.warnings - 1 ? " (and \(more) more: looper config check)" : ""
      let room = max(8, style.width - TerminalText.width(rest))
      return style.paint(
        TerminalText.truncated("warning: " + TerminalText.safe(warning), to: room) + rest, .yellow)
    }.joined(separator: "\n")
  }
}
