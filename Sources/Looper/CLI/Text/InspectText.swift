/// `looper inspect`: everything about a loop or a run.
enum InspectText {
  static func text(_ view: InspectView, _ style: TextStyle) -> String {
    let sections = [
      heading(view, style),
      section("TIMELINE", view.timeline.map { [.init($0.at.iso8601, .dim), .init($0.text)] }, style),
      view.runs.map { run($0, style) }.joined(separator: "\n\n"),
      section("FINDINGS", view.findings.map(finding), style),
      section("EFFECTS", view.effects.map { effect($0, style) }, style),
      section("SESSIONS", view.sessions.map(session), style),
      section("FILES", view.files.map { [.init($0.name), .init($0.path)] }, style),
    ]
    return sections.filter { !$0.isEmpty }.joined(separator: "\n\n")
  }

  private static func heading(_ view: InspectView, _ style: TextStyle) -> String {
    let loop = view.loop
    let agent = [loop.vendor, loop.model].compactMap { $0 }.joined(separator: " ")
    let tokens =
      "\(TextStyle.count(view.cost.inputTokens)) in, \(TextStyle.count(view.cost.outputTokens)) out"
    let time = TextStyle.duration(.milliseconds(view.cost.agentSeconds * 1000))
    return TextTable(rows: [
      ["loop", .init(loop.id, .bold)],
      ["subject", .init("\(LoopText.subject(loop))  \(loop.subject.title)")],
      ["url", .init(loop.subject.url)],
      ["state", .init("\(loop.phase), \(LoopText.state(loop)), \(style.ago(loop.since))")],
      ["wakes", .init(loop.wakesAt.map { style.until($0) } ?? "-")],
      ["pr", .init(loop.pullURL ?? loop.pullNumber.map { "#\($0)" } ?? "-")],
      ["branch", .init(loop.branch ?? "-")],
      ["agent", .init(agent.isEmpty ? "-" : agent)],
      ["cost", .init("\(TextStyle.money(view.cost.costUSD)), tokens \(tokens), agents ran \(time)")],
    ]).text(style)
  }

  private static func run(_ detail: RunDetailView, _ style: TextStyle) -> String {
    let run = detail.run
    let took = TextStyle.duration(.milliseconds(run.durationSeconds * 1000))
    let title = "\(run.id)  \(run.job)  \(RunText.state(run))  \(style.ago(run.startedAt))  took \(took)"
    var lines = [style.paint(TerminalText.safe(title), .bold)]
    if !run.message.isEmpty { lines.append("  " + TerminalText.safe(run.message)) }
    let stages = detail.stages.map { stage -> [TextTable.Cell] in
      [.init(stage.name), .init(stage.state, TextStyle.color(ofState: stage.state)), .init(stage.summary)]
    }
    if !stages.isEmpty { lines.append(TextTable(rows: stages, indent: 2).text(style)) }
    let validations = detail.validations.map { validation -> [TextTable.Cell] in
      [
        .init("check"),
        .init(validation.exit.map { "exit \($0)" } ?? "stopped", validation.exit == 0 ? .green : .red),
        .init(TextStyle.duration(.milliseconds(validation.seconds * 1000))),
        .init(String(validation.sha.prefix(7))),
        .init(validation.command),
      ]
    }
    if !validations.isEmpty { lines.append(TextTable(rows: validations, indent: 2).text(style)) }
    return lines.joined(separator: "\n")
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
      .init(style.ago(effect.createdAt)), .init(effect.failure ?? effect.url ?? effect.key),
    ]
  }

  private static func session(_ session: SessionView) -> [TextTable.Cell] {
    [
      .init(String(session.id)), .init(session.run), .init(session.stage), .init(session.vendor),
      .init(session.version ?? "-"), .init(session.state, TextStyle.color(ofState: session.state)),
      .init(TextStyle.money(session.costUSD)),
      .init(session.ending.isEmpty ? session.directory : session.ending),
    ]
  }

  private static func section(_ title: String, _ rows: [[TextTable.Cell]], _ style: TextStyle) -> String {
    guard !rows.isEmpty else { return "" }
    return style.paint(title, .bold) + "\n" + TextTable(rows: rows, indent: 2).text(style)
  }
}
