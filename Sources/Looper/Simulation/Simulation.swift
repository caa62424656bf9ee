/// One simulated team at work: the production engine, its database and policies, over a local GitHub, git and agents
/// in memory, in one task and with manual time. Everything that happens follows from the seed.
actor Simulation {
  /// How deep the world goes on while something waits for an answer or an agent.
  static let depthMax = 3

  let plan: SimulationPlan
  let time = SimulatedTime()
  let journal: SimulationJournal
  let fate: SimulatedFate
  let git = SimulatedGit()
  let forge: LocalForge
  let sessions = SimulatedSessions()
  let writes = SimulatedWrites()
  let database: SimulatedDatabase
  let demands: SimulatedDemands
  let settings: LiveSettings
  /// The operator's bounds, as they are kept when a flaw makes the daemon forget them.
  let bounds: FlowPolicy
  private(set) var daemon: SimulatedDaemon?
  private(set) var crashes = 0
  private(set) var steps = 0
  var breach: SimulationBreach?
  /// Parts that are in the middle of something: they do one thing at a time.
  var busy: Set<SimulatedDaemon.Part> = []
  var stops: [Run.ID: AsyncStream<Void>.Continuation] = [:]
  var depth = 0
  /// When each issue is to be labelled, and other things of people.
  var agenda: [Appointment] = []
  var retries: [Loop.ID: Int] = [:]
  /// The issue that was asked last, and on which one each depends.
  var lastAsked: Int?
  var blockers: [Int: Int] = [:]
  /// Checks that were asked to run again and will.
  var reruns: Set<Int> = []
  /// Live runs of earlier daemons that the present one was not told to go on with.
  var orphans: Set<Run.ID> = []
  var lastSeen = (changes: -1, mutations: -1)
  /// When the disk has room again, and the clock is right again.
  var diskFreeAt: Timestamp?
  var clockRightAt: Timestamp?

  init(_ plan: SimulationPlan) throws {
    self.plan = plan
    journal = SimulationJournal(time: time)
    fate = SimulatedFate(seed: plan.seed, faults: plan.faults, journal: journal)
    database = try SimulatedDatabase(fate: fate, time: time)
    var configuration = ForgeConfiguration(
      repositoriesRoot: SimulatedWorkspaces.root,
      tokens: [SimulatedTransport.token: SimulationPlan.viewer], now: { [time] in time.trueNow })
    configuration.restLimit = 1_000_000
    configuration.graphLimit = 1_000_000
    configuration.refusesSecondPulls = plan.flaw != .pullsAreNotLookedFor
    forge = LocalForge(configuration: configuration, git: git)
    demands = SimulatedDemands(seed: plan.seed)
    var settings = Self.settings(fate)
    demands.apply(to: &settings.policy)
    bounds = settings.policy
    if plan.flaw == .boundsAreForgotten {
      (settings.policy.specRoundsMax, settings.policy.codeRoundsMax) = (1000, 1000)
      settings.policy.attemptsMax = 1000
    }
    if plan.flaw == .mergingIsForgotten { settings.policy.merge.mode = .off }
    if plan.flaw == .paceIsIgnored {
      settings.pacing = .init(interval: .zero, perMinute: 10_000, perHour: 10_000)
    }
    self.settings = LiveSettings(settings)
  }

  /// The operator's rules of this seed.
  private static func settings(_ fate: SimulatedFate) -> EngineSettings {
    var settings = EngineSettings()
    settings.pollInterval = .seconds(120)
    settings.policy.needsSpecApproval = fate.chance(perMille: 150)
    settings.policy.budget.run.tokens = fate.chance(perMille: 500) ? 2_000_000 : nil
    settings.policy.budget.loop.tokens = fate.chance(perMille: 200) ? 500_000 : nil
    settings.pacing = .init(interval: .seconds(1), perMinute: 80, perHour: 500)
    settings.limits.runs = fate.draw(1...4)
    settings.policy.merge.mode = fate.chance(perMille: 300) ? .auto : .off
    settings.policy.update = fate.pick(UpdatePolicy.allCases) ?? .whenRequired
    settings.validationCommands = { _ in ["make test"] }
    settings.auto = [AutoRule(labels: [SimulationPlan.autoLabel], perDay: 2, skipsPlan: true)]
    return settings
  }

  /// Runs to the end of the horizon, or to the first breach.
  func run() async throws -> SimulationOutcome {
    try await prepare()
    let horizon = Duration.seconds(3600 * plan.span)
    let calm = Duration.seconds(3600 * (plan.span - plan.calmHours))
    while time.elapsed < horizon, breach == nil {
      if !fate.isCalm, time.elapsed >= calm { await beginCalm() }
      try await round()
      steps += 1
    }
    if breach == nil { try await checkTheEnd() }
    return try await outcome()
  }

  private func prepare() async throws {
    try await forge.createRepository(
      SimulationPlan.repository, files: ["README.md": "# Shop\n", "src/shop.txt": "one\ntwo\nthree\n"])
    for login in [SimulationPlan.viewer] + SimulationPlan.people {
      try await forge.setPermission(.write, of: login, in: SimulationPlan.repository)
    }
    try await forge.configure(SimulationPlan.repository) { [demands] in demands.apply(to: &$0) }
    guard let name = ProjectName(SimulationPlan.repository) else { return }
    _ = try await database.store.addProject(
      name, checkoutPath: nil, baseBranch: nil, facts: nil, at: time.now)
    if case .sabotage(let sql) = plan.flaw { try await database.sabotage(sql) }
    try await planThePeople()
    daemon = makeDaemon()
  }

  private func makeDaemon() -> SimulatedDaemon {
    time.daemonStarts(trustingTheWall: plan.flaw == .clockIsTrusted)
    let github = GitHub(
      transport: SimulatedTransport(
        forge: forge, fate: fate, time: time, flaw: plan.flaw,
        linger: { [weak self] in await self?.linger() }),
      time: time)
    let workspaces = SimulatedWorkspaces(git: git, fate: fate, time: time, flaw: plan.flaw) {
      [weak self] write in _ = await self?.judge(write)
    }
    let agents = SimulatedAgents(
      sessions: sessions, git: git, fate: fate, time: time,
      environment: SimulatedEnvironment(flaw: plan.flaw), flaw: plan.flaw,
      isOverBudget: { [weak self] run in await self?.isOverBudget(run) ?? false },
      work: { [weak self] run in await self?.goOn(during: run) ?? true })
    return SimulatedDaemon(
      store: database.store,
      forge: SimulatedForge(github: github, flaw: plan.flaw, news: { [fate] in fate.draw(1_000_000) }) {
        [weak self] write in await self?.witness(write) ?? nil
      },
      workspaces: workspaces, sessions: agents, settings: settings, time: time, fate: fate)
  }

  private func beginCalm() async {
    journal.note("calm")
    fate.calm()
    time.setOffset(.zero)
    diskFreeAt = nil
    clockRightAt = nil
    // What was begun is finished; nothing new is asked.
    agenda.removeAll { appointment in
      switch appointment.deed {
      case .ask, .offer: true
      case .takeHoldAway, .finishDraft, .reopen, .resume, .handBack, .report: false
      }
    }
  }

  // MARK: steps

  /// One step: trouble, then every part once in some order, then the rules, then time passes.
  private func round() async throws {
    await makeTrouble()
    try await people()
    let before = try await mark()
    for part in fate.shuffled(try await parts()) where !fate.isCrashed {
      // A lost wake-up costs time, never work.
      if fate.allows(.reorder), fate.chance(perMille: 80) { continue }
      if part == .dispatcher { await interfereWithWrites() }
      await tick(part)
      // A look that is made twice.
      if part == .poller, fate.allows(.reorder), fate.chance(perMille: 50), !fate.isCrashed {
        await daemon?.poller.sweepSoon()
        await tick(part)
      }
    }
    if fate.isCrashed { try await restart() }
    try await check()
    let after = try await mark()
    try await passTime(isIdle: before == after)
  }

  private func mark() async throws -> [Int] {
    [try await database.changesSoFar(), await forge.mutationCount]
  }

  func parts() async throws -> [SimulatedDaemon.Part] {
    [.poller, .follower, .scheduler, .dispatcher, .reaper]
      + (try await database.store.liveRuns().map(\.id).filter { !orphans.contains($0) }.map { .run($0) })
  }

  /// Lets a part do its work, unless it is in the middle of it.
  func tick(_ part: SimulatedDaemon.Part) async {
    guard let daemon, busy.insert(part).inserted else { return }
    defer { busy.remove(part) }
    let now = time.now
    do {
      switch part {
      case .poller: try await daemon.poller.tick(at: now)
      case .follower: try await daemon.follower.tick(at: now)
      case .scheduler: try await daemon.scheduler.tick(at: now)
      case .dispatcher: try await daemon.dispatcher.tick(at: now)
      case .reaper: try await daemon.reaper.tick(at: now)
      case .run(let id): await carry(id, daemon.runner)
      }
    } catch {
      if !fate.isCrashed { journal.note("\(part) failed: \(error)") }
    }
  }

  /// Drives a run by one stage, as the pool does: a stop cancels it.
  private func carry(_ id: Run.ID, _ runner: Runner) async {
    // Buffer newest(1): one stop is as good as many.
    let (stopped, stop) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    stops[id] = stop
    let journal = journal
    let fate = fate
    let isOver = await withTaskGroup(of: Bool?.self) { group in
      group.addTask {
        do {
          return try await runner.advance(id) == .ended
        } catch is StaleWrite {
          return true
        } catch {
          if !fate.isCrashed { journal.note("\(id.handle) could not be recorded: \(error)") }
          return false
        }
      }
      group.addTask {
        for await _ in stopped { break }
        return nil
      }
      var isOver = false
      while let result = await group.next() {
        group.cancelAll()
        isOver = result ?? isOver
      }
      return isOver
    }
    stops[id] = nil
    if isOver { await runner.settle(id) }
  }

  /// The daemon died: all its objects go, and a new one recovers.
  private func restart() async throws {
    crashes += 1
    daemon = nil
    busy = []
    stops = [:]
    fate.revive()
    writes.daemonChanged()
    journal.note("restart")
    let next = makeDaemon()
    do {
      orphans = Set(try await database.store.liveRuns().map(\.id))
      if plan.flaw != .noRecovery { orphans.subtract(try await next.recovery.run()) }
      daemon = next
    } catch {
      // No room to recover: systemd tries again.
      journal.note("the daemon could not start: \(error)")
    }
  }

  /// Jumps to what is due next when nothing happens, else a moment on.
  private func passTime(isIdle: Bool) async throws {
    if let due = diskFreeAt, due <= time.trueNow {
      fate.setDiskFull(false)
      diskFreeAt = nil
      journal.note("the disk has room again")
    }
    if let due = clockRightAt, due <= time.trueNow {
      time.setOffset(.zero)
      clockRightAt = nil
      journal.note("the clock is right again")
    }
    if daemon == nil, !fate.isDiskFull { try await restart() }
    guard isIdle else { return time.advance(by: .milliseconds(Int64(fate.draw(100...4000)))) }
    let now = time.now
    var wait = Duration.seconds(120)
    for due in [try await database.store.nextWake(), try await database.store.nextEffectDue()] {
      guard let due else { continue }
      wait = min(wait, max(due - now, .seconds(5)))
      // More often where it would matter.
      if due > now { jumpWithTheClock(perMille: 10) }
    }
    for appointment in agenda { wait = min(wait, max(appointment.at - time.trueNow, .seconds(1))) }
    if try await database.store.liveLoops().contains(where: \.needsLook) { wait = min(wait, .seconds(15)) }
    time.advance(by: max(wait, .seconds(1)))
  }

  // MARK: meanwhile

  /// The world goes on while an answer is on its way.
  func linger() async {
    guard depth < Self.depthMax, !fate.isCrashed, breach == nil else { return }
    depth += 1
    defer { depth -= 1 }
    // A failed read here is found again by the round.
    let all = (try? await parts()) ?? []
    let free = all.filter { !busy.contains($0) }
    for part in fate.shuffled(free).prefix(fate.draw(1...3)) where !fate.isCrashed { await tick(part) }
    if !fate.isCrashed { try? await people() }
    time.advance(by: .milliseconds(Int64(fate.draw(1...3000))))
  }

  /// The world goes on while an agent works.
  ///
  /// - Returns: true when the agent was told to stop.
  func goOn(during run: Run.ID) async -> Bool {
    await linger()
    if fate.allows(.people), fate.chance(perMille: 20) { await pushMeanwhile(run) }
    guard !fate.isCrashed else { return false }
    // What cannot be read now is no order to stop.
    guard let record = try? await database.store.record(of: run), record.stopRequested != nil else {
      return false
    }
    stops[run]?.yield()
    return true
  }

  func isOverBudget(_ run: Run.ID) async -> Bool {
    guard let limit = settings.current.policy.budget.run.tokens else { return false }
    let sessions = (try? await database.store.sessions(ofRun: run)) ?? []
    return sessions.reduce(0) { $0 + ($1.usage.tokens ?? 0) } >= limit
  }

  private func outcome() async throws -> SimulationOutcome {
    var loops: [String: Int] = [:]
    for loop in try await database.store.loops(state: nil, project: nil, before: .max, limit: 1000) {
      loops[[loop.state.code, loop.state.reason].compactMap(\.self).joined(separator: " "), default: 0] += 1
    }
    return SimulationOutcome(
      seed: plan.seed, hours: plan.span, steps: steps, crashes: crashes, loops: loops, breach: breach,
      tail: breach == nil ? [] : journal.tail(60), digest: journal.digest)
  }
}

extension Loop {
  fileprivate var needsLook: Bool {
    if case .waiting(let reason, _) = state { reason.needsLook } else { false }
  }
}
