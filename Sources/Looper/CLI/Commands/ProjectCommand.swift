import ArgumentParser

/// `looper project`: the registered repositories.
struct ProjectCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "project", abstract: "Register repositories and look at them.",
    discussion: "Example: looper project add .",
    subcommands: [
      ProjectAddCommand.self, ProjectListCommand.self, ProjectShowCommand.self, ProjectRemoveCommand.self,
      ProjectSyncCommand.self,
    ])
}
