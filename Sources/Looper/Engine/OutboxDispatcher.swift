import Logging
import Metrics

/// Sends recorded writes: in order per loop, one at a time per daemon, paced; probed before they are sent again.
///
/// GitHub has no idempotency key and its reads lag, so the promise is: sent at least once, recognised before a resend.
actor OutboxDispatcher {
  static let batchMax = 50
  /// Looks at least this often, should a wake-up get lost or the clock be set.
  static let cadence: Duration = .seconds(30)
  /// GitHub's reads lag behind its writes: for so long a look that finds nothing does not prove that nothing arrived.
  static let recognitionLag: Duration = .seconds(20)
  /// How often in a row GitHub refuses a read before a write is believed: one from before the thing was made finds nothing.
  static let readRefusalsMax = 3
  static let readRefusalsKept = 1000
  /// How long a write waits that a person fenced off.
  static let fencedDelay: Duration = .seconds(15)

  let store: Store
  let forge: any Forge
  let workspaces: any Workspaces
  let settings: LiveSettings
  /// Looks at everything before it is sent; made anew for each write, because what is secret may change.
  let scanner: @Sendable () throws(Failure) -> SecretScanner
  private let health: HostHealth
  let time: any TimeSource
  private let random: RandomSource
  private let log: Logger
  private let metrics: any MetricsFactory
  private var lastWriteAt: Timestamp?
  /// How often in a row a read before this write was refused.
  private var readRefusals: [Effect.ID: Int] = [:]
  /// The loop whose write is on its way.
  private var underWay: Loop.ID?
  /// Those who wait until it is not.
  private var waiting: [CheckedContinuation<Void, Never>] = []

  init(
    store: Store, forge: any Forge, workspaces: any Workspaces, settings: LiveSettings, health: HostHealth,
    scanner: @escaping @Sendable () throws(Failure) -> SecretScanner = { SecretScanner() },
    time: any TimeSource, random: RandomSource, log: Logger,
    metrics: any MetricsFactory = NOOPMetricsHandler.instance
  ) {
    self.store = store
    self.forge = forge
    self.workspaces = workspaces
    self.settings = settings
    self.scanner = scanner
    self.health = health
    self.time = time
    self.random = random
    self.log = log
    self.metrics = metrics
  }

  func run() async {
    // A loop that is let go again has writes that were left where they are.
    await drive(on: [store.changes(in: ["effect", "loop"])], atLeastEvery: Self.cadence, time: time) {
      await self.tickLogged()
    }
  }

  /// - Returns: when the next write becomes due.
  private func tickLogged() async -> Timestamp? {
    do {
      try await tick(at: time.now)
      return try await store.nextEffectDue()
    } catch {
      if !Task.isCancelled { log.error("outbox tick failed", metadata: ["error": "\(error)"]) }
      return time.now
    }
  }

  /// Sends what is due and allowed now. A loop's next write follows in the same tick when the pace allows.
  func tick(at now: Timestamp) async throws {
    while !Task.isCancelled {
      let effects = try await store.sendableEffects(at: time.now, limit: Self.batchMax)
      guard !effects.isEmpty else { return }
      for effect in effects {
        if effect.write.isPaced, try await !awaitTurn() { return }
        if Task.isCancelled { return }
        do {
          try await send(effect)
        } catch let stale as StaleWrite {
          // A newer status or a person's stop withdrew it after it was selected; a write that went out is never stale.
          log.debug("effect withdrawn", metadata: ["row": "\(stale.row)"])
        } catch let error as DecodingError {
          // Its loop is stopped by the scheduler; the writes of others go on.
          let failure = Failure(.bug, "a record of \(effect.loopID.handle) cannot be read: \(error.place)")
          log.error("effect kept back", metadata: ["effect": "\(effect.id)", "error": "\(error)"])
          try await store.postponeEffect(
            effect.id, because: failure, until: time.now + Store.effectDelayMax)
        }
      }
    }
  }

  /// Waits until the pace allows another write.
  ///
  /// - Returns: false when the minute's or hour's bound is reached; a later tick goes on.
  private func awaitTurn() async throws -> Bool {
    let pacing = settings.current.pacing
    // Never longer than the interval, whatever became of the clock.
    if let last = lastWriteAt { try await time.sleep(until: min(last, time.now) + pacing.interval) }
    let now = time.now
    guard try await store.effectsSent(after: now - .seconds(60), until: now) < pacing.perMinute,
      try await store.effectsSent(after: now - .seconds(3600), until: now) < pacing.perHour
    else { return false }
    return true
  }

  /// Returns when no write of the loop is on its way, which the deadlines of GitHub and git bring about. Of a loop that was
  /// fenced before, GitHub hears nothing afterwards.
  func settled(_ loop: Loop.ID) async {
    while underWay == loop { await withCheckedContinuation { waiting.append($0) } }
  }

  private func arrived() {
    underWay = nil
    for waiter in waiting { waiter.resume() }
    waiting = []
  }

  private func send(_ effect: Effect) async throws {
    guard let facts = try await store.facts(of: effect.loopID) else { return }
    if facts.isPaused || facts.isTakenOver, !facts.loop.state.isDone, !effect.write.isWithdrawal {
      guard !effect.write.isOptional else {
        let fenced = Failure(.conflict, "a person has it in hand")
        return try await store.refuseEffect(effect, because: fenced, at: time.now)
      }
      return try await store.postponeEffect(effect.id, because: nil, until: time.now + Self.fencedDelay)
    }
    let host = facts.loop.project.host
    if let retryAt = health[host, .write].retryAt, time.now < retryAt {
      return try await store.postponeEffect(effect.id, because: nil, until: retryAt)
    }
    do {
      switch try await gate(effect, facts) {
      case .send(let write):
        underWay = effect.loopID
        defer { arrived() }
        try await measured(effect) { try await deliver(effect, write, facts.loop) }
      case .later: try await store.postponeEffect(effect.id, because: nil, until: time.now + Self.fencedDelay)
      case .never(let failure): try await store.refuseEffect(effect, because: failure, at: time.now)
      }
    } catch let refusal as DoubtfulRefusal {
      let until = time.now + Self.recognitionLag
      try await store.postponeEffect(effect.id, because: refusal.failure, until: until)
    } catch let failure as Failure {
      try await shielded { try await self.settle(effect, failure, host: host) }
    }
  }

  /// What is read before a write is sent. Nothing was sent when it is refused, so that it can be asked again.
  func reading<Value: Sendable>(
    for effect: Effect, _ read: () async throws -> Value
  ) async throws -> Value {
    do {
      let value = try await read()
      readRefusals[effect.id] = nil
      return value
    } catch let failure as Failure where failure.asOutage.isRefusal {
      let count = (readRefusals.removeValue(forKey: effect.id) ?? 0) + 1
      guard count < Self.readRefusalsMax else { throw failure }
      // Of what is withdrawn in between nothing is heard again.
      if readRefusals.count >= Self.readRefusalsKept { readRefusals = [:] }
      readRefusals[effect.id] = count
      throw DoubtfulRefusal(failure: Failure(.transient, failure.message))
    }
  }

  private func measured(_ effect: Effect, _ body: () async throws -> Void) async throws {
    let start = time.now
    var result = "done"
    defer {
      MeasuredThing.effect.record(
        time.now - start, [("kind", effect.write.kind), ("result", result)], in: metrics)
    }
    do {
      try await body()
    } catch {
      result = (error as? Failure)?.kind.code ?? "interrupted"
      throw error
    }
  }

  private func deliver(_ effect: Effect, _ write: ResolvedWrite, _ loop: Loop) async throws {
    if effect.attempts > 0, let receipt = try await reading(for: effect, { try await self.probe(write) }) {
      return try await store.completeEffect(effect, receipt: receipt, at: time.now)
    }
    if let sentAt = try await arrivalInDoubt(of: effect, write), time.now < sentAt + Self.recognitionLag {
      return try await store.postponeEffect(effect.id, because: nil, until: sentAt + Self.recognitionLag)
    }
    guard try await store.beginSending(effect, at: time.now) else {
      return try await store.postponeEffect(effect.id, because: nil, until: time.now + Self.fencedDelay)
    }
    let receipt = try await perform(write)
    let now = time.now
    lastWriteAt = effect.write.isPaced ? now : lastWriteAt
    let store = store
    try await shielded { try await store.completeEffect(effect, receipt: receipt, at: now) }
    if case .becameAvailable = health.succeeded(loop.project.host, .write) {
      let message = "\(loop.project.host) takes changes again"
      try await store.append(EventDraft(.forgeAvailable, message), at: now)
    }
    log.info(
      "effect done",
      metadata: ["effect": "\(effect.id)", "kind": "\(effect.write.kind)", "loop": "\(loop.id)"])
  }

  /// When a write was sent of which nothing but a look can tell whether it arrived; nil when that is not in doubt.
  private func arrivalInDoubt(of effect: Effect, _ write: ResolvedWrite) async throws -> Timestamp? {
    if case .rateLimited? = effect.failure?.kind { return nil }
    switch effect.write {
    case .comment, .submitReview, .replyToThread: return effect.sentAt
    case .statusComment:
      // Also an earlier status may have made the comment that this one is to replace.
      return write.remoteID == nil ? try await store.statusComment(of: effect.loopID).sentAt : nil
    case .pushBranch, .openPullRequest, .updatePullRequest, .addLabel, .removeLabel, .setCommitStatus,
      .resolveThread, .rerunCheck, .updateHead, .merge, .withdrawMerge:
      // GitHub refuses them twice, or twice is as once.
      return nil
    }
  }

  /// A failed write: certainly refused, or of unknown outcome and to be probed before the next try.
  private func settle(_ effect: Effect, _ failure: Failure, host: String) async throws {
    lastWriteAt = time.now
    let failure = failure.asOutage
    switch failure.kind {
    case .transient, .rateLimited, .usageLimited:
      let until = RetryPolicy.next(
        after: failure.kind, count: effect.attempts + 1, unit: random.unit(), at: time.now)
      try await store.postponeEffect(effect.id, because: failure, until: until)
      let change = health.failed(host, .write, failure, unit: random.unit(), at: time.now)
      guard case .becameUnavailable(let message) = change else { return }
      log.warning("github takes no changes", metadata: ["host": "\(host)", "failure": "\(message)"])
      try await store.append(
        EventDraft(.forgeUnavailable, "\(host) takes no changes: \(message)"), at: time.now)
    case .conflict, .agent, .permanent, .needsHuman, .bug:
      var failure = failure
      if case .pushBranch(let push) = effect.write, push.expectedOld == nil, failure.kind == .conflict {
        // Nothing to observe again: a branch of that name was there before this loop's first push.
        failure = Failure(
          .needsHuman,
          "the branch \(push.branch) exists already; delete or rename it, then retry: \(failure.message)")
      }
      log.warning("effect refused", metadata: ["effect": "\(effect.id)", "failure": "\(failure.message)"])
      try await store.refuseEffect(effect, because: failure, at: time.now)
    }
  }
}

/// A read that was refused, perhaps only for now.
private struct DoubtfulRefusal: Error {
  var failure: Failure
}

extension Write {
  /// Whether it counts against GitHub's bounds on writes; a push is git's.
  var isPaced: Bool { if case .pushBranch = self { false } else { true } }
}
