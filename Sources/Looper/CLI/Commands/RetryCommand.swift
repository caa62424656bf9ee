import ArgumentParser

/// `looper retry`: reset the counters of a loop, or of every blocked one, and look at it again.
struct RetryCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "retry", abstract: "Reset a loop's counters and look at it again.",
    discussion: "Example: looper retry L12")

  @OptionGroup var global: GlobalOptions
  @OptionGroup var selection: LoopSelection

  func run() async throws { try await selection.control(.retry, "retrying", global) }
}
