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

  /// Where a vendor's CLI keeps its login and its sessions.
  func logins(of vendor: Vendor) -> [String] {
    directories(of: vendor) + (vendor == .claudeCode ? ["\(home)/.claude.json"] : [])
  }

  /// The directories among ``logins(of:)``. A CLI that runs for the first time makes them, which it cannot in a
  /// home that is read-only: codex then ends at once, and the others forget their sessions.
  func directories(of vendor: Vendor) -> [String] {
    let (names, variable): ([String], String?) =
      switch vendor {
      case .claudeCode: ([".claude"], "CLAUDE_CONFIG_DIR")
      case .codex: ([".codex"], "CODEX_HOME")
      case .opencode:
        (
          [".local/share/opencode", ".config/opencode", ".local/state/opencode", ".cache/opencode"],
          "OPENCODE_CONFIG_DIR"
        )
      case .cursor: ([".cursor", ".config/cursor"], "CURSOR_CONFIG_DIR")
      case .custom: ([], nil)
      }
    return names.map { "\(home)/\($0)" } + [variable.flatMap { environment[$0] }].compactMap(\.self)
  }

  /// A path as the configuration has it.
  func expanded(_ path: String) -> String { ConfigurationText.expanded(path, home: home) }
}
