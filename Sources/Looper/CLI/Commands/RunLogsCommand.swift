import ArgumentParser

/// `looper run logs`: the transcript of a run's agents.
struct RunLogsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "logs", abstract: "Print what a run's agents wrote.",
    discussion: "Example: looper run logs R34 --follow")

  /// Between two looks at a transcript that still grows.
  private static let pause = Duration.milliseconds(500)

  @OptionGroup var global: GlobalOptions
  @Argument(help: "The run's handle, R34.", completion: LiveCompletion.runs.kind) var run: String
  @Flag(name: [.short, .long], help: "Go on until the run has ended.") var follow = false

  func run() async throws {
    let time = CommandEnvironment.current.time
    try await global.withClient { client in
      var offset: Int64 = 0
      while true {
        let chunk = try await chunk(client, offset)
        if !chunk.text.isEmpty { try show(chunk) }
        let isAtEnd = chunk.isEnded || (chunk.nextOffset == offset && !follow)
        if isAtEnd { return }
        if chunk.nextOffset == offset { try await time.sleep(until: time.now + Self.pause) }
        offset = chunk.nextOffset
      }
    }
  }

  private func chunk(_ client: LooperClient, _ offset: Int64) async throws -> LogChunkView {
    guard follow else { return try await client.runLog(run, offset: offset) }
    return try await Reconnection(global: global, client: client).holding {
      try await client.runLog(run, offset: offset)
    }
  }

  private func show(_ chunk: LogChunkView) throws {
    if global.json { return try global.showLine(chunk) { _ in "" } }
    // A file or pipe gets the bytes as they are; a terminal must not be steered by them.
    let isTerminal = CommandEnvironment.current.isTerminal
    let text = isTerminal ? TerminalText.safe(chunk.text, keepsLines: true) : chunk.text
    try CommandEnvironment.current.write(.output, text)
  }
}
