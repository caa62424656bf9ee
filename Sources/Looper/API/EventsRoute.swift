/// `GET /api/v1/events`: a page of the log, or the log as a stream.
enum EventsRoute {
  /// What `follow` can say, and whether it asks for a stream.
  static let follow = ["true": true, "1": true, "false": false, "0": false]

  /// Where to begin: `Last-Event-ID`, else `?after=`, else at the end of the log (a page then shows the newest).
  static func answer(_ call: APICall) async throws(LooperError) -> APIAnswer {
    if let word = call.query["follow"], follow[word] == nil {
      throw LooperError(.validation, "follow must be true or false, not \(word)")
    }
    // A stream has no use for a limit, and takes no wrong one either.
    let limitMax = Int64(EventPageView.limitMax)
    let limit = try call.number("limit", in: 1...limitMax) ?? Int64(EventPageView.limitDefault)
    let start = try position(call)
    if call.wantsEventStream {
      if let start { return .events(after: start) }
      return .events(after: try await newest(call))
    }
    if let start { return .data(try await call.operations.events(after: start, limit: Int(limit))) }
    // Numbers may have holes, so this can show fewer than `limit` events, never more.
    let after = max(0, try await newest(call) - limit)
    return .data(try await call.operations.events(after: after, limit: Int(limit)))
  }

  private static func position(_ call: APICall) throws(LooperError) -> Int64? {
    let after = try call.number("after", in: 0...Int64.max)
    guard let text = call.lastEventID else { return after }
    guard let number = Int64(text), number >= 0 else {
      throw LooperError(.badRequest, "Last-Event-ID must be the id of an event, not \(text)")
    }
    return number
  }

  private static func newest(_ call: APICall) async throws(LooperError) -> Int64 {
    try await call.operations.events(after: Int64.max, limit: 1).newest
  }
}
