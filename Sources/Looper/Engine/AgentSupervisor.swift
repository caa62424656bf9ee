import Logging
import Synchronization

/// Owns agent sessions: the intent row, the process, the confirming row, what it used, and its end.
///
/// ```
///   vendor's gate ─▶ intent row ─▶ spawn ─▶ confirm row ─▶ usage … ─▶ end row
/// ```
/// A session that ended by itself while the daemon was away is adopted: it is paid for once. One that was cut off is
/// gone on with where its vendor can.
actor AgentSupervisor: Agents {
  private let store: Store
  private let sessions: any AgentSessions
  private let settings: LiveSettings
  private let time: any TimeSource
  private let log: Logger
  /// Sessions of this daemon that have a process.
  private(set) var running: Set<Session.ID> = []

  init(
    store: Store, sessions: any AgentSessions, settings: LiveSettings, time: any TimeSource, log: Logger
  ) {
    self.store = store
    self.sessions = sessions
    self.settings = settings
    self.time = time
    self.log = log
  }

  func run(_ assignment: AgentAssignment) async -> AgentOutcome {
    do {
      return try await supervise(assignment)
    } catch let breach as BudgetBreach {
      return .notStarted(.overBudget(breach))
    } catch {
      return .notStarted(.failed(Failure(.transient, "the session could not be recorded: \(error)")))
    }
  }

  private func supervise(_ assignment: AgentAssignment) async throws -> AgentOutcome {
    guard let run = try await store.run(assignment.runID), let loop = try await store.loop(assignment.loopID)
    else {
      throw StaleWrite(row: "run \(assignment.runID)")
    }
    let plan = SessionPlan(vendor: run.vendor, model: run.model, project: loop.project)
    if let adopted = try await adopt(assignment, plan) { return adopted }
    if let refusal = try await store.enterGate(run, at: time.now) { return .notStarted(.failed(refusal)) }
    let earlier = try await store.interruptedSession(
      of: run, stage: assignment.stage, head: assignment.head)
    guard let earlier else { return try await session(assignment, plan, run).outcome }
    if let resumed = try await resume(earlier, assignment, plan, run) { return resumed }
    var fresh = assignment
    fresh.prompt = Checkpoint.startingOver(assignment.prompt)
    return try await session(fresh, plan, run).outcome
  }

  /// Goes on with a session that was cut off.
  ///
  /// - Returns: nil when it is another vendor's, or when its vendor does not know it any more; a new one follows.
  private func resume(
    _ earlier: Session, _ assignment: AgentAssignment, _ plan: SessionPlan, _ run: Run
  ) async throws -> AgentOutcome? {
    guard let id = earlier.vendorSessionID, earlier.vendor == run.vendor, earlier.model == run.model else {
      return nil
    }
    var plan = plan
    let told = try await store.usage(ofConversation: id, with: run.vendor)
    plan.resume = ResumePoint(vendorSessionID: id, usage: told)
    var assignment = assignment
    assignment.prompt = Checkpoint.goingOn(assignment.prompt)
    try await tell("goes on with session \(earlier.id) of \(run.vendor.rawValue)", run)
    let resumed = try await session(assignment, plan, run, resuming: earlier.id)
    guard let failure = resumed.refusalToGoOn else { return resumed.outcome }
    try await tell("cannot go on with session \(earlier.id), begins anew: \(failure.message)", run)
    return nil
  }

  private func tell(_ message: String, _ run: Run) async throws {
    try await store.append(
      EventDraft(.agentResumed, message, loopID: run.loopID, runID: run.id), at: time.now)
  }

  /// A session that has ended, and whether its agent got to do anything.
  private struct Finished {
    var outcome: AgentOutcome
    var didProgress: Bool

    /// Why a resumed session did not take up its conversation: it failed before its model answered. No vendor says so
    /// in a way that can be relied on.
    var refusalToGoOn: Failure? {
      guard case .failed(let failure) = outcome.result, !didProgress, (outcome.usage.outputTokens ?? 0) == 0
      else { return nil }
      switch failure.kind {
      case .agent, .needsHuman, .permanent: return failure
      case .transient, .rateLimited, .usageLimited, .conflict, .bug: return nil
      }
    }
  }

  private func session(
    _ assignment: AgentAssignment, _ plan: SessionPlan, _ run: Run, resuming earlier: Session.ID? = nil
  ) async throws -> Finished {
    let id = try await store.beginSession(
      of: run, stage: assignment.stage, head: assignment.head, resuming: earlier,
      budget: settings.current.policy.budget, at: time.now)
    running.insert(id)
    defer { running.remove(id) }
    let budget = SessionBudget()
    let didProgress = Mutex(false)
    let observer = events(of: id, run, budget) { didProgress.withLock { $0 = true } }
    let sessions = sessions
    let end = await budget.holding(watch: { await self.watchTime(run, budget) }) {
      await sessions.run(assignment, as: plan, observer: observer)
    }
    try await record(end, of: id, run)
    var outcome = end.outcome
    outcome.sessionID = id
    return Finished(outcome: outcome, didProgress: didProgress.withLock { $0 })
  }

  private func record(_ end: SessionEnd, of id: Session.ID, _ run: Run) async throws {
    let endedAt = time.now
    let store = store
    try await shielded {
      try await store.endSession(
        id, ending: end.ending, usage: end.outcome.usage, role: run.role,
        isResumable: end.outcome.result.isInterruption, at: endedAt)
      if let event = VendorGate.Event(end.outcome.result, of: run.id) {
        try await store.tellGate(of: run.vendor, event, at: endedAt)
      }
    }
  }

  /// Ends the session when time alone spends a budget. Several sessions may share it, so it is looked at again.
  private func watchTime(_ run: Run, _ session: SessionBudget) async {
    while !Task.isCancelled {
      let budget = settings.current.policy.budget
      // Best effort: a look that failed is made up for by the session's next usage.
      guard let spent = try? await store.spending(by: run, at: time.now),
        let left = budget.timeLeft(spent)
      else { return }
      if left <= .zero, let breach = budget.breach(spent) { return session.note(breach) }
      // Best effort: a cancelled sleep ends the loop at its condition.
      try? await time.sleep(until: time.now + max(left, .seconds(1)))
    }
  }

  /// The last session of this stage, if it came to a good end between its exit and the record of it.
  private func adopt(_ assignment: AgentAssignment, _ plan: SessionPlan) async throws -> AgentOutcome? {
    let earlier = try await store.sessions(ofRun: assignment.runID).last { $0.stage == assignment.stage }
    guard let earlier, !earlier.directory.isEmpty,
      let end = await sessions.finished(assignment, as: plan, directory: earlier.directory),
      case .reported = end.outcome.result
    else { return nil }
    log.notice("agent session adopted", metadata: ["run": "\(assignment.runID)", "session": "\(earlier.id)"])
    var outcome = end.outcome
    outcome.sessionID = earlier.id
    return outcome
  }

  private func events(
    of id: Session.ID, _ run: Run, _ budget: SessionBudget, onProgress: @escaping @Sendable () -> Void
  ) -> SessionEvents {
    let store = store
    let time = time
    let log = log
    let settings = settings
    return SessionEvents(
      onStart: { process in
        await Self.note(log) {
          try await store.confirmSession(
            id, executable: process.executable, directory: process.directory, pid: process.pid,
            startTicks: process.startTicks, bootID: process.bootID, at: time.now)
        }
      },
      onVendorSession: { vendorID in
        await Self.note(log) { try await store.noteVendorSession(vendorID, of: id) }
      },
      onProgress: { message in
        onProgress()
        await Self.note(log) {
          try await store.append(
            EventDraft(.agentProgress, message, loopID: run.loopID, runID: run.id), at: time.now)
        }
      },
      onUsage: { usage in
        await Self.note(log) {
          let policy = settings.current.policy
          if let breach = try await store.charge(usage, to: id, policy, at: time.now) { budget.note(breach) }
        }
      })
  }

  /// Best effort: what is noted while a session runs is repeated by its end row.
  private static func note(_ log: Logger, _ write: @Sendable @escaping () async throws -> Void) async {
    do {
      try await shielded(write)
    } catch {
      log.debug("a session note was not recorded", metadata: ["error": "\(error)"])
    }
  }
}

extension VendorGate.Event {
  /// What the end of a session tells about its vendor; nil when it tells nothing.
  init?(_ result: AgentOutcome.Result, of run: Run.ID) {
    switch result {
    case .reported: self = .answered(run)
    case .stopped, .overBudget: return nil
    case .failed(let failure):
      switch failure.kind {
      case .usageLimited(let until), .rateLimited(let until):
        self = .refused(run, until: until, message: failure.message)
      case .transient: self = .failed(run, message: failure.message)
      // It did its work badly, but it did some.
      case .agent: self = .answered(run)
      case .conflict, .permanent, .needsHuman, .bug: return nil
      }
    }
  }
}
