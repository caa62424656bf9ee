/// Where private things lie on this machine.
struct SandboxPlaces: Sendable {
  var home: String
  /// Where worktrees and mirrors lie.
  var layout: GitLayout
  /// The daemon's own: data directory, database, socket, token, configuration, `gh`'s configuration.
  var own: [String]
  /// The daemon's environment, which can move vendors' directories.
  var environment: [String: String]
  /// Places of all processes of the machine: sockets of agents and daemons, other people's temporary files.
  var shared = ["/tmp", "/var/tmp", "/run"]
  /// What is at a path; nil for nothing.
  var look: @Sendable (String) -> SandboxPath? = SandboxPath.onDisk
  /// Makes a directory that only its owner can enter, unless something is there.
  var make: @Sendable (String) -> Void = SandboxPath.makeDirectory
  /// Makes a file that only its owner can read, with these contents, unless something is there.
  var write: @Sendable (_ contents: String, _ path: String) -> Void = SandboxPath.makeFile

  /// Below the home directory: what holds keys, logins or private words, whoever the agent is.
  static let privateNames = [
    ".ssh", ".gnupg", ".aws", ".azure", ".kube", ".docker", ".oci", ".password-store", ".vault-token",
    ".netrc",
    ".git-credentials", ".npmrc", ".yarnrc.yml", ".pypirc", ".pgpass", ".my.cnf", ".s3cfg", ".boto",
    ".gem/credentials",
    ".cargo/credentials", ".cargo/credentials.toml", ".m2/settings.xml", ".gradle/gradle.properties",
    ".terraform.d", ".config/gh", ".config/hub", ".config/glab-cli", ".config/git/credentials",
    ".config/gcloud",
    ".config/looper", ".config/op", ".config/rclone", ".config/sops", ".config/doctl",
    ".config/google-chrome",
    ".config/chromium", ".mozilla", ".thunderbird", ".local/share/keyrings", ".bash_history", ".zsh_history",
    ".python_history", ".psql_history", ".node_repl_history", "Library/Keychains", "Library/Cookies",
  ]

  /// What name resolution needs of the hidden `/run`.
  static let resolvers = [
    "/run/systemd/resolve", "/run/resolvconf", "/run/NetworkManager/resolv.conf", "/run/nscd",
  ]

  /// Where a vendor's CLI keeps its login and its sessions, or kept them before a variable moved it.
  func logins(of vendor: Vendor) -> [String] {
    let moved = directories(of: vendor)
    let usual = Self.names(of: vendor).map { "\(home)/\($0)" }.filter { !moved.contains($0) }
    return moved + usual + (vendor == .claudeCode ? ["\(home)/.claude.json"] : [])
  }

  /// The directories among ``logins(of:)`` that are used. A CLI that runs for the first time makes them, which it
  /// cannot in a home that is read-only: codex then ends at once, and the others forget their sessions.
  func directories(of vendor: Vendor) -> [String] {
    let variable: String? =
      switch vendor {
      case .claudeCode: "CLAUDE_CONFIG_DIR"
      case .codex: "CODEX_HOME"
      case .opencode: "OPENCODE_CONFIG_DIR"
      case .cursor: "CURSOR_CONFIG_DIR"
      case .custom: nil
      }
    return Self.names(of: vendor).map { moved($0) ?? "\(home)/\($0)" }
      + [variable.flatMap { environment[$0] }].compactMap(\.self)
  }

  /// Below the home directory.
  private static func names(of vendor: Vendor) -> [String] {
    switch vendor {
    case .claudeCode: [".claude"]
    case .codex: [".codex"]
    case .opencode:
      [".local/share/opencode", ".config/opencode", ".local/state/opencode", ".cache/opencode"]
    case .cursor: [".cursor", ".config/cursor"]
    case .custom: []
    }
  }

  /// The user's directories of the XDG Base Directory Specification, and where they are without the variable.
  private static let userDirectories = [
    "XDG_CACHE_HOME": ".cache", "XDG_CONFIG_HOME": ".config", "XDG_DATA_HOME": ".local/share",
    "XDG_STATE_HOME": ".local/state",
  ]

  /// Where a variable puts what usually lies at `name` below the home directory; nil when none does. Relative paths
  /// mean nothing, as the specification says.
  func moved(_ name: String) -> String? {
    for (variable, usual) in Self.userDirectories where name.hasPrefix("\(usual)/") {
      guard let directory = environment[variable], directory.hasPrefix("/") else { return nil }
      return directory + name.dropFirst(usual.count)
    }
    return nil
  }

  /// A path as the configuration has it.
  func expanded(_ path: String) -> String { ConfigurationText.expanded(path, home: home) }
}
