import ArgumentParser

/// `looper run list`: runs, newest first.
struct RunListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List runs, newest first.",
    discussion: "Example: looper run list --loop L12 --state failed")

  @OptionGroup var global: GlobalOptions
  @Option(help: "Only runs of this loop (L12).", completion: LiveCompletion.loops.kind) var loop: String?
  @Option(
    help: "running, succeeded, failed, superseded, cancelled or interrupted.",
    completion: .list(RunState.codes))
  var state: String?
  @Option(parsing: .unconditional, help: "At most this many.") var limit = 50

  func validate() throws { try CountBounds.check(limit, "--limit") }

  func run() async throws {
    let page = try await global.withClient { client in
      try await client.runs(loop: loop, state: state, limit: limit)
    }
    try global.showList(page, empty: "no such runs; start one with `looper run <issue-url>`") {
      RunText.table(page.items, $0)
    }
  }
}
