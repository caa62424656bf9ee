import ArgumentParser

/// `looper queue bump`: moves an item to the front of the queue.
struct QueueBumpCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bump", abstract: "Move an item to the front of the queue, before every lane.",
    discussion: "Example: looper queue bump 7")

  @OptionGroup var global: GlobalOptions
  @Argument(
    help: "The item's number, see `looper queue list`.", completion: LiveCompletion.queueItems.kind)
  var item: Int64

  func run() async throws {
    let item = try await global.withClient { try await $0.bump(self.item) }
    try global.show(item) { _ in
      "item \(item.id) (\(item.job) of \(item.loop)) is now first in the queue"
    }
  }
}
