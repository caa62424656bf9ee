import Foundation

/// `looper chaos`: a real daemon with real git and gh over a local GitHub, killed again and again.
///
/// Kills come in bursts, 100 to 900 ms apart, now and then before the daemon has come up, with time between the bursts
/// to get on. What gets ready is merged meanwhile and a new issue takes its place, so that there is always work to
/// kill. At the end the daemon is left alone until everything is merged, and what is left is examined.
struct Chaos: Sendable {
  /// How long everything may take to come to its end once nobody kills any more.
  static let restLimit = Duration.seconds(600)
  private static let repositories = ["demo/one", "demo/two", "demo/three", "demo/four"]
  private static let lookInterval = Duration.milliseconds(500)
  /// No issue is asked for in the last part of the killing: what is begun must end.
  private static let lastAsked = Duration.seconds(60)

  /// How long it is killed.
  let duration: Duration
  /// As many issues are open and as many agents may work at once.
  let issues: Int
  let seed: UInt64
  let searchPath: String
  /// What starts the daemon, with a directory for its files.
  var launcher: @Sendable (String) -> ShimLauncher = {
    ShimLauncher(executablePath: ShimLauncher.ownExecutablePath, scratchDirectory: $0, tag: [:])
  }
  let time: any TimeSource
  let say: @Sendable (String) throws -> Void

  func run() async throws -> ChaosVerdict {
    let directory = try DemoDirectory.create(in: "/tmp")
    let launcher = launcher(directory.scratch)
    let configuration = ForgeConfiguration(
      repositoriesRoot: directory.forge, tokens: [DemoSample.token: DemoSample.owner],
      now: { [time] in time.now })
    let forge = LocalForge(
      configuration: configuration, git: ForgeGitStorage(runner: CommandRunner(shim: launcher)))
    let server = LocalForgeServer(forge: forge, addresses: [.unixSocket(path: directory.forgeSocket)])
    try say("everything is in \(directory.path)")
    let verdict = try await withThrowingTaskGroup(of: ChaosVerdict?.self) { group in
      group.addTask {
        try await server.run()
        return nil
      }
      group.addTask { try await perform(forge, launcher, in: directory) }
      defer { group.cancelAll() }
      while let result = try await group.next() {
        if let result { return result }
      }
      throw CancellationError()
    }
    // What is wrong stays for a look.
    if verdict.problems.isEmpty { directory.remove() }
    return verdict
  }

  private func perform(
    _ forge: LocalForge, _ launcher: ShimLauncher, in directory: DemoDirectory
  ) async throws -> ChaosVerdict {
    try await prepare(forge, in: directory)
    let startedAt = time.now
    var daemon = try await launch(in: directory, launcher)
    var kills = 0
    var killsAtWork = 0
    var asked = issues
    do {
      var generator = SplitMix(state: seed)
      while time.now < startedAt + duration {
        for _ in 0..<Int.random(in: 1...4, using: &generator) {
          // One in three may be killed in the middle of its recovery.
          if Int.random(in: 0..<3, using: &generator) > 0 {
            try await daemon.waitUntilItAnswers(in: directory, time: time)
          }
          let pause = Int.random(in: 100...900, using: &generator)
          try await time.sleep(until: time.now + .milliseconds(pause))
          let isAtWork = glance(in: directory).map { $0.liveRuns > 0 } ?? false
          await daemon.kill()
          kills += 1
          if isAtWork { killsAtWork += 1 }
          daemon = try await launch(in: directory, launcher)
        }
        let rest = Int.random(in: 2000...9000, using: &generator)
        try await time.sleep(until: time.now + .milliseconds(rest))
        if time.now < startedAt + duration - Self.lastAsked {
          asked += try await replaceWhatIsReady(forge, in: directory, asked: asked)
        }
      }
      try say("\(kills) kills; now it is left alone")
      try await daemon.waitUntilItAnswers(in: directory, time: time)
      try await bringToTheEnd(forge, in: directory)
    } catch {
      await daemon.stop()
      throw error
    }
    await daemon.stop()
    var verdict = try await verdict(forge, in: directory, asked: asked)
    (verdict.kills, verdict.killsAtWork) = (kills, killsAtWork)
    verdict.seconds = Int((time.now - startedAt).inSeconds)
    return verdict
  }

