import Foundation
import Synchronization
import Testing

@testable import Looper

/// The built binary against a local GitHub: real gh, real git, a scripted agent, a data directory of its own.
///
/// The GitHub and its CI run in this process, the daemon is a child that can be killed and started again.
final class EndToEndScene: Sendable {
  let directory: DemoDirectory
  let forge: LocalForge
  let runner: CommandRunner
  /// News of the GitHub, from the beginning.
  let changes: AsyncStream<ForgeChange>
  private let launcher: ShimLauncher
  private let daemon = Mutex<DemoDaemon?>(nil)
  /// The last event that was waited for.
  private let cursor = Mutex<Int64>(0)

  private init(directory: DemoDirectory) async {
    self.directory = directory
    launcher = ShimLauncher(
      executablePath: ShimLocation.executablePath, scratchDirectory: directory.scratch, tag: [:])
    runner = CommandRunner(shim: launcher)
    let configuration = ForgeConfiguration(
      repositoriesRoot: directory.forge, tokens: [DemoSample.token: DemoSample.owner],
      now: { SystemTime().now })
    forge = LocalForge(configuration: configuration, git: ForgeGitStorage(runner: runner))
    changes = await forge.changes()
  }

  /// Runs `body` with a served GitHub and no daemon yet; at the end nothing is left running.
  static func run(_ body: @escaping @Sendable (EndToEndScene) async throws -> Void) async throws {
    let made = await EndToEndScene(directory: try DemoDirectory.create(in: "/tmp"))
    let server = LocalForgeServer(
      forge: made.forge, addresses: [.unixSocket(path: made.directory.forgeSocket)])
    let checks = DemoChecks(
      forge: made.forge, directory: made.directory, runner: made.runner, searchPath: "/usr/bin:/bin")
    let heads = await made.forge.changes()
    defer { made.directory.remove() }
    try await withThrowingTaskGroup(of: Bool.self) { group in
      group.addTask {
        try await server.run()
        return false
      }
      group.addTask {
        try await checks.run(on: heads) { _ in }
        return false
      }
      group.addTask {
        do {
          try await body(made)
        } catch {
          await made.stop()
          Issue.record("the daemon said: \(made.directory.lastLogLines(20).joined(separator: "\n"))")
          throw error
        }
        await made.stop()
        return true
      }
      defer { group.cancelAll() }
      while let isDone = try await group.next(), !isDone {}
    }
    #expect(made.remains == [], "processes of the daemon are left")
  }

  /// What the daemon started and did not end.
  var remains: [ProcessIdentity] {
    let data = URL(filePath: directory.data).resolvingSymlinksInPath().path
    return ProcessTable.processes(taggedWith: Assembly.instanceKey, value: data)
  }
}

// MARK: the daemon

extension EndToEndScene {
  /// Writes what the daemon is to read: the projects, each with a checkout or none, and the agent's script.
  ///
  /// - Parameters:
  ///   - vendor: whose CLI the script stands for.
  ///   - more: tables besides those that are written here.
  func configure(
    projects: [(name: String, checkout: String?)], agent: String, vendor: Vendor = .custom, more: String = ""
  ) throws {
    var text = """
      [server]
      enabled = false
      [daemon]
      data-dir = "\(directory.data)"
      poll-interval-secs = 1
      shutdown-grace-secs = 5
      disk-floor-mib = 0
      memory-floor-mib = 0
      [github]
      write-interval-ms = 0
      writes-per-minute = 1000
      writes-per-hour = 10000
      command-timeout-secs = 5
      [agent]
      vendor = "\(vendor.rawValue)"
      command = ["\(directory.agent)"]
      [flow]
      quiet-period-secs = 1
      [sandbox]
      mode = "require"
      writable = ["\(directory.path)/notes"]
      \(more)

      """
    for project in projects {
      text += "[[projects]]\nname = \"\(project.name)\"\n"
      if let checkout = project.checkout { text += "path = \"\(checkout)\"\n" }
    }
    try directory.write(text, to: directory.configuration)
    try directory.write(agent, to: directory.agent, permissions: 0o700)
  }

  /// Starts the daemon; returns when it answers.
  func start(_ variables: [String: String] = [:]) async throws {
    let started = try await DemoDaemon.start(
      in: directory, launcher: launcher, searchPath: "/usr/bin:/bin", time: SystemTime(),
      variables: variables)
    daemon.withLock { $0 = started }
  }

  /// Stops the daemon in order.
  func stop() async {
    let running = daemon.withLock { daemon in
      defer { daemon = nil }
      return daemon
    }
    await running?.stop()
  }

