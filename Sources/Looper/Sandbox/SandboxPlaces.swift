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
    let (names, variables): ([String], [String]) =
      switch vendor {
      case .claudeCode: ([".claude", ".claude.json"], ["CLAUDE_CONFIG_DIR"])
      case .codex: ([".codex"], ["CODEX_HOME"])
      case .opencode:
        (
          [".local/share/opencode", ".config/opencode", ".local/state/opencode", ".cache/opencode"],
          ["OPENCODE_CONFIG_DIR"]
        )
      case .cursor: ([".cursor", ".config/cursor"], ["CURSOR_CONFIG_DIR"])
      case .custom: ([], [])
      }
    return names.map { "\(home)/\($0)" } + variables.compactMap { environment[$0] }
  }

  /// A path as the configuration has it.
  func expanded(_ path: String) -> String { ConfigurationText.expanded(path, home: home) }
}
