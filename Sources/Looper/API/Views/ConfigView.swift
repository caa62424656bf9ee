/// The effective configuration, secrets masked.
struct ConfigView: Codable, Equatable, Sendable {
  /// The file that was read; nil when there is none.
  var path: String?
  var entries: [ConfigEntryView]
  var warnings: [String]
}

/// One key of the configuration.
struct ConfigEntryView: Codable, Equatable, Sendable {
  /// `server.port`.
  var key: String
  var value: JSONValue
  /// `default`, `/path/looper.toml:3`, `environment LOOPER_SERVER_PORT`, `--set`.
  var origin: String
}
