/// Every key there is. The loader, the environment names, the sample file, the reference and `config view` all
/// come from these lists; a key that is not here does not exist.
enum ConfigurationSchema {
  /// The member that holds the `[[projects]]` tables; it has no single value.
  static let projectsKey = "projects"
  /// The members that hold lists of tables.
  static let listKeys = [projectsKey, autoKey]

  /// All keys but those of projects, in the order of the sample file.
  static let keys: [ConfigurationKey<Configuration>] =
    (server + daemon + storage + github + agent + vendors + roles + limits + flow + merge + labels + trust
    + sandbox
    + budget + validation + upgrade)
    .map { readAtStart.contains($0.path) ? $0.readAtStart() : $0 }

  /// What a daemon looks at when it starts and never again.
  private static let readAtStart: Set = [
    "daemon.data-dir", "daemon.disk-floor-mib", "daemon.log-format", "daemon.log-level",
    "daemon.shutdown-grace-secs", "github.command-timeout-secs", "github.gh-path", "github.git-path",
    "server.enabled", "server.host", "server.port", "server.socket-path", "server.token-file",
    "storage.db-path",
  ]

  /// What each section is about, in order.
  static let sections: [(name: String, summary: String)] = [
    ("server", "Where the API is served. The Unix socket is always there; TCP can be turned off."),
    ("daemon", "How the daemon runs."),
    ("storage", "What is kept on disk."),
    ("github", "How GitHub and git are reached, and how fast GitHub is written to."),
    ("agent", "The agent that does the work."),
    ("limits", "How many runs may be live at once."),
    ("flow", "How an issue becomes a pull request that is ready to merge."),
    ("merge", "Who merges what is ready to merge."),
    ("labels", "The names of the labels."),
    ("trust", "What is done with other people's text, and what Looper says about itself."),
    (
      "sandbox",
      "How agents and validation commands are kept apart from the rest of this machine (Linux, bubblewrap)."
    ),
    ("budget", "What may be spent; 0 means no limit."),
    ("validation", "What Looper itself runs to prove that work is complete."),
    ("upgrade", "Where `looper upgrade` finds newer versions."),
  ]

  private static let server: [ConfigurationKey<Configuration>] = [
    .init("server.host", \.server.host, .host, "The address the TCP listener binds to."),
    .init("server.port", \.server.port, .integer(0...65_535), "The TCP port; 0 takes any free one."),
    .init("server.enabled", \.server.isEnabled, .boolean, "Whether the API is served on TCP."),
    .init(
      "server.socket-path", \.server.socketPath, .path(orEmpty: true),
      "The Unix socket; empty means looper.sock in the data directory."),
    .init(
      "server.token-file", \.server.tokenFile, .path(orEmpty: true),
      "The file with the bearer token of TCP clients, created when missing; empty means api-token in the data directory."
    ),
  ]

  private static let daemon: [ConfigurationKey<Configuration>] = [
    .init(
      "daemon.data-dir", \.daemon.dataDirectory, .path(orEmpty: false),
      "The directory for the database, worktrees, transcripts and the socket."),
    .init(
      "daemon.poll-interval-secs", \.daemon.pollInterval, .duration(.seconds, 1...3600),
      "How often GitHub is asked what changed."),
    .init(
      "daemon.shutdown-grace-secs", \.daemon.shutdownGrace, .duration(.seconds, 1...600),
      "How long a shutdown may take before what is left is killed."),
    .init("daemon.log-level", \.daemon.logLevel, .choice, "The least severe message that is logged."),
    .init("daemon.log-format", \.daemon.logFormat, .choice, "Lines for people, or one JSON object a line."),
    .init(
      "daemon.disk-floor-mib", \.daemon.diskFloor, .mebibytes(0...1_048_576),
      "Nothing new starts while less than this is free on the data directory's disk."),
    .init(
      "daemon.memory-floor-mib", \.daemon.memoryFloor, .mebibytes(0...1_048_576),
      "Nothing new starts while less memory than this is available."),
  ]

  private static let storage: [ConfigurationKey<Configuration>] = [
    .init(
      "storage.db-path", \.storage.databasePath, .path(orEmpty: true),
      "The SQLite database; empty means looper.db in the data directory."),
    .init(
      "storage.transcript-max-mib", \.storage.transcriptMax, .mebibytes(1...1_048_576),
      "How large the transcript of one agent session may grow."),
    .init(
      "storage.transcript-keep-days", \.storage.transcriptKeep, .duration(.days, 0...3650),
      "How long transcripts are kept."),
  ]

  private static let github: [ConfigurationKey<Configuration>] = [
    .init(
      "github.gh-path", \.github.ghPath, .program,
      "The gh to run; one that is missing falls back to gh on PATH."),
    .init("github.git-path", \.github.gitPath, .program, "The git to run."),
    .init(
      "github.write-interval-ms", \.github.writeInterval, .duration(.milliseconds, 0...60_000),
      "The least time between two writes to GitHub."),
    .init(
      "github.writes-per-minute", \.github.writesPerMinute, .integer(1...1000),
      "Writes to GitHub in a minute."),
    .init(
      "github.writes-per-hour", \.github.writesPerHour, .integer(1...10_000), "Writes to GitHub in an hour."),
    .init(
      "github.command-timeout-secs", \.github.commandTimeout, .duration(.seconds, 1...3600),
      "How long one gh or git command may take."),
  ]

  private static let limits: [ConfigurationKey<Configuration>] = [
    .init("limits.runs", \.limits.runs, .integer(1...1000), "Live runs in all."),
    .init(
      "limits.runs-per-project", \.limits.runsPerProject, .integer(1...1000), "Live runs of one project."),
    .init("limits.runs-per-role", \.limits.runsPerRole, .integer(1...1000), "Live runs of one role."),
    .init(
      "limits.runs-per-vendor", \.limits.runsPerVendor, .integer(1...1000), "Live runs of one agent vendor."),
  ]

  private static let validation: [ConfigurationKey<Configuration>] = [
    .init(
      "validation.commands", \.validation.commands, .list(.whole),
      "Commands run one after the other by /bin/sh -c in the worktree; all must succeed."),
    .init(
      "validation.timeout-secs", \.validation.timeout, .duration(.seconds, 1...86_400),
      "How long one validation command may take."),
  ]

  private static let upgrade: [ConfigurationKey<Configuration>] = [
    .init(
      "upgrade.source", \.upgrade.source, .repository,
      "The repository whose releases are installed, owner/name; empty means that packages are named with --from."
    )
  ]
}
