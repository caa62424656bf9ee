import Foundation

extension Sandbox {
  /// The sandbox of this daemon's children.
  init(
    _ source: ConfigurationSource, house: House, commands: CommandRunner, environment: [String: String],
    time: any TimeSource
  ) {
    self.init(
      bubblewrap: Bubblewrap(
        commands: commands, searchPath: environment["PATH"] ?? "/usr/bin:/bin", time: time),
      places: SandboxPlaces(
        source.loaded, paths: house.paths, home: environment["HOME"] ?? "/root", environment: environment),
      settings: { source.loaded.configuration.sandbox },
      privateFiles: { source.loaded.configuration.mcpFiles.sorted() })
  }
}

extension SandboxPlaces {
  /// Where what must be hidden lies by the configuration.
  init(
    _ loaded: LoadedConfiguration, paths: ConfigurationPaths, home: String, environment: [String: String]
  ) {
    let trust = loaded.configuration.trust.secretsFile
    let own: [String?] = [
      paths.databasePath, "\(paths.databasePath)-wal", "\(paths.databasePath)-shm", paths.socketPath,
      paths.tokenPath, loaded.fileURL?.path, environment["GH_CONFIG_DIR"], environment["SSH_AUTH_SOCK"],
      trust.isEmpty ? nil : ConfigurationText.expanded(trust, home: home),
    ]
    self.init(
      home: home, layout: GitLayout(dataDirectory: paths.dataDirectory), own: own.compactMap(\.self),
      environment: environment)
  }
}

extension DaemonOperations {
  /// Nil when this daemon has no sandbox to tell of.
  func sandboxView() async -> HealthView? {
    guard let health = await sandbox?.health() else { return nil }
    return switch health {
    case .on: HealthView(name: "sandbox", state: .ok, message: "", since: nil)
    case .off: HealthView(name: "sandbox", state: .ok, message: "off by sandbox.mode", since: nil)
    case .missing(let reason):
      HealthView(name: "sandbox", state: .degraded, message: "off: \(reason)", since: nil)
    case .refusing(let reason):
      HealthView(name: "sandbox", state: .degraded, message: "no agent starts: \(reason)", since: nil)
    }
  }
}
