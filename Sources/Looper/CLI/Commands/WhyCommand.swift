import ArgumentParser

/// `looper why`: what a loop waits for.
struct WhyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "why", abstract: "Show what a loop waits for and what would move it.",
    discussion: "Example: looper why L12")

  @OptionGroup var global: GlobalOptions
  @Argument(help: "The loop's handle, L12.", completion: LiveCompletion.loops.kind) var loop: String

  func run() async throws {
    let why = try await global.withClient { try await $0.why(loop) }
    try global.show(why) { WhyText.text(why, $0) }
  }
}
