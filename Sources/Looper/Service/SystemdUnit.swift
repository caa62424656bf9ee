/// The text of a systemd unit (systemd 252 and newer).
///
/// Hardening stops where agents begin: they need the network, the account's home, debuggers, programs that map
/// memory executable, and user namespaces with mounts and a `/proc` of their own. So nothing here hides homes,
/// mounts over `/proc` (which would forbid mounting it anew inside a sandbox) or restricts namespaces. A user's manager
/// could do the rest only with `PrivateUsers`, where files of root belong to nobody, which ssh and git refuse;
/// docs/operations.md has it line by line.
enum SystemdUnit {
  static let name = "looper.service"
  /// Silence for this long counts as hung.
  static let watchdog = Duration.seconds(60)
  /// A database that must be migrated or many orphans to end take their time.
  static let startTimeout = Duration.seconds(180)

  static func text(_ program: ServiceProgram, _ scope: ServiceScope) -> String {
    let sections = [unit(scope), service(program, scope), install(scope)]
    return sections.map { $0.joined(separator: "\n") }.joined(separator: "\n\n") + "\n"
  }

  /// `config/looper.service`: a user's unit for a looper in `~/.local/bin`, for those who place units themselves.
  static var packaged: String {
    // The manager puts the home in; an installed unit switches such specifiers off.
    let home = "/@home@"
    let program = ServiceProgram(
      executable: "\(home)/.local/bin/looper", arguments: ["serve"],
      searchPath: "\(home)/.local/bin:/usr/local/bin:/usr/bin:/bin",
      shutdownGrace: Configuration().daemon.shutdownGrace)
    return text(program, .user).replacing(home, with: "%h").replacing(writtenBy, with: packagedNote)
  }

  private static let writtenBy =
    "# Written by `looper daemon install`; change it with `systemctl edit`, which a new install keeps."
  private static let packagedNote = """
    # A systemd user unit for a looper in ~/.local/bin, for those who place units themselves:
    #
    #   cp looper.service ~/.config/systemd/user/ && systemctl --user enable --now looper
    #
    # `looper daemon install` writes one with this machine's PATH in it, which is what agents need to be found.
    # Made from Sources/Looper/Service/SystemdUnit.swift; a test compares.
    """

  private static func unit(_ scope: ServiceScope) -> [String] {
    var lines = [
      writtenBy, "[Unit]", "Description=Looper, an autonomous development team for GitHub repositories",
    ]
    if scope != .user { lines += ["Wants=network-online.target", "After=network-online.target"] }
    return lines + ["StartLimitIntervalSec=600", "StartLimitBurst=5"]
  }

  private static func service(_ program: ServiceProgram, _ scope: ServiceScope) -> [String] {
    let command = ([program.executable] + program.arguments).map(argument).joined(separator: " ")
    var lines = ["[Service]", "Type=notify", "NotifyAccess=main"]
    if case .system(let account) = scope { lines.append("User=\(account)") }
    lines += [
      "ExecStart=\(command)", "ExecReload=/bin/kill -HUP $MAINPID", "WorkingDirectory=~",
      "Environment=\(quoted("PATH=\(program.searchPath)"))",
      "# Proxies, certificates, GH_HOST and the like, one NAME=value a line.",
      "EnvironmentFile=-\(scope == .user ? "%E" : "/etc")/looper/environment",
      "Restart=on-failure", "RestartSec=5", "WatchdogSec=\(watchdog.inWholeSeconds)",
      "# What hangs may also hang in its own handler of the usual SIGABRT.", "WatchdogSignal=SIGKILL",
      "TimeoutStartSec=\(startTimeout.inWholeSeconds)",
      "TimeoutStopSec=\(program.stopTimeout.inWholeSeconds)",
      "# The daemon ends its agents itself; what is left after it is killed.",
      "KillMode=mixed", "# An agent that runs out of memory must not take the daemon with it.",
      "OOMPolicy=continue",
    ]
    return lines + (scope == .user ? hardening : hardening + systemHardening)
  }

  /// What an unprivileged manager can do too: all of it is a filter on system calls.
  private static let hardening = [
    "UMask=0077", "NoNewPrivileges=yes", "LockPersonality=yes", "RestrictRealtime=yes",
    "RestrictSUIDSGID=yes", "SystemCallArchitectures=native",
    "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK",
    "SystemCallFilter=~@clock @cpu-emulation @module @obsolete @raw-io @reboot @swap",
    // What no agent needs, and root of a user namespace could ask the kernel for; the filters of both lines add up.
    "SystemCallFilter=~acct bpf fanotify_init nfsservctl open_by_handle_at quotactl setdomainname sethostname "
      + "syslog vhangup",
    "SystemCallErrorNumber=EPERM",
  ]

  private static let systemHardening = [
    "CapabilityBoundingSet=", "PrivateDevices=yes", "PrivateMounts=yes", "PrivateTmp=yes", "ProtectClock=yes",
    "ProtectControlGroups=yes", "ProtectHostname=yes", "ProtectKernelModules=yes", "ProtectSystem=full",
  ]

  private static func install(_ scope: ServiceScope) -> [String] {
    ["[Install]", "WantedBy=\(scope == .user ? "default" : "multi-user").target"]
  }

  /// One argument of a command line: quoted, specifiers and variables switched off.
  private static func argument(_ text: String) -> String {
    quoted(text.replacing("$", with: "$$"))
  }

  private static func quoted(_ text: String) -> String {
    let escaped = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("%", with: "%%")
    return "\"\(escaped)\""
  }

  /// The account an installed unit names; nil when it names none.
  static func account(in text: String) -> String? {
    text.split(separator: "\n").first { $0.hasPrefix("User=") }.map { String($0.dropFirst(5)) }
  }
}

extension Duration {
  /// Rounded up.
  var inWholeSeconds: Int64 { components.seconds + (components.attoseconds > 0 ? 1 : 0) }
}
