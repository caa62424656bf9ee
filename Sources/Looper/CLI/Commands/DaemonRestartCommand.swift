import ArgumentParser

/// `looper daemon restart`: stops, then starts.
struct DaemonRestartCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "restart", abstract: "Stop the daemon, then start it.")

  @OptionGroup var global: GlobalOptions
  @OptionGroup var daemon: DaemonOptions

  func run() async throws {
    let target = try daemon.target(global)
    try await target.host.restart(target.program)
    let result = DaemonCommand.Result(
      service: target.host.name, definition: target.host.definitionPath, notes: [])
    try global.show(result) { _ in "the daemon runs again as a \(result.service); see `looper status`" }
  }
}
