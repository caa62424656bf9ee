import ArgumentParser

/// `looper cancel`: end a loop for good; what it published stays.
struct CancelCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cancel", abstract: "End a loop for good; what it published stays.")

  @OptionGroup var global: GlobalOptions
  @Argument(help: "The loop's handle, L12.", completion: LiveCompletion.loops.kind) var loop: String

  func run() async throws {
    let loop = try await global.withClient { try await $0.control(self.loop, .cancel) }
    try global.show(loop) { _ in LoopText.line(loop, "cancelled") }
  }
}
