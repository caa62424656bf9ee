import ArgumentParser

/// `looper takeover`: stop a loop and give its worktree to a person.
struct TakeoverCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "takeover", abstract: "Stop a loop and give its worktree to a person.",
    discussion: "Example: looper takeover L12")

  @OptionGroup var global: GlobalOptions
  @Argument(help: "The loop's handle, L12.", completion: LiveCompletion.loops.kind) var loop: String

  func run() async throws {
    let loop = try await global.withClient(telling: "waiting for its agent to stop") {
      try await $0.control(self.loop, .takeover)
    }
    try global.show(loop) { _ in
      [
        LoopText.line(loop, "taken over"),
        loop.worktree.map { "work in \($0), then: looper handback \(loop.id)" },
      ]
      .compactMap { $0 }.joined(separator: "\n")
    }
  }
}
