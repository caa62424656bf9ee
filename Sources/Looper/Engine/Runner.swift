import Logging

/// Carries runs through their pipelines: decide, record the start, perform, record the result. The same for every role.
struct Runner: Sendable {
  /// A pause after a failure of our own storage, before the stage is tried again.
  static let storageRetry: Duration = .seconds(5)
  /// Looks again at receipts at least this often.
  static let receiptCadence: Duration = .seconds(5)

  let store: Store
  let performer: StepPerformer
  let settings: LiveSettings
  let time: any TimeSource
  let random: RandomSource
  let log: Logger

  /// What one advance led to.
  enum Progress: Equatable, Sendable {
    case again
    /// Goes on when an effect of the run changes.
    case parked
    case ended
  }

  /// Advances a run until it has ended or the task is cancelled.
  func run(_ id: Run.ID) async {
    let changes = store.changes(in: ["effect"])
    let news = WakeSignal()
    await withDiscardingTaskGroup { group in
      group.addTask { for await _ in changes { news.send() } }
      await carry(id, news)
      group.cancelAll()
    }
  }

  private func carry(_ id: Run.ID, _ news: WakeSignal) async {
    while !Task.isCancelled {
      do {
        switch try await advance(id) {
        case .again: continue
        case .ended: return
        case .parked: await wait(for: news)
        }
      } catch is StaleWrite {
        return
      } catch {
        guard !Task.isCancelled else { return }
        log.error("a stage could not be recorded", metadata: ["run": "\(id)", "error": "\(error)"])
        // Best effort: a cancelled sleep ends the loop at its condition.
        try? await time.sleep(until: time.now + Self.storageRetry)
      }
    }
  }

  /// Records the end of a run that was told to stop. A run that only lost its daemon stays live.
  func settle(_ id: Run.ID) async {
    do {
      // The task is cancelled already, and a cancelled task reads nothing either.
      guard let record = try await shielded({ try await store.record(of: id) }), record.run.state == .running,
        let reason = record.stopRequested
      else { return }
      try await shielded {
        try await end(record.run, with: try await ending(of: record, stoppedFor: reason))
      }
    } catch {
      log.error("a stopped run could not be recorded", metadata: ["run": "\(id)", "error": "\(error)"])
    }
  }

  /// A stop is confirmed: what no signal ended is a person's matter, and the loop waits for it.
  private func ending(of record: RunRecord, stoppedFor reason: String) async throws -> RunEnding {
    var ending = decidedEnding(of: record) ?? RunEnding(state: .cancelled(reason: reason), phase: nil)
    guard let names = try await store.survivors(ofRun: record.run.id) else { return ending }
    let message = Session.survivorWords(names)
    if case .cancelled = ending.state { ending.state = .failed(Failure(.needsHuman, message)) }
    ending.stop = .init(reason: .needsHuman, message: message)
    return ending
  }

  /// How a run ends that has decided already what to publish: as if every receipt were there. Its agent is done and the
  /// ledger says so; the writes stay, and rest as long as a person keeps the loop. Nil when nothing is decided yet.
  private func decidedEnding(of record: RunRecord) -> RunEnding? {
    guard record.results.values.contains(.emitted) else { return nil }
    var facts = facts(record)
    for index in facts.effects.indices where facts.effects[index].isOpen {
      facts.effects[index].state = .done
    }
    for stage in record.run.job.policy.stages where facts.results[stage.name] == nil {
      switch stage.decide(facts) {
      case .pass: facts.results[stage.name] = .passed
      case .end(let ending): return ending
      case .perform, .emit, .awaitReceipts: return nil
      }
    }
    return nil
  }

