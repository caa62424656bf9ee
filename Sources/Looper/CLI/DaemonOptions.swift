import ArgumentParser
import Foundation

/// The options of every `looper daemon` command.
struct DaemonOptions: ParsableArguments {
  @Flag(help: "The service of the whole machine instead of this user's; needs root and systemd.")
  var system = false

  @Option(
    help: ArgumentHelp("With --system: the account the daemon runs as.", valueName: "account"))
  var runAs: String?

  /// What these commands are about.
  struct Target: Sendable {
    var host: any ServiceHost
    var program: ServiceProgram
    var paths: ConfigurationPaths
    /// The process that serves now, whoever started it; nil when none does.
    var process: @Sendable () -> ProcessIdentity?
  }

  /// - Parameters:
  ///   - isInstalling: for a service that is not installed yet.
  ///   - isReaching: for a daemon that runs already, whatever its file has become.
  func target(
    _ global: GlobalOptions, isInstalling: Bool = false, isReaching: Bool = false
  ) throws(LooperError) -> Target {
    let around = CommandEnvironment.current
    let account = try account(around.variables)
    var sources = global.sources
    if system {
      sources.homeDirectory = try Self.home(of: account)
      sources.environment["XDG_CONFIG_HOME"] = nil
    }
    let loaded =
      isReaching ? try global.reachingConfiguration(sources) : try global.loadConfiguration(sources)
    let surroundings = ServiceSurroundings(
      variables: around.variables, homeDirectory: sources.homeDirectory, paths: loaded.paths,
      isSystemWide: system, account: account, time: around.time,
      shell: .system(around.variables, shimPath: around.shimPath))
    var line = ServeLine(config: sources.explicit, overrides: global.overrides)
    let host = try surroundings.host(isInstalling: isInstalling)
    // Nothing keeps the options of a plain process but that process.
    if let running = (host as? BackgroundHost)?.runningArguments.flatMap(ServeLine.init(arguments:)) {
      line = running.overridden(by: line)
    }
    let program = ServiceProgram(
      // Links followed: `/proc/self/exe` means another program in another process.
      executable: URL(filePath: around.shimPath).resolvingSymlinksInPath().path, arguments: line.arguments,
      searchPath: around.variables["PATH"] ?? "/usr/bin:/bin",
      shutdownGrace: loaded.configuration.daemon.shutdownGrace)
    return Target(
      host: host, program: program, paths: loaded.paths,
      process: { surroundings.background.process })
  }

  /// Who the daemon is; for a system service what the option, the installed unit or sudo says.
  private func account(_ variables: [String: String]) throws(LooperError) -> String {
    guard system else { return variables["USER"] ?? variables["LOGNAME"] ?? NSUserName() }
    if let runAs { return runAs }
    let path = "\(SystemdHost.systemUnitDirectory)/\(SystemdUnit.name)"
    if let text = try? String(contentsOfFile: path, encoding: .utf8),
      let found = SystemdUnit.account(in: text)
    {
      return found
    }
    if let user = variables["SUDO_USER"], user != "root" { return user }
    throw LooperError(.badRequest, "a system service needs an account; add --run-as <account>")
  }

  private static func home(of account: String) throws(LooperError) -> String {
    guard let url = FileManager.default.homeDirectory(forUser: account) else {
      throw LooperError(.notFound, "there is no account \(account) on this machine")
    }
    return url.path(percentEncoded: false).removingTrailingSlash
  }
}
