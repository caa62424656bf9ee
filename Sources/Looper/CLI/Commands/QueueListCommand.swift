import ArgumentParser

/// `looper queue list`: in the order of claiming.
struct QueueListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List what waits, in the order in which it will be worked on.",
    discussion: "Example: looper queue list --lane planned")

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
