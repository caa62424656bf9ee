import Foundation
import Logging
import Synchronization

@testable import Looper

/// One loop whose every part yields at random, so that an operator's commands fall anywhere between its steps.
final class TakeoverScene: Sendable {
  let store: Store
  let forge = OpsFakeForge()
  let tree: SharedTree
  let time = ManualTime()
  let operations: DaemonOperations
  let pool: RunnerPool
  let scheduler: Scheduler
  let dispatcher: OutboxDispatcher
  let reaper: Reaper
  static let log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

  /// - Parameter earlier: the scene before a restart, whose database and tree are taken over.
  init(seed: UInt64, after earlier: TakeoverScene? = nil) throws {
    store = try earlier?.store ?? .scratch()
    tree = earlier?.tree ?? SharedTree(seed: seed)
    var values = EngineSettings()
    values.pacing = .init(interval: .zero, perMinute: 10_000, perHour: 10_000)
    let settings = LiveSettings(values)
    let log = Self.log
    let random = RandomSource(seed: seed)
    let health = HostHealth()
    let performer = StepPerformer(
      store: store, forge: forge, workspaces: tree, agents: tree, validator: OpsFakeValidator(),
      settings: settings, time: time)
    pool = RunnerPool(
      runner: Runner(
        store: store, performer: performer, settings: settings, time: time, random: random, log: log),
      log: log)
    scheduler = Scheduler(
      store: store, pool: pool, settings: settings, health: health, time: time, random: random, log: log)
    dispatcher = OutboxDispatcher(
      store: store, forge: forge, workspaces: tree, settings: settings, health: health, time: time,
      random: random, log: log)
    reaper = Reaper(store: store, workspaces: tree, pool: pool, time: time, log: log)
    let configuration = Configuration()
    let loaded = LoadedConfiguration(
      configuration: configuration, origins: [:], warnings: [], fileURL: nil,
      paths: configuration.paths(homeDirectory: "/nowhere"))
    let commands = CommandRunner(
      shim: ShimLauncher(
        executablePath: ShimLocation.executablePath, scratchDirectory: NSTemporaryDirectory(), tag: [:]))
    operations = DaemonOperations(
      store: store, pool: pool,
      poller: GitHubPoller(
        store: store, forge: forge, settings: settings, health: health, time: time, random: random, log: log),
      hub: EventHub(store: store), health: health, settings: settings, forge: forge,
      git: GitRunner(commands: commands, settings: GitSettings(dataDirectory: "/nowhere", environment: [:])),
      configuration: { loaded }, time: time, startedAt: time.now, version: "1")
  }

  var project: ProjectName {
    guard let name = ProjectName(OpsScene.slug) else { preconditionFailure("the literal is a valid name") }
    return name
  }

  func watchProject() async throws -> Project {
    let facts = try OpsScene.facts
    forge.set(facts)
    return try await store.addProject(
      facts.name, checkoutPath: nil, baseBranch: nil, facts: facts, at: time.now
    ).project
  }

  /// The issue as GitHub shows it.
  func show(isOpen: Bool) {
    forge.set(
      IssueSnapshot(
        number: 12, title: "Fix the parser", body: "", url: "https://github.com/acme/tool/issues/12",
        author: AuthorSnapshot(login: "ann", isBot: false, permission: .write), isOpen: isOpen, labels: [],
        comments: [], areCommentsTruncated: false, updatedAt: time.now))
  }

  /// How often writes were begun so far.
  func sends(of loop: Loop.ID) async throws -> Int {
    try await store.effects(ofLoop: loop, limit: 1000).reduce(0) { $0 + $1.attempts }
  }
}

/// The loop's worktree and whoever works in it: counts who is in it, and notes who enters while a person owns it.
final class SharedTree: Workspaces, Agents {
  private struct State {
    var random: SplitMix
    var inside = 0
    var isHumans = false
    var content = "nothing"
    var violations: [String] = []
    var prepared = 0
  }

  private let state: Mutex<State>

  init(seed: UInt64) { state = Mutex(State(random: SplitMix(state: seed))) }

  var violations: [String] { state.withLock { $0.violations } }
  var content: String { state.withLock { $0.content } }
  var prepared: Int { state.withLock { $0.prepared } }

  /// The takeover has been reported: from now on the tree is a person's, who writes into it.
  func take() {
    state.withLock { state in
      if state.inside > 0 {
        state.violations.append("\(state.inside) at work when the takeover was reported")
      }
      state.isHumans = true
      state.content = "a person's work"
    }
  }

  /// The person gives it back.
  func giveBack() {
    state.withLock { state in
      if state.content != "a person's work" {
        state.violations.append("the person's work became \(state.content)")
      }
      state.isHumans = false
    }
  }

  /// A number below `bound`.
  func roll(_ bound: Int) -> Int { state.withLock { Int($0.random.next() % UInt64(bound)) } }

  func pause() async {
    for _ in 0..<roll(6) { await Task.yield() }
  }

  /// Something that touches the tree, with waits before, in the middle and after.
  private func inside(_ what: String, leaving content: String?) async {
    await pause()
    state.withLock { state in
      state.inside += 1
      if state.isHumans { state.violations.append("\(what) while a person owns the tree") }
    }
    await pause()
    state.withLock { state in
      if let content { state.content = content }
      state.inside -= 1
    }
    await pause()
  }

  /// Looks, and changes nothing.
  func keep(_ worktree: WorktreeFacts) async throws(Failure) -> String? {
    await inside("keep", leaving: nil)
    return nil
  }

  func prepare(_ request: WorktreeRequest) async throws(Failure) -> WorktreeFacts {
    await inside("prepare", leaving: "prepared")
    state.withLock { $0.prepared += 1 }
    return try await OpsFakeWorkspaces().prepare(request)
  }

  func inspect(_ worktree: WorktreeFacts, leftovers: LeftoverPolicy) async throws(Failure) -> TreeFacts {
    await inside("inspect", leaving: nil)
    guard let head = CommitSHA(String(repeating: "b", count: 40)) else { throw Failure(.bug, "a literal") }
    return TreeFacts(
      headSHA: head, commits: [head], changedPaths: ["a"], files: [], isTruncated: false,
      discardedChanges: false, unmergedPaths: [])
  }

  func run(_ assignment: AgentAssignment) async -> AgentOutcome {
    await inside("agent", leaving: "an agent's work")
    let report = Report.work(WorkReport(summary: "done", title: nil, criteria: []))
    return AgentOutcome(
      sessionID: nil, result: Task.isCancelled ? .stopped : .reported(report), usage: .unknown, tail: "")
  }

  func remove(_ loopID: Loop.ID, in project: RemoteRepository) async throws(Failure) -> String? {
    await inside("remove", leaving: "removed")
    return nil
  }

  func remoteHead(of branch: String, in project: RemoteRepository) async throws(Failure) -> CommitSHA? {
    await pause()
    return nil
  }

  func addedText(by push: PushBranch, in project: RemoteRepository) async throws(Failure) -> [AddedText] {
    []
  }

  func push(_ push: PushBranch, in project: RemoteRepository) async throws(Failure) { await pause() }

  func surroundings(of worktree: WorktreeFacts, checkout: String?) async throws(Failure) -> Surroundings {
    Surroundings(digests: [:])
  }
}
