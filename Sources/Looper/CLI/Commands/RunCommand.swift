import ArgumentParser

/// `looper run`: starts a loop, and the group of commands about runs.
struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Start a loop on an issue or pull request, or look at runs.",
    discussion: "Example: looper run https://github.com/owner/name/issues/12 --watch",
    subcommands: [
      RunStartCommand.self, RunListCommand.self, RunLogsCommand.self, RunCancelCommand.self,
      RunRetryCommand.self,
    ],
    defaultSubcommand: RunStartCommand.self)
}
