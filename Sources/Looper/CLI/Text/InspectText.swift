/// `looper inspect`: everything about a loop or a run.
enum InspectText {
  /// What stands before a key on a line of its own.
  private static let keyMargin = 6

  static func text(_ view: InspectView, _ style: TextStyle) -> String {
    let sections = [
      heading(view, style),
      section(
        "PHASES", columns: ["", .init("", drops: 2), "", .init("", drops: 1), ""],
        (view.phases ?? []).map { phase($0, style) }, style),
      section("TIMELINE", view.timeline.map { [.init(style.ago($0.at), .dim), .init($0.text)] }, style),
      view.runs.map { run($0, style) }.joined(separator: "\n\n"),
      section(
        "FINDINGS", columns: ["", "", "", "", .init("", .below), .init("", .wraps)],
        view.findings.map(finding),
        style),
      section(
        "EFFECTS",
        columns: [
          "", "", .init("", .middle(10)), "", .init("", drops: 1), .init("", drops: 2), .init("", .below),
        ], view.effects.map { effect($0, style) }, style),
      section(
        "SESSIONS",
        columns: [
          "", "", .init("", .end(4)), .init("", .end(5)), .init("", .end(4), drops: 1), "",
          .init("", drops: 2), "", .init("", .below),
        ], view.sessions.map { session($0, style) }, style),
      section("FILES", last: .below, view.files.map { [.init($0.name), .init($0.path)] }, style),
      view.isTruncated == true ? "older entries are left out" : "",
    ]
    return sections.filter { !$0.isEmpty }.joined(separator: "\n\n")
  }

  private static func heading(_ view: InspectView, _ style: TextStyle) -> String {
    let loop = view.loop
    let agent = [loop.vendor, loop.model].compactMap { $0 }.joined(separator: " ")
    let tokens =
      "\(TextStyle.count(view.cost.inputTokens)) in, \(TextStyle.count(view.cost.outputTokens)) out"
    let time = duration(view.cost.agentSeconds)
    let rows: [[TextTable.Cell]] = [
      ["loop", .init(loop.id, .bold)],
      ["subject", .init("\(LoopText.subject(loop))  \(loop.subject.title)")],
      ["url", .init(loop.subject.url)],
      ["state", .init("\(loop.phase), \(LoopText.state(loop)), \(style.ago(loop.since))")],
      ["wakes", .init(loop.wakesAt.map { style.until($0) } ?? "-")],
      ["pr", .init(loop.pullURL ?? loop.pullNumber.map { "#\($0)" } ?? "-")],
      ["branch", .init(loop.branch ?? "-")],
      ["agent", .init(agent.isEmpty ? "-" : agent)],
      [
        // Only of a loop are there phases.
        .init(view.phases == nil ? "cost of \(view.runs.first?.run.id ?? "the run")" : "cost"),
        .init("\(TextStyle.money(view.cost.costUSD)), tokens \(tokens), agents ran \(time)"),
      ],
    ]
    return TextTable(rows: rows, last: .wraps).text(style)
  }

  private static func phase(_ phase: PhaseView, _ style: TextStyle) -> [TextTable.Cell] {
    [
      .init(phase.phase), .init("began \(style.ago(phase.startedAt))"),
      .init("\(phase.endedAt == nil ? "so far" : "took") \(duration(phase.durationSeconds))"),
      .init("agents ran \(known(phase.agentSeconds))"), .init(TextStyle.money(phase.costUSD)),
    ]
  }

  private static func run(_ detail: RunDetailView, _ style: TextStyle) -> String {
    let run = detail.run
    let title = [
      run.id, run.job, RunText.state(run), style.ago(run.startedAt), "ran \(known(run.agentSeconds))",
      TextStyle.money(run.costUSD),
    ]
    let heading = TerminalText.safe(title.joined(separator: "  "))
    var lines =
      TerminalText.width(heading) <= style.width
      ? [style.paint(heading, .bold)]
      : TerminalText.wrapped(heading, to: style.width).map { style.paint($0, .bold) }
    lines += TerminalText.wrapped(TerminalText.safe(run.message), to: style.width - 2).map { "  " + $0 }
    let stages = detail.stages.map { stage -> [TextTable.Cell] in
      let began = stage.state == "skipped" ? nil : stage.startedAt
      let time = began.map { duration(((stage.endedAt ?? style.now) - $0).inSeconds) } ?? ""
      return [
        .init(stage.name), .init(stage.state, TextStyle.color(ofState: stage.state)), .init(time),
        .init(stage.summary),
      ]
    }
    if !stages.isEmpty { lines.append(TextTable(rows: stages, last: .wraps, indent: 2).text(style)) }
    let validations = detail.validations.map { validation -> [TextTable.Cell] in
      [
        .init("check"),
        .init(validation.exit.map { "exit \($0)" } ?? "stopped", validation.exit == 0 ? .green : .red),
        .init(duration(validation.seconds)), .init(String(validation.sha.prefix(7))),
        .init(validation.command),
      ]
    }
    if !validations.isEmpty {
      lines.append(TextTable(rows: validations, last: .wraps, indent: 2).text(style))
    }
    return lines.joined(separator: "\n")
  }

  private static func known(_ seconds: Double?) -> String { seconds.map(duration) ?? "?" }

  private static func duration(_ seconds: Double) -> String {
    TextStyle.duration(.milliseconds(Int64(seconds * 1000)))
  }

  private static func finding(_ finding: FindingView) -> [TextTable.Cell] {
    let place = finding.path + (finding.line.map { ":\($0)" } ?? "")
    return [
      .init(finding.id), .init(finding.severity),
      .init(finding.state, TextStyle.color(ofState: finding.state)),
      .init("round \(finding.round)"), .init(place), .init(finding.title),
    ]
  }

  private static func effect(_ effect: EffectView, _ style: TextStyle) -> [TextTable.Cell] {
    [
      .init(String(effect.id)), .init(effect.kind), .init(effect.target),
      .init(effect.state, TextStyle.color(ofState: effect.state)), .init("sent \(effect.attempts)x"),
      .init(style.ago(effect.createdAt)),
      .init(effect.failure ?? effect.url ?? key(effect, style)),
    ]
  }

  /// A key is one long word that nobody types: it is cut where it would not fit on a line of its own.
  private static func key(_ effect: EffectView, _ style: TextStyle) -> String {
    TerminalText.truncatedInside(effect.key, to: max(8, style.width - keyMargin))
  }

  private static func session(_ session: SessionView, _ style: TextStyle) -> [TextTable.Cell] {
    [
      .init(String(session.id)), .init(session.run), .init(session.stage), .init(session.vendor),
      .init(session.version ?? "-"), .init(session.state, TextStyle.color(ofState: session.state)),
      .init(known(session.agentSeconds)),
      .init(TextStyle.money(session.costUSD)),
      .init(session.ending.isEmpty ? session.directory : session.ending),
    ]
  }

  private static func section(
    _ title: String, last: TextTable.Yield = .wraps, _ rows: [[TextTable.Cell]], _ style: TextStyle
  ) -> String {
    guard !rows.isEmpty else { return "" }
    return style.paint(title, .bold) + "\n" + TextTable(rows: rows, last: last, indent: 2).text(style)
  }

  private static func section(
    _ title: String, columns: [TextTable.Column], _ rows: [[TextTable.Cell]], _ style: TextStyle
  ) -> String {
    guard !rows.isEmpty else { return "" }
    return style.paint(title, .bold) + "\n" + TextTable(columns: columns, rows: rows, indent: 2).text(style)
  }
}
