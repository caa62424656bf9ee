import ArgumentParser

/// `looper run <url>`: starts a loop on an issue or pull request.
struct RunStartCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "start", abstract: "Start a loop; `looper run <url>` for short.",
    discussion: "Example: looper run owner/name#12 --vendor codex --no-plan")

  @OptionGroup var global: GlobalOptions
  @Argument(help: "https://github.com/owner/name/issues/12, or owner/name#12.") var url: String
  @Option(
    help: "claude-code, codex, opencode, cursor or custom.",
    completion: .list(Vendor.allCases.map(\.rawValue)))
  var vendor: String?
  @Option(help: "The vendor's model.") var model: String?
  @Option(
    name: .customLong("extra-arg"), parsing: .unconditionalSingleValue,
    help: "An argument for every start of the agent, after those of the configuration; may be repeated.")
  var extraArgs: [String] = []
  @Flag(help: "Implement at once, without a spec.") var noPlan = false
  @Option(
    help: "The role of the first run: planner or worker for an issue, reviewer for a pull request.",
    completion: .list(StartOrder.roles.map(\.rawValue)))
  var role: String?
  @Flag(help: "Show the loop's events until it is ready, blocked or ended.") var watch = false

  func run() async throws {
    let request = try checked()
    try await global.withClient { client in
      let newest = watch ? try await client.events(after: nil, limit: 1).newest : 0
      let loop = try await global.telling("asking GitHub") { try await client.start(request) }
      guard watch else {
        return try global.show(loop) { _ in LoopText.start(loop) + "; see `looper why \(loop.id)`" }
      }
      try global.note(LoopText.line(loop, "watching"))
      if try LoopWatch.isOver(loop) { return }
      try await LoopWatch(loop: loop.id, global: global).follow(client, after: newest)
    }
  }

  private func checked() throws -> StartRequest {
    if SubjectURL(url) == nil, let nearest = CommandSuggestion.nearest(to: url, in: RunCommand.self) {
      throw LooperError(.badRequest, "\(url) is not an address; did you mean `looper run \(nearest)`?")
    }
    return try StartRequest(
      url: url, vendor: vendor, model: model, extraArgs: extraArgs.isEmpty ? nil : extraArgs,
      noPlan: noPlan ? true : nil, role: role
    ).checked()
  }
}
