import ArgumentParser

/// `looper handback`: let a loop that was taken over go on.
struct HandbackCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "handback", abstract: "Let a loop that was taken over go on.",
    discussion: """
      What you pushed is looked at anew. While the worktree holds commits or changes that are not pushed, it is refused, \
      so that they are not lost: push them, throw them away, or have them kept on a ref with --keep.

      Example: looper handback L12
      """)

  @OptionGroup var global: GlobalOptions
  @Argument(help: "The loop's handle, L12.", completion: LiveCompletion.loops.kind) var loop: String
  @Flag(help: "Keep what is not pushed on a rescue ref.") var keep = false

  func run() async throws {
    let loop = try await global.withClient(telling: "looking at its worktree") {
      try await $0.control(self.loop, keep ? .handbackKeeping : .handback)
    }
    try global.show(loop) { _ in
      [LoopText.line(loop, "handed back"), loop.left.map(LoopText.left)].compactMap { $0 }
        .joined(separator: "\n")
    }
  }
}
