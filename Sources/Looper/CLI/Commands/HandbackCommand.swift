import ArgumentParser

/// `looper handback`: let a loop that was taken over go on.
struct HandbackCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "handback", abstract: "Let a loop that was taken over go on.")

  @OptionGroup var global: GlobalOptions
  @Argument(help: "The loop's handle, L12.", completion: LiveCompletion.loops.kind) var loop: String

  func run() async throws {
    let loop = try await global.withClient { try await $0.control(self.loop, .handback) }
    try global.show(loop) { _ in LoopText.line(loop, "handed back") }
  }
}
