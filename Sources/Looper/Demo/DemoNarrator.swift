/// Tells what happens, a line per event that a spectator wants; pure.
struct DemoNarrator: Sendable {
  /// Kinds of effects that happen all the time and mean nothing to a spectator.
  private static let quietEffects: Set<String> = ["status comment", "updated the pull request"]
  private static let whoColumns = 9

  let startedAt: Timestamp
  let style: TextStyle
  /// What each run that was seen is for, by its handle.
  private var jobs: [String: Job] = [:]

  init(startedAt: Timestamp, style: TextStyle) {
    self.startedAt = startedAt
    self.style = style
  }

  /// The lines of one event; none for what only matters to a log.
  ///
  /// - Parameter costUSD: what the run that ended had cost.
  mutating func lines(for event: EventView, costUSD: Double? = nil) -> [String] {
    guard let kind = Event.Kind(rawValue: event.kind) else { return [] }
    let role = event.run.flatMap { jobs[$0] }?.role.rawValue ?? "looper"
    func tell(_ text: String, _ color: TextStyle.Color? = nil) -> [String] {
      [line(at: event.at, role, text, color)]
    }
    switch kind {
    case .loopStarted: return tell("\(event.loop ?? "loop") \(event.message)")
    case .loopPhase: return [line(at: event.at, "phase", event.message.replacing("phase ", with: ""), .bold)]
    case .runStarted:
      let job = event.message.split(separator: " ").first.flatMap { Job(code: String($0)) }
      if let run = event.run, let job { jobs[run] = job }
      return [
        line(at: event.at, job?.role.rawValue ?? role, "\(event.run ?? "run") \(job?.code ?? event.message)")
      ]
    case .agentProgress: return tell("  \(event.message)", .dim)
    case .effectDone: return Self.quietEffects.contains(event.message) ? [] : tell("  \(event.message)")
    case .reviewRecorded:
      return tell("  \(event.message)", event.message.contains("changes") ? .yellow : .green)
    case .runEnded:
      let cost = costUSD.map { "\(TextStyle.money($0)): " } ?? ""
      return tell("  \(cost)\(event.message)", event.message.contains("failed") ? .red : nil)
    case .loopReady: return tell(event.message, .green)
    case .loopBlocked, .effectRefused, .forgeUnavailable, .agentLimited, .budgetWarning:
      return tell(event.message, .red)
    case .loopEnded, .loopControl, .questionAsked, .questionAnswered, .forgeAvailable, .agentAvailable:
      return tell(event.message)
    case .daemonStarted, .daemonStopped, .projectAdded, .projectRemoved, .runStage, .agentStarted,
      .agentEnded, .agentResumed, .agentUnsandboxed,
      .configuration:
      return []
    }
  }

  /// `  4.2s  fixer      R3 fix-checks`, cut to the width of the terminal.
  func line(at time: Timestamp, _ who: String, _ text: String, _ color: TextStyle.Color? = nil) -> String {
    let tenths = max(0, (time - startedAt).milliseconds / 100)
    let clock = "\(tenths / 10).\(tenths % 10)s"
    let indent = String(repeating: " ", count: max(0, 6 - clock.count))
    let head = "\(indent)\(clock)  \(TerminalText.padded(who, to: Self.whoColumns))  "
    let room = max(20, style.width - TerminalText.width(head))
    return style.paint(head, .dim)
      + style.paint(TerminalText.truncated(TerminalText.safe(text), to: room), color)
  }

  /// What a reviewer wants changed.
  func finding(_ finding: FindingView, at time: Timestamp) -> String {
    let place = finding.line.map { "\(finding.path):\($0)" } ?? finding.path
    let name = place.split(separator: "/").last.map(String.init) ?? place
    return line(
      at: time, Role.reviewer.rawValue, "  \(finding.id) \(finding.severity) \(name): \(finding.title)",
      .yellow)
  }

  /// How a check of the local CI ended.
  func check(_ outcome: DemoChecks.Outcome, at time: Timestamp) -> String {
    let word = outcome.isSuccess ? "passed" : "failed"
    return line(
      at: time, "CI", "\(word) on \(outcome.sha.short): \(outcome.lastLine)",
      outcome.isSuccess ? .green : .red)
  }
}
