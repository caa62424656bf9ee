/// Reads a `text/event-stream`, whatever the pieces it arrives in.
struct ServerSentEventParser {
  /// A line longer than this is cut; ours are below 10 KiB.
  static let lineBytesMax = 1024 * 1024

  private var line: [UInt8] = []
  private var id: String?
  private var name = ""
  private var data: [String] = []

  /// - Returns: the events that these bytes complete.
  mutating func take(_ bytes: [UInt8]) -> [ServerSentEvent] {
    var events: [ServerSentEvent] = []
    for byte in bytes {
      guard byte == UInt8(ascii: "\n") else {
        if line.count < Self.lineBytesMax { line.append(byte) }
        continue
      }
      if line.last == UInt8(ascii: "\r") { line.removeLast() }
      let text = String(decoding: line, as: UTF8.self)
      line.removeAll(keepingCapacity: true)
      if let event = take(line: text) { events.append(event) }
    }
    return events
  }

  private mutating func take(line: String) -> ServerSentEvent? {
    guard !line.isEmpty else { return finished() }
    let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    var value = parts.count > 1 ? String(parts[1]) : ""
    if value.hasPrefix(" ") { value.removeFirst() }
    switch parts[0] {
    case "id": id = value
    case "event": name = value
    case "data": data.append(value)
    // A comment (an empty name) or a field of a later version.
    default: break
    }
    return nil
  }

  private mutating func finished() -> ServerSentEvent? {
    defer {
      name = ""
      data = []
    }
    guard !data.isEmpty else { return nil }
    return ServerSentEvent(id: id, name: name, data: data.joined(separator: "\n"))
  }
}