  /// Nil when the daemon's database cannot be read at this moment.
  private func glance(in directory: DemoDirectory) -> DatabaseGlance? {
    try? DatabaseGlance(path: directory.database)
  }

  /// - Returns: how many issues were asked for.
  private func replaceWhatIsReady(
    _ forge: LocalForge, in directory: DemoDirectory, asked: Int
  ) async throws -> Int {
    var count = 0
    for ready in glance(in: directory)?.ready ?? [] {
      let state = await forge.snapshot()
      guard let repository = state.repository(named: ready.repository),
        state.issue(ready.number, in: repository.id)?.state == .open
      else { continue }
      try await forge.merge(ready.number, in: ready.repository, as: DemoSample.owner)
      try await ask(forge, asked + count)
      count += 1
    }
    return count
  }

  private func ask(_ forge: LocalForge, _ index: Int) async throws {
    try await forge.createIssue(
      in: Self.repositories[index % Self.repositories.count], title: "Issue \(index)",
      labels: ["looper:plan"], as: DemoSample.owner)
  }

  private func verdict(
    _ forge: LocalForge, in directory: DemoDirectory, asked: Int
  ) async throws -> ChaosVerdict {
    let store = try Store(path: directory.database)
    let loops = try await store.loops(state: nil, project: nil, before: .max, limit: 1000)
    try store.close()
    var ends: [String: Int] = [:]
    for loop in loops { ends["\(loop.phase.rawValue) \(loop.state.code)", default: 0] += 1 }
    let examination = ChaosExamination(directory: directory, forge: forge, issues: asked)
    return ChaosVerdict(loops: ends, problems: try await examination.problems(loops))
  }

  private func prepare(_ forge: LocalForge, in directory: DemoDirectory) async throws {
    for repository in Self.repositories { try await forge.createRepository(repository) }
    for index in 0..<issues { try await ask(forge, index) }
    try directory.write(ChaosAgent.script, to: directory.agent, permissions: 0o700)
    try directory.write(configuration(in: directory), to: directory.configuration)
  }

  private func configuration(in directory: DemoDirectory) -> String {
    let projects = Self.repositories.map { "[[projects]]\nname = \"\($0)\"\n" }.joined()
    return """
      [server]
      enabled = false
      [daemon]
      data-dir = \(TOMLText.literal(.string(directory.data)))
      poll-interval-secs = 1
      shutdown-grace-secs = 5
      disk-floor-mib = 0
      memory-floor-mib = 0
      [limits]
      runs = \(issues)
      runs-per-project = \(issues)
      runs-per-role = \(issues)
      runs-per-vendor = \(issues)
      [github]
      write-interval-ms = 0
      writes-per-minute = 1000
      writes-per-hour = 10000
      command-timeout-secs = 10
      [agent]
      vendor = "custom"
      command = [\(TOMLText.literal(.string(directory.agent)))]
      [flow]
      quiet-period-secs = 1
      \(projects)
      """
  }

  private func launch(in directory: DemoDirectory, _ launcher: ShimLauncher) async throws -> DemoDaemon {
    try await DemoDaemon.launch(in: directory, launcher: launcher, searchPath: searchPath)
  }

  /// Merges what gets ready, until every loop has ended and its worktree is gone.
  private func bringToTheEnd(_ forge: LocalForge, in directory: DemoDirectory) async throws {
    let deadline = time.now + Self.restLimit
    var merged: Set<String> = []
    while time.now < deadline {
      let live = try await client(in: directory) {
        try await $0.loops(state: nil, project: nil, limit: 1000).items
      }
      for loop in live where loop.state == "waiting" && loop.reason == WaitReason.merge.rawValue {
        guard let number = loop.pullNumber, merged.insert(loop.id).inserted else { continue }
        try await forge.merge(number, in: loop.project, as: DemoSample.owner)
      }
      if live.isEmpty, try DatabaseExamination(path: directory.database).worktrees.isEmpty { return }
      try await time.sleep(until: time.now + Self.lookInterval)
    }
  }

  private func client<Value>(
    in directory: DemoDirectory, _ body: (LooperClient) async throws -> Value
  ) async throws -> Value {
    try await LooperClient.connected(to: directory.socket, body)
  }
}
