import Foundation

/// One event of a `text/event-stream`.
struct ServerSentEvent: Equatable, Sendable {
  /// The name of events that say something is missing.
  static let gapName = "gap"
  /// Keeps a quiet connection alive; clients ignore it.
  static let heartbeat = ": heartbeat\n\n"

  var id: String?
  var name: String
  var data: String

  /// The event as its stream form, ended by an empty line.
  var text: String {
    var lines: [String] = []
    if let id { lines.append("id: \(id)") }
    lines.append("event: \(name)")
    for line in data.split(separator: "\n", omittingEmptySubsequences: false) {
      lines.append("data: \(line)")
    }
    return lines.joined(separator: "\n") + "\n\n"
  }
}

extension ServerSentEvent {
  init(event: EventView) {
    self.init(id: String(event.sequence), name: event.kind, data: Self.json(event))
  }

  init(gap: EventGapView) {
    self.init(id: String(gap.through), name: Self.gapName, data: Self.json(gap))
  }

  private static func json<Value: Encodable>(_ value: Value) -> String {
    // Views of strings and numbers always encode.
    (try? WireCoding.encoder(for: Value.self).encode(value)).map { String(decoding: $0, as: UTF8.self) }
      ?? "{}"
  }
}