  /// One stage of a run.
  ///
  /// - Throws: ``StaleWrite`` when the run is no longer ours to advance; `DatabaseError` when nothing was recorded.
  func advance(_ id: Run.ID) async throws -> Progress {
    let found: RunRecord?
    do {
      found = try await store.record(of: id)
    } catch let error as DecodingError {
      return try await endUnreadable(id, because: error)
    }
    guard let record = found, record.run.state == .running, record.stopRequested == nil else { return .ended }
    let stages = record.run.job.policy.stages
    guard let ordinal = stages.firstIndex(where: { record.results[$0.name] == nil }) else {
      try await end(record.run, with: .failed(.bug, "the pipeline has no end"))
      return .ended
    }
    let stage = stages[ordinal]
    let facts = facts(record)
    switch stage.decide(facts) {
    case .perform(let step): return try await perform(step, stage.name, ordinal, record)
    case .emit(let publication):
      try await store.finishStage(
        stage.name, ordinal: ordinal, of: record.run, result: .emitted, publication: publication, at: time.now
      )
      return .again
    case .pass:
      try await store.finishStage(stage.name, ordinal: ordinal, of: record.run, result: .passed, at: time.now)
      return .again
    case .awaitReceipts: return .parked
    case .end(let ending):
      try await end(record.run, with: ending)
      return .ended
    }
  }

  /// A run whose records cannot be read ends, so that nothing is "running" that nobody can run.
  private func endUnreadable(_ id: Run.ID, because error: DecodingError) async throws -> Progress {
    guard let run = try await store.run(id), run.state == .running else { return .ended }
    try await end(run, with: .failed(.bug, "a record of \(id.handle) cannot be read: \(error.place)"))
    return .ended
  }

  private func perform(_ step: Step, _ name: String, _ ordinal: Int, _ record: RunRecord) async throws
    -> Progress
  {
    let run = record.run
    try await store.beginStage(name, ordinal: ordinal, of: run, kind: step.kind, at: time.now)
    let result: StepResult
    do {
      result = try await performer.perform(step, stage: name, of: record)
    } catch let breach as BudgetBreach {
      try await end(run, with: try await ending(of: breach, run))
      return .ended
    } catch let failure as Failure {
      // A cancelled stage has no result: the stop's own record or the next daemon's recovery follows.
      guard !Task.isCancelled else { return .ended }
      try await end(run, with: RunEnding(state: ended(by: failure), phase: nil))
      return .ended
    }
    guard !Task.isCancelled else { return .ended }
    try await store.finishStage(name, ordinal: ordinal, of: run, result: result, at: time.now)
    return .again
  }

  /// A day's budget comes back by itself, and the coordinator blocks what wants more until then; any other waits for a
  /// person. What others had used up before this run's agent began says nothing about this run; what it needs more for
  /// than a day has is not begun every day.
  private func ending(of breach: BudgetBreach, _ run: Run) async throws -> RunEnding {
    guard breach.level.isDaily else {
      let state = RunState.failed(Failure(.needsHuman, breach.message))
      return RunEnding(state: state, phase: nil, stop: .init(reason: .budget, message: breach.message))
    }
    let hasBegun = try await !store.sessions(ofRun: run.id).isEmpty
    return hasBegun
      ? .superseded(breach.message) : RunEnding(state: .cancelled(reason: breach.message), phase: nil)
  }

  private func ended(by failure: Failure) -> RunState {
    failure.kind == .conflict ? .superseded(reason: failure.message) : .failed(failure)
  }

  private func end(_ run: Run, with ending: RunEnding) async throws {
    let settings = settings.current
    try await store.endRun(
      run, with: ending, unit: random.unit(), policy: settings.policy,
      hasSubstitute: { loop in settings.terms(of: loop, run.role).vendors.contains { $0 != run.vendor } },
      at: time.now)
    log.notice(
      "run ended", metadata: ["run": "\(run.id)", "job": "\(run.job.code)", "state": "\(ending.state.code)"])
  }

  private func facts(_ record: RunRecord) -> RunFacts {
    let settings = settings.current
    return RunFacts(
      run: record.run, nonce: record.nonce, loopFacts: record.facts, policy: settings.policy,
      project: record.project,
      validationCommands: settings.validationCommands(record.facts.loop.projectNames),
      results: record.results,
      effects: record.effects,
      previousFailure: record.previousFailure, earlierBranches: record.earlierBranches)
  }

  /// Returns on news of effects, and at the latest after the cadence.
  private func wait(for news: WakeSignal) async {
    await withDiscardingTaskGroup { group in
      group.addTask { [time] in
        do {
          try await time.sleep(until: time.now + Self.receiptCadence)
          news.send()
        } catch {
          // Woken by news, or stopped: nobody waits for this sleep any more.
        }
      }
      // In this task, not in a child: a child that is cancelled while it waits for an element ends the stream for good.
      for await _ in news.stream { break }
      group.cancelAll()
    }
  }
}
