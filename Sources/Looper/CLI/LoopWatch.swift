/// Shows one loop's events until somebody has to act or nothing more will come.
struct LoopWatch {
  /// The loop's handle.
  let loop: String
  let global: GlobalOptions

  /// Thrown to leave the stream.
  private struct Finished: Error { var event: EventView }

  /// - Throws: `conflict` when the loop got blocked; `unavailable` when the daemon ended.
  func follow(_ client: LooperClient, after sequence: Int64) async throws {
    var last = sequence
    do {
      try await Reconnection(global: global, client: client).holding {
        try await client.followEvents(after: last) { item in
          last = item.last
          switch item {
          case .gap(let gap): try global.note(EventText.line(gap))
          case .event(let event) where event.loop == loop: try show(event)
          case .event: break
          }
        }
      }
    } catch let finished as Finished {
      guard finished.event.kind == Event.Kind.loopBlocked.rawValue else { return }
      throw Self.blocked(loop)
    }
  }

  /// Whether a loop already is where a watch ends.
  ///
  /// - Throws: `conflict` when it is blocked.
  static func isOver(_ loop: LoopView) throws -> Bool {
    switch LoopState.Code(rawValue: loop.state) {
    case .blocked: throw blocked(loop.id)
    case .done: true
    case .waiting: loop.reason == WaitReason.merge.rawValue
    case .queued, .running, nil: false
    }
  }

  private static func blocked(_ loop: String) -> LooperError {
    LooperError(.conflict, "\(loop) is blocked; see `looper why \(loop)`")
  }

  private func show(_ event: EventView) throws {
    try global.showLine(event) { EventText.line(event, $0, isLive: true) }
    let last: [Event.Kind] = [.loopReady, .loopBlocked, .loopEnded]
    if last.map(\.rawValue).contains(event.kind) { throw Finished(event: event) }
  }
}
