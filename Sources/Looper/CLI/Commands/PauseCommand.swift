import ArgumentParser

/// `looper pause`: stop a loop's run and do nothing automatic until it is resumed.
struct PauseCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pause", abstract: "Stop a loop's run and do nothing automatic until it is resumed.")

  @OptionGroup var global: GlobalOptions
  @Argument(help: "The loop's handle, L12.") var loop: String

  func run() async throws {
    let loop = try await global.withClient { try await $0.control(self.loop, .pause) }
    try global.show(loop) { _ in LoopText.line(loop, "paused") }
  }
}
