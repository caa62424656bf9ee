import ArgumentParser

/// `looper daemon start`: answers when the daemon serves.
struct DaemonStartCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "start", abstract: "Start the daemon in the background and wait until it serves.",
    discussion: "Example: looper daemon start")

  @OptionGroup var global: GlobalOptions
  @OptionGroup var daemon: DaemonOptions

  func run() async throws {
    let target = try daemon.target(global)
    try await global.telling("starting the daemon") { try await target.host.start(target.program) }
    let result = DaemonCommand.Result(
      service: target.host.name, definition: target.host.definitionPath, notes: [])
    try global.show(result) { _ in "the daemon runs as a \(result.service); see `looper status`" }
  }
}
