import ArgumentParser

/// `looper config`: the configuration as this invocation would read it; needs no daemon.
struct ConfigCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "config", abstract: "Show, change and check the configuration.",
    discussion: "Example: looper config view --origin",
    subcommands: [
      ConfigGetCommand.self, ConfigSetCommand.self, ConfigUnsetCommand.self, ConfigViewCommand.self,
      ConfigEditCommand.self, ConfigCheckCommand.self, ConfigPathCommand.self, ConfigInitCommand.self,
    ])
}
