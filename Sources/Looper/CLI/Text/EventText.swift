/// Events, a line each.
enum EventText {
  /// `23h 59m ago`.
  private static let agoWidth = 11

  /// - Parameter isLive: of a stream, where "now" would say nothing: with the exact time.
  static func line(_ event: EventView, _ style: TextStyle, isLive: Bool) -> String {
    let time = isLive ? event.at.iso8601 : TerminalText.padded(style.ago(event.at), to: agoWidth)
    let place = [event.project, event.loop, event.run].compactMap { $0 }.joined(separator: " ")
    let kind = TerminalText.padded(event.kind, to: 17)
    let parts = [
      style.paint(time, .dim), style.paint(kind, color(event.kind)), place, event.message,
    ]
    return parts.filter { !$0.isEmpty }.enumerated()
      // The first two are ours and may hold colour; the rest is cleaned.
      .map { $0.offset < 2 ? $0.element : TerminalText.safe($0.element) }.joined(separator: "  ")
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
