import ArgumentParser

/// `looper loops`: the live loops.
struct LoopsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "loops", abstract: "List loops, newest first.",
    discussion: "Example: looper loops --state blocked --project owner/name")

  @OptionGroup var global: GlobalOptions
  @Option(
    help: "queued, running, waiting, blocked, done, or all; live ones by default.",
    completion: .list(LoopState.codes + ["all"]))
  var state: String?
  @Option(help: "Only loops of this repository (owner/name).", completion: LiveCompletion.projects.kind)
  var project: String?
  @Option(parsing: .unconditional, help: "At most this many.") var limit = 100

  func validate() throws { try CountBounds.check(limit, "--limit") }

  func run() async throws {
    let page = try await global.withClient { client in
      try await client.loops(state: state, project: project, limit: limit)
    }
    try global.showList(page, empty: "no such loops; start one with `looper run <issue-url>`") {
      LoopText.table(page.items, $0)
    }
  }
}
