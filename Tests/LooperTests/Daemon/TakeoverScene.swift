import Foundation
import Logging

@testable import Looper

/// One loop and all that a daemon does with it, side by side, so that an operator's commands fall anywhere between its
/// steps: before and after every access to the database, every step in the tree and every write to GitHub.
final class TakeoverScene: Sendable {
  let store: Store
  let tree: SharedTree
  let contest = Contest()
  let time = SteppedTime()
  let operations: DaemonOperations
  private let wanted: Contest.Rival
  private let github: OpsFakeForge
  private let pool: RunnerPool
  private let scheduler: Scheduler
  private let dispatcher: OutboxDispatcher
  private let reaper: Reaper
  static let log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

  /// - Parameters:
  ///   - rival: what is to meet a takeover.
  ///   - earlier: the scene before a restart, whose database, GitHub and tree are taken over.
  init(seed: UInt64, _ rival: Contest.Rival, after earlier: TakeoverScene? = nil) throws {
    wanted = rival
    store = try earlier?.store ?? .scratch(isInline: true) { await SeededExecutor.pause() }
    tree = earlier?.tree ?? SharedTree(seed: seed)
    github = earlier?.github ?? OpsFakeForge()
    let forge = ContestedForge(plain: github, tree: tree, store: store)
    var values = EngineSettings()
    values.pacing = .init(interval: .zero, perMinute: 10_000, perHour: 10_000)
    // Asked once for each claim: there is one loop, and room for it.
    let (contest, terms) = (contest, values.terms)
    values.terms = { loop, role in
      contest.noteClaim()
      return terms(loop, role)
    }
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
    let dispatcher = OutboxDispatcher(
      store: store, forge: forge, workspaces: tree, settings: settings, health: health, time: time,
      random: random, log: log)
    self.dispatcher = dispatcher
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
      configuration: { loaded }, time: time, startedAt: time.now, version: "1",
      writesSettled: { await dispatcher.settled($0) })
  }

  /// The loop of an open issue.
  func startLoop() async throws -> Loop.ID? {
    show(isOpen: true)
    let facts = try OpsScene.facts
    github.set(facts)
    _ = try await store.addProject(facts.name, checkoutPath: nil, baseBranch: nil, facts: facts, at: time.now)
    return Loop.ID(handle: try await operations.start(StartRequest(url: "acme/tool#12", noPlan: true)).id)
  }

  /// The issue as GitHub shows it.
  private func show(isOpen: Bool) {
    github.set(
      IssueSnapshot(
        number: 12, title: "Fix the parser", body: "", url: "https://github.com/acme/tool/issues/12",
        author: AuthorSnapshot(login: "ann", isBot: false, permission: .write), isOpen: isOpen, labels: [],
        comments: [], areCommentsTruncated: false, updatedAt: time.now))
  }

  /// What an earlier daemon left is taken up.
  func recover() async throws {
    let sessions = ScriptedSessions(ScriptedAgents())
    for run in try await Recovery(store: store, sessions: sessions, time: time, log: Self.log).run() {
      await pool.submit(run)
    }
  }

  /// The daemon's services side by side until it is told to stop; then all is cancelled wherever it is.
  ///
  /// - Parameter guest: what ends with them, as a command that is being answered does.
  func serve(
    _ loop: Loop.ID, until stop: AsyncStream<Void>, with guest: @escaping @Sendable () async -> Void = {}
  ) async {
    await withDiscardingTaskGroup { group in
      group.addTask { await self.pool.run() }
      group.addTask { await self.repeating([.claim, .cleanUp]) { try await self.claim() } }
      group.addTask { await self.repeating([.publish]) { try await self.send() } }
      group.addTask { await self.repeating([.cleanUp]) { try await self.cleanUp() } }
      group.addTask { await self.repeating([.claim]) { try await self.look(at: loop) } }
      group.addTask { await self.repeating([.claim]) { try await self.resume(loop) } }
      group.addTask { await guest() }
      for await _ in stop { break }
      contest.begin(.shutdown)
      group.cancelAll()
    }
    contest.end(.shutdown, counts: true)
  }

  /// - Parameter rivals: whose act this is; it comes sooner when one of them is wanted.
  private func repeating(_ rivals: Set<Contest.Rival>, _ tick: @Sendable () async throws -> Void) async {
    let restMax = rivals.contains(wanted) ? 6 : 100
    while !Task.isCancelled {
      do {
        try await tick()
      } catch {
        if !Task.isCancelled { tree.note("\(error)") }
      }
      for _ in 0..<tree.roll(restMax) { await Task.yield() }
      time.advance(by: .seconds(1))
    }
  }

  private func claim() async throws {
    let before = contest.claims
    contest.begin(.claim)
    defer { contest.end(.claim, counts: contest.claims > before) }
    try await scheduler.tick(at: time.now)
  }

  private func send() async throws {
    let before = tree.published
    contest.begin(.publish)
    defer { contest.end(.publish, counts: tree.published > before) }
    try await dispatcher.tick(at: time.now)
  }

  private func cleanUp() async throws {
    let before = tree.removed
    contest.begin(.cleanUp)
    defer { contest.end(.cleanUp, counts: tree.removed > before) }
    try await reaper.tick(at: time.now)
  }

  /// Another operator, who has everything go on.
  private func resume(_ loop: Loop.ID) async throws {
    guard try await store.facts(of: loop)?.isPaused == true else { return }
    // Best effort: it may be in another state by now.
    _ = try? await operations.control(loop, .resume)
  }

  /// Looks at GitHub, and tries again what is blocked.
  private func look(at id: Loop.ID) async throws {
    guard let loop = try await store.loop(id) else { return }
    // Best effort: it may be in another state by now.
    if case .blocked = loop.state { _ = try? await operations.control(id, .retry) }
    if loop.state.waitReason == .observation { try await record(id) }
  }

  private func record(_ loop: Loop.ID) async throws {
    guard let project = ProjectName(OpsScene.slug) else { return }
    let seen = try await github.observe(project, issue: 12, pull: nil)
    try await store.recordObservation(seen, of: loop, issue: nil, pull: nil, at: time.now)
  }

  /// Somebody closes the issue, and that is seen.
  func close(_ loop: Loop.ID) async throws {
    show(isOpen: false)
    try await record(loop)
  }

  /// - Returns: whether the loop is a person's now.
  func takeOver(_ loop: Loop.ID) async -> Bool {
    contest.beginTakeover()
    defer { contest.endTakeover() }
    do {
      _ = try await operations.control(loop, .takeover)
    } catch {
      // There is nothing to take yet, or any more, or the daemon stops.
      return false
    }
    tree.take()
    return true
  }

  func handBack(_ loop: Loop.ID) async {
    tree.giveBack()
    do {
      _ = try await operations.control(loop, .handback)
    } catch {
      if !Task.isCancelled { tree.note("\(error)") }
    }
  }
}
