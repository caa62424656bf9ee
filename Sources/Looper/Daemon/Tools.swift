import Foundation
import Logging
import Metrics

/// The adapters to other people's programs.
struct Tools {
  let launcher: ShimLauncher
  let commands: CommandRunner
  let forge: GitHub
  let workspaces: GitWorkspaces
  let agentEnvironment: AgentEnvironment

  init(
    _ loaded: LoadedConfiguration, house: House, instance: String, environment: [String: String], log: Logger,
    time: any TimeSource, metrics: any MetricsFactory
  ) {
    let configuration = loaded.configuration
    launcher = ShimLauncher(
      executablePath: ShimLauncher.ownExecutablePath, scratchDirectory: house.scratch,
      tag: [Assembly.instanceKey: instance])
    commands = CommandRunner(shim: launcher)
    let gh = Self.executable(configuration.github.ghPath, orNamed: "gh", environment, log)
    let git = Self.executable(configuration.github.gitPath, orNamed: "git", environment, log)
    forge = GitHub(
      transport: MeasuredTransport(
        transport: GhClient(
          runner: commands, executable: gh, environment: environment,
          deadline: configuration.github.commandTimeout), metrics: metrics, time: time), time: time)
    var gitSettings = GitSettings(dataDirectory: house.paths.dataDirectory, environment: environment)
    gitSettings.gitPath = git
    gitSettings.ghPath = gh
    gitSettings.diskFloor = configuration.daemon.diskFloor
    workspaces = GitWorkspaces(commands: commands, settings: gitSettings)
    agentEnvironment = AgentEnvironment(parent: environment)
  }

  /// The configured program, or the one of that name on `PATH` when the configured path does not exist here.
  private static func executable(
    _ configured: String, orNamed name: String, _ environment: [String: String], _ log: Logger
  ) -> String {
    guard configured.hasPrefix("/"), !FileManager.default.isExecutableFile(atPath: configured) else {
      return configured
    }
    log.warning(
      "configured program not found, using PATH", metadata: ["path": "\(configured)", "name": "\(name)"])
    return name
  }
}
