import ArgumentParser

/// `looper resume`: let a paused loop go on, or every paused one.
struct ResumeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resume", abstract: "Let a paused loop go on.",
    discussion: "Example: looper resume --all")

  @OptionGroup var global: GlobalOptions
  @OptionGroup var selection: LoopSelection

  func run() async throws { try await selection.control(.resume, "resumed", global) }
}
