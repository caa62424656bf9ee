import Foundation

/// The git adapter: a bare mirror per project, a worktree per loop, pushes with the expected old value.
///
/// Commands that change a mirror take turns per mirror; different mirrors do not wait for each other.
actor GitWorkspaces: Workspaces {
  nonisolated let git: GitRunner
  /// Who waits for a mirror, by project; a key is there while somebody holds the mirror.
  private var turns: [ProjectName: [CheckedContinuation<Void, Never>]] = [:]
  private var isConfigured = false

  init(commands: CommandRunner, settings: GitSettings) {
    if GitFiles.kind(settings.dataDirectory) == .missing {
      // Best effort, for the paths to resolve; the first command reports what is wrong.
      try? GitFiles.makeDirectory(settings.dataDirectory)
    }
    git = GitRunner(commands: commands, settings: settings)
  }

  /// Writes our global configuration once, with the parts of the operator's that say how hosts are reached.
  func configure() async throws(Failure) {
    guard !isConfigured else { return }
    try GitFiles.makeDirectory(git.layout.scratch)
    let found = try await git.operatorSettings()
    let configuration = GitConfiguration(
      identity: git.settings.identity, ghPath: git.settings.ghPath, settings: found)
    try GitFiles.write(Data(configuration.text.utf8), to: git.layout.globalConfiguration)
    isConfigured = true
  }

  /// Runs `body` while nobody else changes the project's mirror.
  ///
  /// Waiting is bounded by the deadlines of the commands before it.
  func holding<Result>(
    _ remote: RemoteRepository, _ body: (GitMirror) async throws(Failure) -> Result
  ) async throws(Failure) -> Result {
    try await configure()
    await takeTurn(remote.name)
    defer { endTurn(remote.name) }
    let mirror = GitMirror(git: git, remote: remote)
    try await mirror.open()
    return try await body(mirror)
  }

  private func takeTurn(_ project: ProjectName) async {
    guard turns[project] != nil else {
      turns[project] = []
      return
    }
    await withCheckedContinuation { turns[project]?.append($0) }
  }

  /// Hands the mirror to who waits longest.
  private func endTurn(_ project: ProjectName) {
    guard let waiting = turns[project], !waiting.isEmpty else {
      turns[project] = nil
      return
    }
    turns[project]?.removeFirst().resume()
  }
}

extension GitRunner {
  /// The keys of the operator's own global configuration that ours takes over.
  fileprivate func operatorSettings() async throws(Failure) -> [GitConfiguration.Setting] {
    var environment = ChildEnvironment.base(
      from: settings.environment, allowing: .git.adding(["XDG_CONFIG_HOME", "GIT_CONFIG_GLOBAL"]))
    environment["GIT_CONFIG_NOSYSTEM"] = "1"
    let command = Command(
      executable: settings.gitPath,
      arguments: ["config", "--global", "--includes", "-z", "--get-regexp", GitConfiguration.pattern],
      environment: environment, workingDirectory: layout.root)
    do {
      let result = try await commands.run(
        command, deadline: settings.localDeadline, outputLimit: .mebibytes(1))
      // Exit 1: no such key; others: no HOME, a broken file. Without those settings git still works.
      return result.status.isSuccess ? GitConfiguration.settings(in: result.standardOutput) : []
    } catch {
      throw GitFailure.unfinished("git config", error)
    }
  }
}
