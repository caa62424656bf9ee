import ArgumentParser

/// `looper events`: what happened, and what happens.
struct EventsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "events", abstract: "Show the newest events, and with --follow those to come.",
    discussion: "Example: looper events --follow")

  @OptionGroup var global: GlobalOptions
  @Flag(name: [.short, .long], help: "Go on with new events until interrupted.") var follow = false
  @Option(help: "Begin after the event with this number.") var after: Int64?
  @Option(parsing: .unconditional, help: "At most this many past events, up to 1000.") var limit = 50

  func validate() throws {
    try CountBounds.check(limit, "--limit", to: EventPageView.limitMax)
  }

  func run() async throws {
    try await global.withClient { client in
      let page = try await client.events(after: after, limit: limit)
      if global.json && !follow { return try global.show(page) { _ in "" } }
      for event in page.items { try show(.event(event)) }
      guard follow else {
        if page.items.isEmpty { try global.note("no events yet; see `looper status`") }
        return
      }
      var last = page.items.last?.sequence ?? after ?? page.newest
      try await Reconnection(global: global, client: client).holding {
        try await client.followEvents(after: last) { item in
          last = item.last
          try show(item)
        }
      }
    }
  }

  private func show(_ item: EventStreamItem) throws {
    switch item {
    case .event(let event): try global.showLine(event) { EventText.line(event, $0, isLive: follow) }
    case .gap(let gap): try global.note(EventText.line(gap))
    }
  }
}
