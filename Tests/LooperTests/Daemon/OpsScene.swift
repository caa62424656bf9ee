import Foundation
import Logging
import Synchronization
import Testing

@testable import Looper

/// A place in the middle of an operation, where others can come in between.
final class Interruption: Sendable {
  private let guests = Mutex<[@Sendable () async -> Void]>([])

  /// Has `guest` come in the next `times` times that something passes.
  func enter(times: Int = 1, _ guest: @escaping @Sendable () async -> Void) {
    guests.withLock { $0 += Array(repeating: guest, count: times) }
  }

  func pass() async {
    let guest = guests.withLock { $0.isEmpty ? nil : $0.removeFirst() }
    await guest?()
  }
}

/// The operations over a real database, with a fake GitHub and agents that work until they are stopped.
struct OpsScene: Sendable {
  static let slug = "acme/tool"

  let directory: String
  let store: Store
  let forge = OpsFakeForge()
  let agents = OpsFakeAgents()
  let time = OpsFakeTime()
  let health = HostHealth()
  let settling = Interruption()
  let settings: LiveSettings
  let commands: CommandRunner
  let pool: RunnerPool
  let scheduler: Scheduler
  let operations: DaemonOperations

  /// Runs `body` with a watched project, and a pool that drives runs meanwhile.
  static func with(
    watching: Bool = true, settle: (inout Configuration) -> Void = { _ in },
    _ body: @escaping @Sendable (OpsScene) async throws -> Void
  ) async throws {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: url) }
    var configuration = Configuration()
    settle(&configuration)
    let scene = try OpsScene(directory: url.resolvingSymlinksInPath().path, configuration)
    if watching { try await scene.watch() }
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { await scene.pool.run() }
      try await body(scene)
      group.cancelAll()
    }
  }

  private init(directory: String, _ configuration: Configuration) throws {
    self.directory = directory
    store = try Store.scratch()
    settings = LiveSettings(EngineSettings())
    commands = CommandRunner(
      shim: ShimLauncher(executablePath: ShimLocation.executablePath, scratchDirectory: directory, tag: [:]))
    let log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let random = RandomSource(seed: 1)
    let performer = StepPerformer(
      store: store, forge: forge, workspaces: OpsFakeWorkspaces(), agents: agents,
      validator: OpsFakeValidator(),
      settings: settings, time: time)
    pool = RunnerPool(
      runner: Runner(
        store: store, performer: performer, settings: settings, time: time, random: random, log: log),
      log: log)
    scheduler = Scheduler(
      store: store, pool: pool, settings: settings, health: health, time: time, random: random, log: log)
    let loaded = LoadedConfiguration(
      configuration: configuration, origins: [:], warnings: [], fileURL: nil,
      paths: configuration.paths(homeDirectory: directory))
    let git = GitSettings(
      dataDirectory: directory,
      environment: [
        "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin", "HOME": directory,
      ])
    operations = DaemonOperations(
      store: store, pool: pool,
      poller: GitHubPoller(
        store: store, forge: forge, settings: settings, health: health, time: time, random: random, log: log),
      hub: EventHub(store: store), health: health, settings: settings, forge: forge,
      git: GitRunner(commands: commands, settings: git), configuration: { loaded }, time: time,
      startedAt: time.now,
      version: "1.2.3", writesSettled: { [settling] _ in await settling.pass() })
  }

  static var facts: RepositoryFacts {
    get throws {
      RepositoryFacts(
        name: try #require(ProjectName(slug)), defaultBranch: "main",
        cloneURL: "https://github.com/acme/tool.git",
        isArchived: false, viewerPermission: .write)
    }
  }

  func watch() async throws {
    let facts = try Self.facts
    forge.set(facts)
    _ = try await store.addProject(facts.name, checkoutPath: nil, baseBranch: nil, facts: facts, at: time.now)
  }

  func addIssue(_ number: Int = 12, isOpen: Bool = true) {
    forge.set(
      IssueSnapshot(
        number: number, title: "Fix the parser", body: "",
        url: "https://github.com/acme/tool/issues/\(number)",
        author: AuthorSnapshot(login: "ann", isBot: false, permission: .write), isOpen: isOpen, labels: [],
        comments: [], areCommentsTruncated: false, updatedAt: time.now))
  }

  /// A loop for an issue that is open.
  func startLoop(_ number: Int = 12) async throws -> Loop.ID {
    addIssue(number)
    let view = try await operations.start(StartRequest(url: "\(Self.slug)#\(number)"))
    return try #require(Loop.ID(handle: view.id))
  }

  /// A loop whose agent is at work.
  func startWork(_ number: Int = 12) async throws -> (loop: Loop.ID, run: Run.ID) {
    let loop = try await startLoop(number)
    try await scheduler.tick(at: time.now)
    return (loop, try #require(await agents.nextStart()))
  }

  /// A session of the run has ended, and some of its processes have not.
  func leaveProcesses(of id: Run.ID) async throws {
    let run = try #require(try await store.run(id))
    let session = try await store.beginSession(of: run, stage: "agent", at: time.now)
    try await store.endSession(
      session, ending: "stopped", usage: .unknown, role: run.role, survivors: [12, 34], at: time.now)
  }

  /// Another operator has the loop go on, and a run of it begins.
  func resumeAndStart(_ loop: Loop.ID) async {
    do {
      _ = try await operations.control(loop, .resume)
      try await scheduler.tick(at: time.now)
    } catch {
      Issue.record("\(error)")
    }
    _ = await agents.nextStart()
  }

  /// The error an operation ends with.
  func refusal(_ body: () async throws(LooperError) -> Void) async -> LooperError? {
    await LooperError.thrown(body)
  }
}
