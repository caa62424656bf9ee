/// Events, a line each.
enum EventText {
  static func line(_ event: EventView, _ style: TextStyle) -> String {
    let place = [event.project, event.loop, event.run].compactMap { $0 }.joined(separator: " ")
    let kind = TerminalText.padded(event.kind, to: 17)
    let parts = [
      style.paint(event.at.iso8601, .dim), style.paint(kind, color(event.kind)), place, event.message,
    ]
    return parts.filter { !$0.isEmpty }.enumerated()
      // The first two are ours and may hold colour; the rest is cleaned.
      .map { $0.offset < 2 ? $0.element : TerminalText.safe($0.element) }.joined(separator: "  ")
  }

  static func line(_ gap: EventGapView) -> String {
    "events \(gap.after + 1) to \(gap.through) are missing: \(TerminalText.safe(gap.message))"
  }

  private static func color(_ kind: String) -> TextStyle.Color? {
    switch kind {
    case "loop.blocked", "effect.refused", "forge.unavailable": .red
    case "loop.ready", "loop.ended", "effect.done": .green
    default: nil
    }
  }
}
