import ArgumentParser

/// `looper daemon restart`: stops, then starts.
struct DaemonRestartCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "restart", abstract: "Stop the daemon, then start it.",
    discussion:
      "It keeps the --config and --set it was started or installed with; of a background process those given here "
      + "replace them key by key."
      + "\n\nExample: looper daemon restart")

  @OptionGroup var global: GlobalOptions
  @OptionGroup var daemon: DaemonOptions

  func run() async throws {
    let target = try daemon.target(global)
    try await global.telling("restarting the daemon; its agents are stopped first") {
      try await target.host.restart(target.program)
    }
    let result = DaemonCommand.Result(
      service: target.host.name, definition: target.host.definitionPath, notes: [])
    try global.show(result) { _ in "the daemon runs again as a \(result.service); see `looper status`" }
  }
}
