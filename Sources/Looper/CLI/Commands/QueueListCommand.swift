import ArgumentParser

/// `looper queue list`: by the order of claiming, as far as it is known ahead.
struct QueueListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List what waits to be worked on: what was bumped, then by lane and due time.",
    discussion:
      "What starts next differs from this order where limits are full, where waiting has raised an item above its "
      + "lane, and where the projects share the slots."
      + "\n\nExample: looper queue list --lane planned")

  @OptionGroup var global: GlobalOptions
  @Option(
    help: "Only this lane: manual, planned or auto.", completion: .list(Lane.allCases.map(\.rawValue)))
  var lane: String?

  func run() async throws {
    let page = try await global.withClient { try await $0.queue(lane: lane) }
    try global.showList(
      page, empty: "the queue is empty; see `looper loops`", rest: "narrow it down with --lane"
    ) {
      QueueText.table(page.items, $0)
    }
  }
}
