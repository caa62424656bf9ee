import ArgumentParser

/// `looper failures`: what went wrong lately and the next command to try.
struct FailuresCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "failures",
    abstract:
      "List failed runs, refused writes and blocked loops, newest first, with the next command to try.",
    discussion: "Example: looper failures --limit 5")

  @OptionGroup var global: GlobalOptions
  @Option(parsing: .unconditional, help: "At most this many.") var limit = 20

  func validate() throws { try CountBounds.check(limit, "--limit") }

  func run() async throws {
    let page = try await global.withClient { try await $0.failures(limit: limit) }
    try global.showList(page, empty: "nothing has failed; see `looper status`") {
      FailureText.text(page.items, $0)
    }
  }
}
