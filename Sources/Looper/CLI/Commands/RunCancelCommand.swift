import ArgumentParser

/// `looper run cancel`: stops a run.
struct RunCancelCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cancel", abstract: "Stop a run and wait until its processes are gone.",
    discussion: "Example: looper run cancel R34")

  @OptionGroup var global: GlobalOptions
  @Argument(help: "The run's handle, R34.", completion: LiveCompletion.runningRuns.kind) var run: String

  func run() async throws {
    let run = try await global.withClient(telling: "waiting for its agent to stop") {
      try await $0.cancelRun(self.run)
    }
    try global.show(run) { _ in
      "stopped \(run.id) (\(run.job) of \(run.loop)): \(run.state); see `looper why \(run.loop)`"
    }
  }
}
