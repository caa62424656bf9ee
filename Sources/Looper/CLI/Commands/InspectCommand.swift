import ArgumentParser

/// `looper inspect`: everything about a loop or run.
struct InspectCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Show everything about a loop or run: timeline, stages, findings, effects, cost.",
    discussion: "Example: looper inspect R34")

  @OptionGroup var global: GlobalOptions
  @Argument(
    help: "The handle of a loop (L12) or a run (R34).", completion: LiveCompletion.handles.kind)
  var handle: String

  func run() async throws {
    let view = try await global.withClient { try await $0.inspect(handle) }
    try global.show(view) { InspectText.text(view, $0) }
  }
}
