import ArgumentParser

/// `looper queue clear`: takes out what nobody works on yet.
struct QueueClearCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "clear", abstract: "Take out of the queue what nobody works on yet.",
    discussion: "Example: looper queue clear --lane auto")

  @OptionGroup var global: GlobalOptions
  @Option(
    help: "Only this lane: manual, planned or auto.", completion: .list(Lane.allCases.map(\.rawValue)))
  var lane: String?

  func run() async throws {
    let result = try await global.withClient { try await $0.clearQueue(lane: lane) }
    try global.show(result) { _ in
      let items = result.cleared == 1 ? "1 item" : "\(result.cleared) items"
      let loops = result.loops.isEmpty ? "" : ", paused \(result.loops.joined(separator: ", "))"
      return "took \(items) out of the queue\(loops)"
    }
  }
}
