import ArgumentParser

/// `looper answer`: answer the question of a loop's agent.
struct AnswerCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "answer",
    abstract: "Answer the question of a loop's agent; the job that asked is done again.",
    discussion: "Example: looper answer L12 \"use the second option\"")

  @OptionGroup var global: GlobalOptions
  @Argument(help: "The loop's handle, L12.", completion: LiveCompletion.loops.kind) var loop: String
  @Argument(help: "The answer; several words are joined.") var text: [String]

  func run() async throws {
    let answer = text.joined(separator: " ")
    let loop = try await global.withClient { try await $0.answer(self.loop, answer) }
    try global.show(loop) { _ in LoopText.line(loop, "answered") }
  }
}
