import ArgumentParser

/// `looper daemon uninstall`: takes the service away.
struct DaemonUninstallCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "uninstall", abstract: "Stop the service and remove its definition.",
    discussion: "Example: looper daemon uninstall")

  @OptionGroup var global: GlobalOptions
  @OptionGroup var daemon: DaemonOptions

  func run() async throws {
    let target = try daemon.target(global)
    try await global.telling("stopping the service") { try await target.host.uninstall() }
    let result = DaemonCommand.Result(
      service: target.host.name, definition: target.host.definitionPath, notes: [])
    try global.show(result) { _ in "removed the \(result.service)" }
  }
}
