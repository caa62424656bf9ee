import Foundation

/// What a follower of the event stream is handed.
enum EventStreamItem: Equatable, Sendable {
  case event(EventView)
  case gap(EventGapView)

  /// The sequence number that a follower goes on after.
  var last: Int64 {
    switch self {
    case .event(let event): event.sequence
    case .gap(let gap): gap.through
    }
  }

  /// - Throws: `internal` when the data is not what this version understands.
  init(_ event: ServerSentEvent) throws(LooperError) {
    let data = Data(event.data.utf8)
    do {
      self =
        event.name == ServerSentEvent.gapName
        ? .gap(try WireCoding.decoder.decode(EventGapView.self, from: data))
        : .event(try WireCoding.decoder.decode(EventView.self, from: data))
    } catch {
      throw LooperError(.internal, "an event of the daemon was not understood: \(event.data)")
    }
  }
}
