/// Everything the configuration is made of that lies outside the binary, as explicit arguments.
struct ConfigurationSources: Sendable {
  /// The variable that says where the file is; no key.
  static let fileVariable = "LOOPER_CONFIG"

  var environment: [String: String]
  /// What `~` means; absolute.
  var homeDirectory: String
  /// What a relative `$LOOPER_CONFIG` starts from; absolute.
  var currentDirectory: String
  /// The arguments of `--set`, `key=value` each; later ones win.
  var overrides: [String] = []
  /// Whether `$LOOPER_CONFIG` stands for a `--config` that somebody typed.
  var hasConfigOption = false
}

extension ConfigurationSources {
  /// The directories searched for `looper.toml`, `.yaml` or `.json`, first match first.
  var searchDirectories: [String] {
    var directories: [String] = []
    if let explicit { directories.append(explicit) }
    // The XDG specification says that relative values are to be ignored.
    if let xdg = environment["XDG_CONFIG_HOME"], xdg.hasPrefix("/") { directories.append("\(xdg)/looper") }
    #if os(macOS)
      directories.append("\(homeDirectory)/Library/Application Support/com.looper.looper")
    #else
      directories.append("\(homeDirectory)/.config/looper")
    #endif
    directories.append("\(homeDirectory)/.looper")
    return directories
  }

  /// `$LOOPER_CONFIG`, absolute: a file or a directory.
  var explicit: String? {
    guard let value = environment[Self.fileVariable], !value.isEmpty else { return nil }
    let path = ConfigurationText.isRooted(value) ? value : "\(currentDirectory)/\(value)"
    return ConfigurationText.expanded(path, home: homeDirectory)
  }
}
