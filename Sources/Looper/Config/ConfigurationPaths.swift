/// Where things are, absolute, with `~` and empty values resolved.
struct ConfigurationPaths: Sendable, Equatable {
  var dataDirectory: String
  var databasePath: String
  var socketPath: String
  var tokenPath: String
}

extension Configuration {
  /// - Parameter homeDirectory: what `~` means; absolute.
  func paths(homeDirectory: String) -> ConfigurationPaths {
    let data = ConfigurationText.expanded(daemon.dataDirectory, home: homeDirectory)
    func resolved(_ path: String, orInData name: String) -> String {
      path.isEmpty ? "\(data)/\(name)" : ConfigurationText.expanded(path, home: homeDirectory)
    }
    return ConfigurationPaths(
      dataDirectory: data,
      databasePath: resolved(storage.databasePath, orInData: "looper.db"),
      socketPath: resolved(server.socketPath, orInData: "looper.sock"),
      tokenPath: resolved(server.tokenFile, orInData: "api-token"))
  }
}
