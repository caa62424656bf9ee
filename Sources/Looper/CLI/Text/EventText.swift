/// Events, a line each.
enum EventText {
  /// `23h 59m ago`.
  private static let agoWidth = 11
  private static let roomMin = 24

  /// - Parameter isLive: of a stream, where "now" would say nothing: with the exact time.
  static func line(_ event: EventView, _ style: TextStyle, isLive: Bool) -> String {
    let time = isLive ? event.at.iso8601 : TerminalText.padded(style.ago(event.at), to: agoWidth)
    let kind = TerminalText.padded(event.kind, to: 17)
    let place = [event.project, event.loop, event.run].compactMap { $0 }.joined(separator: " ")
    let text = TerminalText.safe([place, event.message].filter { !$0.isEmpty }.joined(separator: "  "))
    let beside = TerminalText.width(time) + TerminalText.width(kind) + 4
    func head(_ kind: String) -> String {
      "\(style.paint(time, .dim))  \(style.paint(kind, color(event.kind)))"
    }
    guard style.width - beside < TerminalText.width(text) else { return "\(head(kind))  \(text)" }
    // Nothing is cut: it goes on below itself, and below the time where its words have no room beside that.
    let longest = text.split(separator: " ").map { TerminalText.width(String($0)) }.max() ?? 0
    let isBeside = style.width - beside >= max(roomMin, longest)
    let indent = isBeside ? beside : 4
    let below = "\n" + String(repeating: " ", count: indent)
    let lines = TerminalText.wrapped(text, to: max(roomMin, style.width - indent)).joined(separator: below)
    return isBeside ? "\(head(kind))  \(lines)" : head(event.kind) + below + lines
  }

  static func line(_ gap: EventGapView) -> String {
    let message = TerminalText.safe(gap.message)
    // A log that began anew goes back: then no stretch is missing.
    guard gap.through > gap.after else { return message }
    return "events \(gap.after + 1) to \(gap.through) are missing: \(message)"
  }

  private static func color(_ kind: String) -> TextStyle.Color? {
    switch kind {
    case "loop.blocked", "effect.refused", "forge.unavailable": .red
    case "loop.ready", "loop.ended", "effect.done": .green
    default: nil
    }
  }
}
