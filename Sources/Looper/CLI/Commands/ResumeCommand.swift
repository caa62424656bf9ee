import ArgumentParser

/// `looper resume`: let a paused loop go on.
struct ResumeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "resume", abstract: "Let a paused loop go on.")

  @OptionGroup var global: GlobalOptions
  @Argument(help: "The loop's handle, L12.") var loop: String

  func run() async throws {
    let loop = try await global.withClient { try await $0.control(self.loop, .resume) }
    try global.show(loop) { _ in LoopText.line(loop, "resumed") }
  }
}
