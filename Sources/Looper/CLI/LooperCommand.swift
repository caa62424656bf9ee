import ArgumentParser

/// The root of the command line.
struct LooperCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "looper",
    abstract: "An autonomous development team for GitHub repositories.",
    discussion:
      "Start the daemon with `looper serve`, register a repository with `looper project add`, then label an "
      + "issue looper:plan.\n\nExample: looper status",
    version: "looper \(LooperVersion.current)",
    subcommands: [
      DaemonCommand.self, DemoCommand.self, ServeCommand.self, StatusCommand.self, RunCommand.self,
      LoopsCommand.self, QueueCommand.self,
      InspectCommand.self, WhyCommand.self, PauseCommand.self, ResumeCommand.self, CancelCommand.self,
      RetryCommand.self, TakeoverCommand.self, HandbackCommand.self, AdoptCommand.self, AnswerCommand.self,
      FailuresCommand.self, UsageCommand.self, ProjectCommand.self, WorktreeCommand.self,
      SimulateCommand.self, ChaosCommand.self,
      EventsCommand.self, ConfigCommand.self, DoctorCommand.self, CompletionsCommand.self,
      UpgradeCommand.self, VersionCommand.self,
    ])
}
