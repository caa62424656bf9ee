import ArgumentParser

/// `looper status`: the daemon at a glance.
struct StatusCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Show what needs a human, health, queue, runs, agents and limits.",
    discussion: "Example: looper status --json")

  @OptionGroup var global: GlobalOptions

  func run() async throws {
    let status = try await global.withClient { try await $0.status() }
    try global.show(status) { StatusText.text(status, $0) }
  }
}
