import ArgumentParser

/// `looper cancel`: end a loop for good, or every one; what it published stays.
struct CancelCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cancel", abstract: "End a loop for good; what it published stays.",
    discussion: "Example: looper cancel L12")

  @OptionGroup var global: GlobalOptions
  @OptionGroup var selection: LoopSelection

  func run() async throws { try await selection.control(.cancel, "cancelled", global) }
}