  /// Sends a signal to the daemon itself, not to the supervisor above it.
  func signal(_ signal: Int32) async throws {
    let pid = try await client { try await $0.status().pid }
    ProcessIdentity(ofProcess: Int32(pid)).signal(signal)
  }

  /// The daemon's exit code, once it and what it started is gone; nil when a signal ended it.
  func exitCode() async -> Int32? {
    guard case .exited(let code) = await daemon.withLock({ $0 })?.waitUntilGone() else { return nil }
    return code
  }

  /// `kill -9` of the daemon alone, then a new one as soon as it is gone.
  func crashAndRestart() async throws {
    try await signal(SIGKILL)
    // The supervisor above it was not asked for anything: it ends by itself when all below it has ended.
    await daemon.withLock { $0 }?.waitUntilGone()
    try await start()
  }

  func client<Value>(_ body: (LooperClient) async throws -> Value) async throws -> Value {
    try await LooperClient.connected(to: directory.socket, body)
  }
}

// MARK: waiting

extension EndToEndScene {
  private struct Found: Error { var event: EventView }
  /// What was waited for cannot come any more.
  private struct Blocked: Error { var message: String }

  /// Follows the daemon's events to the first that fits, from the last one waited for on; a loop that gets blocked
  /// meanwhile ends the wait.
  @discardableResult
  func event(where fits: (EventView) -> Bool) async throws -> EventView {
    do {
      try await client { client in
        try await client.followEvents(after: cursor.withLock { $0 }) { item in
          guard case .event(let event) = item else { return }
          if fits(event) { throw Found(event: event) }
          if event.kind == Event.Kind.loopBlocked.rawValue { throw Blocked(message: event.message) }
        }
      }
    } catch let found as Found {
      cursor.withLock { $0 = found.event.sequence }
      return found.event
    }
    throw Failure(.bug, "the event stream ended")
  }

  @discardableResult
  func event(_ kind: Event.Kind, _ text: String = "") async throws -> EventView {
    try await event { $0.kind == kind.rawValue && (text.isEmpty || $0.message.contains(text)) }
  }

  /// Follows the daemon's events until every one of `count` loops was ready.
  func ready(_ count: Int = 1) async throws {
    var ready: Set<String> = []
    try await event { event in
      if event.kind == Event.Kind.loopReady.rawValue, let loop = event.loop { ready.insert(loop) }
      return ready.count == count
    }
  }

  /// Reads on in the GitHub's news to the first that fits.
  func change(where fits: (ForgeChange) -> Bool) async throws {
    for await change in changes where fits(change) { return }
    throw CancellationError()
  }
}

// MARK: looking

extension EndToEndScene {
  /// The pull request of a repository, which must be its only one.
  func onlyPull(in repository: String) async throws -> ForgeIssue {
    let state = await forge.snapshot()
    let found = try #require(state.repository(named: repository))
    let pulls = state.issues(in: found.id).filter(\.isPull)
    #expect(pulls.count == 1)
    return try #require(pulls.first)
  }

  /// Runs a shell script in the scene's directory.
  func shell(_ script: String) async throws -> String {
    let command = Command(
      executable: "/bin/sh", arguments: ["-ec", script],
      environment: [
        "PATH": "/usr/bin:/bin", "HOME": directory.path, "GIT_CONFIG_SYSTEM": "/dev/null", "LC_ALL": "C",
      ],
      workingDirectory: directory.path)
    let result = try await runner.run(command, deadline: .seconds(30), outputLimit: .mebibytes(4))
    #expect(result.status.isSuccess, "\(String(decoding: result.standardError, as: UTF8.self))")
    return String(decoding: result.standardOutput, as: UTF8.self)
  }

  /// What `looper WORDS` prints about the daemon.
  func looper(_ words: String) async throws -> String {
    try await shell("LOOPER_CONFIG='\(directory.configuration)' '\(ShimLocation.executablePath)' \(words)")
  }

  /// What the database says when no daemon has it open.
  func facts() async throws -> [LoopFacts] {
    let store = try Store(path: directory.database)
    defer { try? store.close() }
    var all: [LoopFacts] = []
    for loop in try await store.loops(state: nil, project: nil, before: .max, limit: 100) {
      if let facts = try await store.facts(of: loop.id) { all.append(facts) }
    }
    #expect(try await store.liveRuns() == [])
    #expect(try await store.liveSessions() == [])
    #expect(try await store.queue().count == 0)
    return all
  }
}
