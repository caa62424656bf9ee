import Foundation

/// Everything about a loop or a run.
extension DaemonOperations {
  /// Events, effects and sessions shown of one loop; the newest.
  private static let timelineMax = 200
  private static let effectsMax = 200
  private static let sessionsMax = 200
  /// Runs whose stages are shown; the newest.
  private static let runsMax = 100

  func inspect(_ target: InspectTarget) async throws(LooperError) -> InspectView {
    try await answering {
      switch target {
      case .loop(let id): return try await inspect(id)
      case .run(let id): return try await inspect(try await knownRun(id))
      }
    }
  }

  private func inspect(_ id: Loop.ID) async throws -> InspectView {
    let newest = try await store.runs(ofLoop: id, state: nil, before: Int64.max, limit: Self.runsMax + 1)
    let runs = Newest(newest.reversed(), max: Self.runsMax)
    let sessions = Newest(
      try await store.sessions(ofLoop: id, limit: Self.sessionsMax + 1), max: Self.sessionsMax)
    let events = Newest(
      try await store.newestEvents(ofLoop: id, limit: Self.timelineMax + 1), max: Self.timelineMax)
    let effects = Newest(
      try await store.effects(ofLoop: id, limit: Self.effectsMax + 1), max: Self.effectsMax)
    var view = try await inspect(
      id, runs.items, events.items, effects.items, sessions.items, spent: try await store.spending(ofLoop: id)
    )
    view.phases = try await phases(of: id)
    view.isTruncated = runs.isCut || sessions.isCut || events.isCut || effects.isCut
    return view
  }

  /// Of a run only what is its own, besides the loop and its findings.
  private func inspect(_ run: Run) async throws -> InspectView {
    let sessions = try await store.sessions(ofRun: run.id)
    let events = Newest(
      try await store.newestEvents(ofRun: run.id, in: run.loopID, limit: Self.timelineMax + 1),
      max: Self.timelineMax)
    let spent = Spending(
      usage: sessions.map(\.usage).reduce(.unknown, +), time: sessions.map(\.active).reduce(.zero, +))
    var view = try await inspect(
      run.loopID, [run], events.items, try await store.effects(ofRun: run.id), sessions, spent: spent)
    view.isTruncated = events.isCut
    return view
  }

  private func inspect(
    _ id: Loop.ID, _ runs: [Run], _ events: [Event], _ effects: [Effect], _ sessions: [Session],
    spent: Spending
  ) async throws -> InspectView {
    let loop = try await knownLoop(id)
    let facts = try await store.facts(of: id)
    let shown = Set(runs.map(\.id))
    return InspectView(
      loop: try await view(of: id), timeline: events.map(TimelineEntryView.init),
      runs: try await details(of: runs), findings: (facts?.findings ?? []).map(FindingView.init),
      effects: effects.map { EffectView($0, of: loop) }, sessions: sessions.map(SessionView.init),
      cost: CostView(spent),
      files: try await worktreeFiles(of: id) + Self.files(of: sessions.filter { shown.contains($0.runID) }))
  }

  /// The end of a list, of which one more was asked for than is shown.
  private struct Newest<Item> {
    let items: [Item]
    /// Whether there is more.
    let isCut: Bool

    /// - Parameter oldestFirst: at most `max` and one.
    init(_ oldestFirst: [Item], max: Int) {
      items = Array(oldestFirst.suffix(max))
      isCut = oldestFirst.count > max
    }
  }

  private func phases(of id: Loop.ID) async throws -> [PhaseView] {
    let loop = try await knownLoop(id)
    let sessions = try await store.sessions(ofLoop: id, limit: Self.sessionsMax)
    let first = loop.subject.firstPhase(skipsPlan: loop.skipsPlan).rawValue
    let entered = [(phase: first, at: loop.createdAt)] + (try await store.phaseChanges(ofLoop: id))
    return entered.enumerated().compactMap { index, entry in
      // The end is no stay.
      guard entry.phase != Phase.done.rawValue else { return nil }
      let end = index + 1 < entered.count ? entered[index + 1].at : loop.endedAt
      let inside = sessions.filter { session in
        entry.at <= session.startedAt && end.map { session.startedAt < $0 } ?? true
      }
      return PhaseView(
        phase: entry.phase, startedAt: entry.at, endedAt: end,
        durationSeconds: max(0, ((end ?? time.now) - entry.at).inSeconds),
        agentSeconds: inside.map(\.active).reduce(.zero, +).inSeconds,
        costUSD: inside.map(\.usage).reduce(.unknown, +).costUSD)
    }
  }

  private func details(of runs: [Run]) async throws -> [RunDetailView] {
    var details: [RunDetailView] = []
    for (run, view) in zip(runs, try await views(of: runs)) {
      details.append(
        RunDetailView(
          run: view, stages: StageLines.views(of: run, try await store.stages(ofRun: run.id)),
          validations: try await store.validations(ofRun: run).map(ValidationView.init)))
    }
    return details
  }

  private func worktreeFiles(of id: Loop.ID) async throws -> [FileView] {
    guard let worktree = try await store.worktree(of: id) else { return [] }
    var files: [FileView] = []
    if !worktree.path.isEmpty, worktree.state != "removed" {
      files.append(FileView(name: "worktree", path: worktree.path))
    }
    if let ref = worktree.rescueRef { files.append(FileView(name: "rescue ref", path: ref)) }
    return files
  }

  private static func files(of sessions: [Session]) -> [FileView] {
    sessions.filter { !$0.directory.isEmpty }.flatMap { session in
      let directory = SessionDirectory(path: session.directory)
      let run = session.runID.handle
      return [
        FileView(name: "session \(session.id) of \(run), \(session.stage)", path: session.directory),
        FileView(name: "stdout of \(run)", path: directory.standardOutput),
        FileView(name: "stderr of \(run)", path: directory.standardError),
      ].filter { FileManager.default.fileExists(atPath: $0.path) }
    }
  }
}

extension CostView {
  fileprivate init(_ spent: Spending) {
    self.init(
      inputTokens: spent.usage.inputTokens, outputTokens: spent.usage.outputTokens,
      costUSD: spent.usage.costUSD, agentSeconds: spent.time.inSeconds)
  }
}

extension TimelineEntryView {
  init(_ event: Event) {
    let run = event.runID.map { "\($0.handle) " } ?? ""
    let text =
      switch event.kind {
      case .runStage: "stage \(event.message)"
      case .agentStarted: "agent started: \(event.message)"
      case .agentProgress: "agent: \(event.message)"
      case .agentEnded: "agent ended: \(event.message)"
      case .agentResumed, .agentUnsandboxed: "agent \(event.message)"
      case .effectRefused: "refused: \(event.message)"
      case .questionAsked: "asked: \(event.message)"
      case .questionAnswered: "answered: \(event.message)"
      case .reviewRecorded: "review: \(event.message)"
      case .daemonStarted, .daemonStopped, .projectAdded, .projectRemoved, .loopStarted, .loopPhase,
        .loopBlocked,
        .loopReady, .loopEnded, .loopControl, .runStarted, .runEnded, .effectDone, .forgeUnavailable,
        .forgeAvailable, .configuration, .agentLimited, .agentAvailable, .budgetWarning:
        event.message
      }
    self.init(at: event.at, text: run + text)
  }
}

extension ValidationView {
  init(_ result: ValidationResult) {
    self.init(
      command: result.command, exit: result.exitCode.map(Int.init), sha: result.headSHA.rawValue,
      seconds: Double(result.milliseconds) / 1000)
  }
}
