import Logging

/// Owns agent sessions: the intent row, the process, the confirming row, what it used, and its end.
///
/// ```
///   intent row ─▶ spawn ─▶ confirm row ─▶ usage … ─▶ end row
/// ```
/// A session that ended by itself while the daemon was away is adopted: it is paid for once.
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
    } catch {
      let failure = Failure(.transient, "the session could not be recorded: \(error)")
      return AgentOutcome(sessionID: nil, result: .failed(failure), usage: .unknown, tail: "")
    }
  }

  private func supervise(_ assignment: AgentAssignment) async throws -> AgentOutcome {
    guard let run = try await store.run(assignment.runID), let loop = try await store.loop(assignment.loopID)
    else {
      throw StaleWrite(row: "run \(assignment.runID)")
    }
    let plan = SessionPlan(vendor: run.vendor, model: run.model, project: loop.project)
    if let adopted = try await adopt(assignment, plan) { return adopted }
    if let refusal = try await store.enterGate(run, at: time.now) {
      return AgentOutcome(sessionID: nil, result: .failed(refusal), usage: .unknown, tail: "")
    }
    let id = try await store.beginSession(of: run, stage: assignment.stage, at: time.now)
    running.insert(id)
    defer { running.remove(id) }
    let spent = try await store.sessions(ofRun: run.id).filter { $0.id != id }.map(\.usage).reduce(
      .unknown, +)
    let budget = SessionBudget(budget: settings.current.policy.budget, spent: spent)
    let observer = events(of: id, run, budget)
    let sessions = sessions
    let end = await budget.holding { await sessions.run(assignment, as: plan, observer: observer) }
    let role = assignment.role
    let endedAt = time.now
    let store = store
    try await shielded {
      try await store.endSession(id, ending: end.ending, usage: end.outcome.usage, role: role, at: endedAt)
      if let event = VendorGate.Event(end.outcome.result, of: run.id) {
        try await store.tellGate(of: run.vendor, event, at: endedAt)
      }
    }
    var outcome = end.outcome
    outcome.sessionID = id
    return outcome
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

  private func events(of id: Session.ID, _ run: Run, _ budget: SessionBudget) -> SessionEvents {
    let store = store
    let time = time
    let log = log
    return SessionEvents(
      onStart: { process in
        await Self.note(log) {
          try await store.confirmSession(
            id, executable: process.executable, directory: process.directory, pid: process.pid,
            startTicks: process.startTicks, bootID: process.bootID, at: time.now)
        }
      },
      onProgress: { message in
        await Self.note(log) {
          try await store.append(
            EventDraft(.agentProgress, message, loopID: run.loopID, runID: run.id), at: time.now)
        }
      },
      onUsage: { usage in
        budget.note(usage)
        await Self.note(log) { try await store.noteUsage(usage, of: id, at: time.now) }
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
