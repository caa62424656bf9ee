import Logging

/// Decides for every loop that changed what is next, and starts what fits.
///
/// A tick is: evaluate (pure, one transaction per loop), then claim (pure choice, one transaction). It never waits for
/// the network, so a free slot and a due item meet at once.
actor Scheduler {
  /// Most loops evaluated between two claims.
  static let evaluationsMax = 200
  /// Looks at least this often, should a wake-up get lost or the clock be set.
  static let cadence: Duration = .seconds(30)

  private let store: Store
  private let pool: RunnerPool
  private let settings: LiveSettings
  private let health: HostHealth
  private let time: any TimeSource
  private let random: RandomSource
  private let log: Logger
  /// Why nothing was started at the last tick.
  private var shortage: String?

  init(
    store: Store, pool: RunnerPool, settings: LiveSettings, health: HostHealth, time: any TimeSource,
    random: RandomSource, log: Logger
  ) {
    self.store = store
    self.pool = pool
    self.settings = settings
    self.health = health
    self.time = time
    self.random = random
    self.log = log
  }

  func run() async {
    let wakes = [store.changes(in: ["loop", "queueItem", "run", "vendorGate", "setting"])]
    await drive(on: wakes, atLeastEvery: Self.cadence, time: time) { await self.tickLogged() }
  }

  /// - Returns: when the next loop or queue item becomes due.
  private func tickLogged() async -> Timestamp? {
    do {
      try await tick(at: time.now)
      return try await store.nextWake()
    } catch {
      if !Task.isCancelled { log.error("scheduler tick failed", metadata: ["error": "\(error)"]) }
      return time.now
    }
  }

  /// One round. Writes nothing when nothing changed and nothing is due.
  func tick(at now: Timestamp) async throws {
    try await evaluate(at: now)
    try await claim(at: now)
  }

  private func evaluate(at now: Timestamp) async throws {
    for id in try await store.loopsToEvaluate(at: now, limit: Self.evaluationsMax) {
      do {
        try await evaluate(id, at: now)
      } catch let error as DecodingError {
        try await block(id, because: error, at: now)
      }
    }
  }

  private func evaluate(_ id: Loop.ID, at now: Timestamp) async throws {
    guard let input = try await store.evaluationInput(of: id, at: now) else { return }
    // After the reading: a configuration that is taken up meanwhile has the loop decided once more.
    let coordinator = Coordinator(policy: settings.current.policy)
    let move = coordinator.next(input.facts, at: now)
    log.debug("loop evaluated", metadata: ["loop": "\(id)", "move": "\(move)"])
    if let run = input.liveRun, let reason = move.fencesRun {
      if try await store.requestStop(of: run, reason: reason) { await pool.stop(run) }
    }
    try await store.apply(
      move, withdrawing: coordinator.withdrawal(input.facts, at: now), to: input, policy: coordinator.policy,
      at: now)
  }

  /// A row that cannot be read stops the loop it belongs to, and no other.
  private func block(_ id: Loop.ID, because error: DecodingError, at now: Timestamp) async throws {
    log.error("a loop cannot be decided", metadata: ["loop": "\(id)", "error": "\(error)"])
    let message = "a record of \(id.handle) cannot be read: \(error.place); cancel it and start it again"
    try await store.blockUnreadable(id, because: message, at: now)
  }

  private func claim(at now: Timestamp) async throws {
    let settings = settings.current
    if let shortage = settings.shortage() ?? settings.diskShortage() {
      if shortage != self.shortage { log.warning("nothing is started", metadata: ["reason": "\(shortage)"]) }
      self.shortage = shortage
      return
    }
    shortage = nil
    let health = health
    let random = random
    let runs = try await store.claimDueItems(
      admission: Admission(limits: settings.limits), configurationHash: settings.configurationHash, at: now,
      isAdmitted: { health.admitsWork($0.project.host, at: now) },
      terms: { loop, role in settings.terms(of: loop, role) },
      nonce: { random.token() })
    for run in runs {
      log.info("run claimed", metadata: ["run": "\(run)"])
      await pool.submit(run)
    }
  }
}

extension Move {
  /// Why a live run must not go on; nil when it may.
  var fencesRun: String? {
    switch self {
    case .finish(let outcome, let why): "the loop ended: \(why ?? outcome.rawValue)"
    case .wait(.paused, _): "paused by the operator"
    case .wait(.hold, _): "held by a label"
    case .wait(.takeover, _): "taken over by a person"
    case .redirect(.plan, let why), .redirect(.implement, let why): why
    // A review that is under way is of use to who takes the pull request over.
    case .redirect(.adopt, _): nil
    case .stay, .run, .wait, .block, .enter, .write, .answer: nil
    }
  }
}
