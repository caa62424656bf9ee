import ArgumentParser

/// `looper retry`: reset a loop's counters and look at it again.
struct RetryCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "retry", abstract: "Reset a loop's counters and look at it again.")

  @OptionGroup var global: GlobalOptions
  @Argument(help: "The loop's handle, L12.", completion: LiveCompletion.loops.kind) var loop: String

  func run() async throws {
    let loop = try await global.withClient { try await $0.control(self.loop, .retry) }
    try global.show(loop) { _ in LoopText.line(loop, "retrying") }
  }
}
