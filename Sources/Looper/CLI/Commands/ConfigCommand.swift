import ArgumentParser

/// `looper config`: the configuration as this invocation would read it; needs no daemon.
struct ConfigCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "config", abstract: "Show and check the configuration.",
    subcommands: [ConfigViewCommand.self, ConfigCheckCommand.self, ConfigPathCommand.self])
}
