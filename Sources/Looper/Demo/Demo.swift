import Foundation
import UnixSignals

/// `looper demo`: the whole way from an issue to a pull request that is ready to merge, with nothing but git and gh.
///
/// In this process run a local GitHub, its CI and the narrator; the daemon is a real `looper serve` below us. All
/// are child tasks and children of one scope: whatever ends it, nothing stays behind.
struct Demo: Sendable {
  /// From the label to ready; more means that something is broken.
  static let timeLimit = Duration.seconds(120)
  private static let logLinesShown = 15

  let keeps: Bool
  /// How this program was called, for the commands that are suggested.
  let program: String
  let environment: [String: String]
  let style: TextStyle
  let time: any TimeSource
  /// Prints a line for the spectator.
  let say: @Sendable (String) throws -> Void
  /// Told once, when the pull request is ready.
  let onResult: @Sendable (DemoResult) throws -> Void

  /// Why a scope ended early.
  enum Ending: Error { case interrupted, timeLimit, ready(DemoResult) }

  func run() async throws {
    try requireTools()
    let directory = try DemoDirectory.create(in: Self.temporaryDirectory(environment))
    do {
      try await perform(in: directory)
    } catch let ending as Ending {
      try conclude(ending, in: directory)
    } catch is CancellationError {
      directory.remove()
      throw CancellationError()
    } catch let error as BrokenPipe {
      directory.remove()
      throw error
    } catch {
      throw described(error, in: directory)
    }
  }

  private func conclude(_ ending: Ending, in directory: DemoDirectory) throws {
    switch ending {
    case .ready:
      directory.remove()
      try say("\nThe daemon is stopped, \(directory.path) is removed.\n")
      try say(DemoResult.next(program: program, style))
    case .interrupted:
      directory.remove()
      try say("\nStopped. Nothing is left running, \(directory.path) is removed.")
    case .timeLimit:
      let limit = Self.timeLimit.milliseconds / 1000
      throw described(
        LooperError(.internal, "the demonstration was not ready within \(limit) s"), in: directory)
    }
  }

  /// Runs everything in one scope. Always throws: an ``Ending`` or what went wrong.
  private func perform(in directory: DemoDirectory) async throws {
    let launcher = ShimLauncher(
      executablePath: ShimLauncher.ownExecutablePath, scratchDirectory: directory.scratch, tag: [:])
    let runner = CommandRunner(shim: launcher)
    let scene = try await DemoForge.make(in: directory, runner: runner, time: time)
    let server = LocalForgeServer(
      forge: scene.forge, addresses: [.unixSocket(path: directory.forgeSocket)])
    let checks = DemoChecks(
      forge: scene.forge, directory: directory, runner: runner, searchPath: searchPath)
    let changes = await scene.forge.changes()
    let narrator = DemoNarrator(startedAt: time.now, style: style)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        for await _ in await UnixSignalsSequence(trapping: .sigint, .sigterm) { throw Ending.interrupted }
      }
      group.addTask { try await server.run() }
      group.addTask {
        try await checks.run(on: changes) { try say(narrator.check($0, at: time.now)) }
      }
      group.addTask {
        try DemoDaemon.prepare(directory)
        let daemon = try await DemoDaemon.start(
          in: directory, launcher: launcher, searchPath: searchPath, time: time)
        do {
          try await tell(scene, narrator, runner: runner, in: directory)
        } catch {
          await daemon.stop()
          throw error
        }
        await daemon.stop()
      }
      defer { group.cancelAll() }
      while try await group.next() != nil {}
    }
  }

  /// Follows the loop to ready, and with `--keep` whatever follows.
  private func tell(
    _ scene: DemoForge, _ narrator: DemoNarrator, runner: CommandRunner, in directory: DemoDirectory
  ) async throws {
    try await LooperClient.connected(to: directory.socket) { client in
      try introduce(narrator, in: directory)
      try await scene.label()
      let story = DemoStory(
        client: client, scene: scene, narrator: narrator, runner: runner, directory: directory,
        searchPath: searchPath, time: time, say: say)
      let result = try await limited { try await story.result(keeps: keeps) }
      try say("")
      try onResult(result.value)
      guard keeps, let places = result.value.places else { throw Ending.ready(result.value) }
      try say("\n" + result.value.kept(places, program: program, style))
      try say("\nIt all runs until you press Ctrl-C; what happens is shown here.\n")
      try await story.goOn(after: result.sequence)
    }
  }

  private func introduce(_ narrator: DemoNarrator, in directory: DemoDirectory) throws {
    try say(
      """
      A local GitHub, a real `looper serve`, real git and gh, and a scripted agent work in
      \(directory.path). Nothing leaves this machine.

      \(narrator.line(at: time.now, "issue", "\(DemoSample.reporter): \(DemoSample.issueTitle)", .bold))
      \(narrator.line(at: time.now, DemoSample.owner, "adds the label looper:plan"))
      """)
  }

  /// - Throws: ``Ending/timeLimit``.
  private func limited<Value: Sendable>(
    _ body: @escaping @Sendable () async throws -> Value
  ) async throws -> Value {
    try await withThrowingTaskGroup(of: Value.self) { group in
      group.addTask { try await body() }
      group.addTask {
        try await time.sleep(until: time.now + Self.timeLimit)
        throw Ending.timeLimit
      }
      defer { group.cancelAll() }
      guard let value = try await group.next() else { throw CancellationError() }
      return value
    }
  }

  private var searchPath: String { environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin" }

  private func requireTools() throws {
    for name in ["gh", "git"] {
      let command = Command(executable: name, environment: ["PATH": searchPath])
      guard ShimLauncher.resolve(command) == nil else { continue }
      let package = name == "gh" ? "gh (https://cli.github.com)" : "git"
      throw LooperError(
        .internal,
        "\(name) is not on PATH; install \(package): apt-get install \(name), or brew install \(name)")
    }
  }

  /// A failure with what the daemon said last; the files stay for a look.
  private func described(_ error: any Error, in directory: DemoDirectory) -> LooperError {
    let sentence = (error as? LooperError)?.message ?? "the demonstration failed: \(error)"
    let lines = directory.lastLogLines(Self.logLinesShown)
    let log = lines.isEmpty ? "" : "\nthe daemon's last lines:\n  " + lines.joined(separator: "\n  ")
    return LooperError(.internal, "\(sentence)\(log)\nthe files are in \(directory.path)")
  }

  /// Short, because a socket's path is: the system's `/tmp` unless `TMPDIR` says otherwise.
  private static func temporaryDirectory(_ environment: [String: String]) -> String {
    let wanted = environment["TMPDIR"] ?? ""
    guard wanted.hasPrefix("/"), wanted.utf8.count <= 60 else { return "/tmp" }
    return wanted.removingTrailingSlash
  }
}
