/// Turns pages of the event log into server-sent events for one client; nothing is lost or repeated in silence.
///
/// The log is the truth: the feed only remembers how far the client has got. A client that finds its place
/// gone (pruned, a new log) or falls too far behind while it follows gets a `gap`.
struct EventFeed {
  /// How many sequence numbers a following client may lag before it is moved on.
  static let lagMax: Int64 = 10_000

  /// The last sequence number the client has been sent, or was told it missed.
  private(set) var cursor: Int64
  /// A client that resumes may catch up from any distance; one that follows must keep up.
  private var hasCaughtUp = false

  init(after cursor: Int64) { self.cursor = cursor }

  /// What reading one page leads to.
  struct Output: Equatable {
    var frames: [ServerSentEvent] = []
    /// Whether there is more to read at once.
    var isBehind = false
  }

  /// - Parameter page: the events after ``cursor``.
  mutating func take(_ page: EventPageView) -> Output {
    if let gap = gap(page) { return Output(frames: [gap], isBehind: true) }
    let frames = page.items.map(ServerSentEvent.init(event:))
    cursor = max(cursor, page.items.last?.sequence ?? cursor)
    let isBehind = !page.items.isEmpty && cursor < page.newest
    if !isBehind { hasCaughtUp = true }
    return Output(frames: frames, isBehind: isBehind)
  }

  /// Moves the cursor and says so, when events the client should have had cannot be sent.
  private mutating func gap(_ page: EventPageView) -> ServerSentEvent? {
    let after = cursor
    if page.newest < cursor {
      cursor = page.prunedThrough
      return Self.gap(
        after: after, through: cursor, "the event log is a new one; it follows from its beginning")
    }
    if cursor < page.prunedThrough {
      cursor = page.prunedThrough
      return Self.gap(after: after, through: cursor, "older events have been pruned")
    }
    if hasCaughtUp, page.newest - cursor > Self.lagMax {
      cursor = page.newest - Int64(EventPageView.limitMax)
      hasCaughtUp = false
      return Self.gap(after: after, through: cursor, "this client reads too slowly")
    }
    return nil
  }

  private static func gap(after: Int64, through: Int64, _ message: String) -> ServerSentEvent {
    ServerSentEvent(gap: EventGapView(after: after, through: through, message: message))
  }
}
