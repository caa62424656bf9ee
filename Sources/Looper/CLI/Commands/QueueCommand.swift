import ArgumentParser

/// `looper queue`: what waits to be worked on.
struct QueueCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "queue", abstract: "Look at the queue, empty it, or move an item to its front.",
    discussion: "Example: looper queue list",
    subcommands: [QueueListCommand.self, QueueClearCommand.self, QueueBumpCommand.self])
}
