/// A request to advance a loop that nobody works on yet.
struct QueueItemView: Codable, Equatable, Sendable {
  var id: Int64
  /// Handle of the loop, `L12`.
  var loop: String
  /// `owner/name#34`.
  var subject: String
  var title: String
  var job: String
  var lane: String
  /// `queued` or `claimed`.
  var state: String
  var dueAt: Timestamp
  var enqueuedAt: Timestamp
  var isBumped: Bool
}

/// What a clearing took out of the queue.
struct ClearedView: Codable, Equatable, Sendable {
  var cleared: Int
  /// Handles of the loops whose items were taken out, which are paused now.
  var loops: [String]
}
