import Logging
import Synchronization

/// Owns agent sessions: the intent row, the process, the confirming row, what it used, and its end.
///
/// ```
///   vendor's gate ─▶ intent row ─▶ spawn ─▶ confirm row ─▶ usage … ─▶ end row
/// ```
/// A session that ended by itself while the daemon was away, or while the database could not be written, is adopted: it
/// is paid for once. One that was cut off is gone on with where its vendor can.
actor AgentSupervisor: Agents {
  private let store: Store
  private let sessions: any AgentSessions
  private let settings: LiveSettings
  private let time: any TimeSource
  private let log: Logger
  /// Sessions of this daemon that have a process.
  private(set) var running: Set<Session.ID> = []
  /// Sessions that have ended and whose end could not be written; each is written when its stage is tried again.
  private var unrecorded: [Session.ID: Ended] = [:]

  init(
    store: Store, sessions: any AgentSessions, settings: LiveSettings, time: any TimeSource, log: Logger
  ) {
    self.store = store
    self.sessions = sessions
    self.settings = settings
    self.time = time
    self.log = log
  }

  func run(_ assignment: AgentAssignment) async throws -> AgentOutcome {
    do {
      return try await supervise(assignment)
    } catch let breach as BudgetBreach {
      return .notStarted(.overBudget(breach))
    } catch let failure as Failure {
      return .notStarted(.failed(failure))
    }
  }

  private func supervise(_ assignment: AgentAssignment) async throws -> AgentOutcome {
    guard let run = try await store.run(assignment.runID), let loop = try await store.loop(assignment.loopID)
    else {
      throw StaleWrite(row: "run \(assignment.runID)")
    }
    if let ended = try await recordedNow(assignment) { return ended }
    let plan = SessionPlan(
      vendor: run.vendor, model: run.model, extraArguments: run.extraArguments,
      projectNames: loop.projectNames)
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
    guard let id = earlier.vendorSessionID else {
      try await tell(
        "cannot go on with session \(earlier.id), begins anew: it has no name of its vendor's", run)
      return nil
    }
    guard earlier.vendor == run.vendor, earlier.model == run.model else {
      let other = "\(earlier.vendor.rawValue)\(earlier.model.map { " (\($0))" } ?? "")"
      try await tell("cannot go on with session \(earlier.id), begins anew: it was one of \(other)", run)
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
    var isVendorTrouble: Bool

    /// Why a resumed session did not take up its conversation: it failed before its model answered. No vendor says so
    /// in a way that can be relied on.
    var refusalToGoOn: Failure? {
      guard case .failed(let failure) = outcome.result, !didProgress, !isVendorTrouble,
        (outcome.usage.outputTokens ?? 0) == 0
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
    let end = await budget.holding { await sessions.run(assignment, as: plan, observer: observer) }
    let ended = Ended(
      session: id, end: end, run: run, stage: assignment.stage, didProgress: didProgress.withLock { $0 },
      at: time.now)
    do {
      try await record(ended)
    } catch {
      unrecorded[id] = ended
      throw error
    }
    return Finished(
      outcome: ended.outcome, didProgress: ended.didProgress, isVendorTrouble: end.isVendorTrouble)
  }

  /// A session whose process is gone.
  private struct Ended {
    var session: Session.ID
    var end: SessionEnd
    var run: Run
    var stage: String
    var didProgress: Bool
    var at: Timestamp

    var outcome: AgentOutcome {
      var outcome = end.outcome
      outcome.sessionID = session
      return outcome
    }
  }

  private func record(_ ended: Ended) async throws {
    let store = store
    let end = ended.end
    try await shielded {
      try await store.endSession(
        ended.session, ending: end.ending, usage: end.outcome.usage, role: ended.run.role, active: end.active,
        isResumable: end.outcome.result.isInterruption, survivors: end.survivors, at: ended.at)
      if let event = VendorGate.Event(end, of: ended.run.id, didProgress: ended.didProgress) {
        try await store.tellGate(of: ended.run.vendor, event, at: ended.at)
      }
    }
  }

  /// The outcome of this very stage, when its session has ended and only the record of that failed.
  private func recordedNow(_ assignment: AgentAssignment) async throws -> AgentOutcome? {
    let known = unrecorded.values.first { $0.run.id == assignment.runID && $0.stage == assignment.stage }
    guard let ended = known else { return nil }
    unrecorded[ended.session] = nil
    do {
      try await record(ended)
    } catch is StaleWrite {
      // The row was written and only what came after it failed.
    } catch {
      unrecorded[ended.session] = ended
      throw error
    }
    return ended.outcome
  }

  /// The last session of this stage, if it came to a good end between its exit and the record of it.
  private func adopt(_ assignment: AgentAssignment, _ plan: SessionPlan) async throws -> AgentOutcome? {
    let earlier = try await store.sessions(ofRun: assignment.runID).last { $0.stage == assignment.stage }
    guard let earlier, !earlier.directory.isEmpty,
      let end = await sessions.finished(assignment, as: plan, directory: earlier.directory),
      case .reported = end.outcome.result
    else { return nil }
    try await store.adoptSession(earlier.id, ending: end.ending)
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
    let notes = Mutex(SessionNotes())
    return SessionEvents(
      onPrepared: { executable, directory in
        try await shielded {
          try await store.prepareSession(id, executable: executable, directory: directory)
        }
      },
      onStart: { process in
        try await shielded {
          try await store.confirmSession(
            id, executable: process.executable, version: process.version, directory: process.directory,
            pid: process.pid, startTicks: process.startTicks, bootID: process.bootID, at: time.now)
        }
      },
      onVendorSession: { vendorID in
        await Self.note(log) { try await store.noteVendorSession(vendorID, of: id) }
      },
      onNews: { news in
        if news.progress != nil { onProgress() }
        let (isDue, progress) = notes.withLock { ($0.takes(news), $0.newProgress(news)) }
        guard isDue else { return }
        await Self.note(log) {
          let charge = try await store.charge(
            news.usage, active: news.active, progress: progress, to: id, settings.current.policy, at: time.now
          )
          notes.withLock { $0.note(news, leaving: charge.room) }
          if let breach = charge.breach { budget.note(breach) }
        }
      },
      newsDueAt: { notes.withLock(\.dueAt) },
      onUnsandboxed: { reason in
        await Self.note(log) {
          try await store.append(
            EventDraft(
              .agentUnsandboxed, "runs without a sandbox: \(reason)", loopID: run.loopID, runID: run.id),
            at: time.now)
        }
      })
  }

  /// Best effort: what is noted while a session runs is in its next news and in its end row.
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
  ///
  /// - Parameter didProgress: whether its agent was seen to do something.
  init?(_ end: SessionEnd, of run: Run.ID, didProgress: Bool) {
    let hasAnswered = didProgress || (end.outcome.usage.outputTokens ?? 0) > 0
    switch end.outcome.result {
    case .reported: self = .answered(run)
    case .stopped, .overBudget: return nil
    case .failed(let failure):
      switch failure.kind {
      case .usageLimited(let until), .rateLimited(let until):
        self = .refused(run, until: until, message: failure.message)
      case .transient: self = .failed(run, message: failure.message)
      // It did its work badly, but it did some; or it never got to its model.
      case .agent: self = hasAnswered ? .answered(run) : .unanswered(run)
      case .needsHuman where end.isVendorTrouble: self = .shut(run, message: failure.message)
      case .conflict, .permanent, .needsHuman, .bug: return nil
      }
    }
  }
}
