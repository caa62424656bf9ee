import ArgumentParser

/// `looper pause`: stop a loop's run, or every loop's, and do nothing automatic until it is resumed.
struct PauseCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pause", abstract: "Stop a loop's run and do nothing automatic until it is resumed.",
    discussion: "Example: looper pause L12")

  @OptionGroup var global: GlobalOptions
  @OptionGroup var selection: LoopSelection

  func run() async throws { try await selection.control(.pause, "paused", global) }
}
