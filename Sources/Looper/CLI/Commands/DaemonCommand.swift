import ArgumentParser

/// `looper daemon`: the daemon as a background service.
struct DaemonCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "daemon", abstract: "Run the daemon in the background.",
    discussion:
      "With `install` systemd or launchd keeps it running. Without that, or where neither is, it is a plain "
      + "background process; the other commands are the same."
      + "\n\nExample: looper daemon start",
    subcommands: [
      DaemonInstallCommand.self, DaemonUninstallCommand.self, DaemonStartCommand.self, DaemonStopCommand.self,
      DaemonRestartCommand.self, DaemonStatusCommand.self, DaemonLogsCommand.self,
    ])

  /// What `--json` prints after a change.
  struct Result: Codable, Equatable, Sendable {
    /// `systemd user service`, `background process`, …
    var service: String
    /// The unit or property list; nil when there is none.
    var definition: String?
    /// What a person should know or do besides.
    var notes: [String]
  }
}
