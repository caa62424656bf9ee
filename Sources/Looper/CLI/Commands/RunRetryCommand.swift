import ArgumentParser

/// `looper run retry`: has another try at what a run failed to do.
struct RunRetryCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "retry", abstract: "Reset the counters of a run's loop and look at it again.",
    discussion:
      "A run happened once and is never repeated: its loop decides anew, which may start the same again."
      + "\n\nExample: looper run retry R34")

  @OptionGroup var global: GlobalOptions
  @Argument(help: "The run's handle, R34.", completion: LiveCompletion.runs.kind) var run: String

  func run() async throws {
    let loop = try await global.withClient { try await $0.retryRun(self.run) }
    try global.show(loop) { _ in LoopText.lineWithoutState(loop, "retrying") }
  }
}
