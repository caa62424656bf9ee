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
    let loop = try await global.withClient { client in
      let run = try await client.run(self.run)
      guard run.endedAt != nil else {
        throw LooperError(.conflict, "\(run.id) is still at work; stop it first: looper run cancel \(run.id)")
      }
      // Cancelling a run has paused its loop.
      if try await client.loop(run.loop).reason == WaitReason.paused.rawValue {
        _ = try await client.control(run.loop, .resume)
      }
      return try await client.control(run.loop, .retry)
    }
    try global.show(loop) { _ in LoopText.line(loop, "retrying") }
  }
}
