/// Something that happened, in the order it was recorded.
struct EventView: Codable, Equatable, Sendable, WireSpelled {
  /// Rises with every event, not always by one; also the SSE id.
  var sequence: Int64
  var at: Timestamp
  /// `run.started`, `loop.blocked`, …; also the SSE event name.
  var kind: String
  var project: String?
  /// Handle of the loop, `L12`.
  var loop: String?
  /// Handle of the run, `R34`.
  var run: String?
  /// One line for people.
  var message: String
}

/// A part of the event log, oldest first.
struct EventPageView: Codable, Equatable, Sendable, WireSpelled {
  static let limitDefault = 200
  static let limitMax = 1000

  var items: [EventView]
  /// The newest sequence number of the whole log; 0 when it is empty.
  var newest: Int64
  /// The newest sequence number that was pruned; events up to it are gone. 0 when none was.
  var prunedThrough: Int64

  private enum WireKeys: String, CodingKey {
    case items, newest
    case prunedThrough = "pruned_through"
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: WireKeys.self)
    try container.encode(items, forKey: .items)
    try container.encode(newest, forKey: .newest)
    try container.encode(prunedThrough, forKey: .prunedThrough)
  }
}

/// Events that a client will not get: they were pruned, or it reads too slowly.
struct EventGapView: Codable, Equatable, Sendable {
  /// The last sequence number the client has.
  var after: Int64
  /// The last one it missed.
  var through: Int64
  var message: String
}
