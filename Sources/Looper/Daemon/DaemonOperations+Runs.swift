/// Runs: lists, stopping, transcripts; and the queue they come from.
extension DaemonOperations {
  /// Rounds of waiting for a run that something began to drive while it was told to stop.
  static let stopRoundsMax = 3

  func runs(_ filter: RunFilter, _ page: PageRequest) async throws(LooperError) -> PageView<RunView> {
    try await answering {
      let before = try PageCursor.before(page, in: .runs)
      if let loop = filter.loop { _ = try await knownLoop(loop) }
      let rows = try await store.runs(
        ofLoop: filter.loop, state: filter.state, before: before, limit: PageCursor.size(page) + 1)
      let slice = PageCursor.slice(rows, page, in: .runs) { $0.id.rawValue }
      return PageView(items: try await views(of: slice.items), nextCursor: slice.nextCursor)
    }
  }

  func run(_ id: Run.ID) async throws(LooperError) -> RunView {
    try await answering { try await view(of: try await knownRun(id)) }
  }

  func views(of runs: [Run]) async throws -> [RunView] {
    let loops = try await store.loops(runs.map(\.loopID))
    let extras = try await store.extras(ofRuns: runs)
    let now = time.now
    return runs.compactMap { run in
      loops[run.loopID].map { RunView(run, extras[run.id] ?? RunExtras(), of: $0, at: now) }
    }
  }

  private func view(of run: Run) async throws -> RunView {
    guard let view = try await views(of: [run]).first else { throw StaleWrite(row: "loop \(run.loopID)") }
    return view
  }

  func cancelRun(_ id: Run.ID) async throws(LooperError) -> RunView {
    try await answering {
      let run = try await knownRun(id)
      guard run.state == .running else {
        throw LooperError(.conflict, "\(id.handle) has ended already: \(run.state.code)")
      }
      let loop = run.loopID
      try await stopping(loop, reason: "cancelled by the operator") {
        // The loop would start the same again at once.
        guard try await knownLoop(loop).state.isDone == false else { return }
        let what = try await knownRun(id).state.isSuccess ? "had decided what to publish" : "was cancelled"
        try await store.pause(
          loop, saying: "paused after its run \(id.handle) \(what); looper resume \(loop.handle)",
          at: time.now)
      }
      return try await view(of: try await knownRun(id))
    }
  }

  func retryRun(_ id: Run.ID) async throws(LooperError) -> LoopView {
    try await answering {
      let run = try await knownRun(id)
      guard run.state != .running else {
        throw LooperError(
          .conflict, "\(id.handle) is still at work; stop it first: looper run cancel \(id.handle)")
      }
      // Cancelling a run has paused its loop.
      try await store.retry(run.loopID, lettingGo: true, at: time.now)
      return try await view(of: run.loopID)
    }
  }

  /// Stops what a loop is at, then records what follows from that; once more where somebody resumed it in between and a
  /// run began.
  ///
  /// - Parameter record: throws ``StaleWrite`` when a run is live.
  func stopping(
    _ id: Loop.ID, for purpose: StopPurpose = .pause, reason: String, _ record: () async throws -> Void
  ) async throws {
    for _ in 0..<Self.stopRoundsMax {
      try await stopRuns(of: id, for: purpose, reason: reason)
      do {
        return try await record()
      } catch is StaleWrite {
        continue
      }
    }
    throw Self.unstoppable(id)
  }

  private static func unstoppable(_ id: Loop.ID) -> LooperError {
    LooperError(.timeout, "the run of \(id.handle) could not be stopped; try again")
  }

  /// Fences a loop, then ends its run; returns when nothing of it runs any more and none of its writes is on its way.
  private func stopRuns(of id: Loop.ID, for purpose: StopPurpose, reason: String) async throws {
    try await store.fence(id, for: purpose, at: time.now)
    try await endRuns(of: id, reason: reason)
    await writesSettled(id)
  }

  private func endRuns(of id: Loop.ID, reason: String) async throws {
    for _ in 0..<Self.stopRoundsMax {
      guard let run = try await store.runs(ofLoop: id, state: "running", before: Int64.max, limit: 1).first,
        try await store.requestStop(of: run.id, reason: reason)
      else { return }
      await pool.stopAndWait(run.id)
      guard let left = try await store.run(run.id) else { return }
      if let names = try await store.survivors(ofRun: run.id) {
        throw LooperError(.conflict, "\(run.id.handle) was stopped, but \(Session.survivorWords(names))")
      }
      guard left.state == .running else { return }
      // Claimed and not begun, or left by another daemon: only its record is left to write.
      if await !pool.isDriving(run.id) { await pool.settle(run.id) }
    }
    throw Self.unstoppable(id)
  }

  func runLog(_ id: Run.ID, _ request: LogRequest) async throws(LooperError) -> LogChunkView {
    try await answering {
      // The state first: what ended before the files are measured writes no more.
      let run = try await knownRun(id)
      let sessions = try await store.sessions(ofRun: id)
      let transcript = RunTranscript(sessions, mask: mask)
      return try transcript.chunk(request, isComplete: run.state.isTerminal)
    }
  }

  func queue(_ lane: Lane?, _ page: PageRequest) async throws(LooperError) -> PageView<QueueItemView> {
    try await answering {
      let items = try await store.queue().filter { lane == nil || $0.item.lane == lane }
      let slice = try PageCursor.page(items, page, in: .queue) { QueuePlace($0.item) }
      return PageView(
        items: slice.items.map { QueueItemView($0.item, $0.loop) }, nextCursor: slice.nextCursor)
    }
  }

  func clearQueue(_ lane: Lane?) async throws(LooperError) -> ClearedView {
    try await answering {
      let loops = try await store.clearQueue(lane, at: time.now)
      return ClearedView(cleared: loops.count, loops: loops.map(\.handle))
    }
  }

  func bump(_ id: QueueItem.ID) async throws(LooperError) -> QueueItemView {
    try await answering {
      guard let (item, loop) = try await store.queue().first(where: { $0.item.id == id }) else {
        throw LooperError(.notFound, "there is no live queue item \(id); see looper queue list")
      }
      guard item.state == .queued else {
        throw LooperError(.conflict, "\(loop.id.handle) is at work already; see looper queue list")
      }
      try await store.bump(loop.id, at: time.now)
      guard let (bumped, _) = try await store.queue().first(where: { $0.item.id == id }) else {
        throw StaleWrite(row: "queue item \(id)")
      }
      return QueueItemView(bumped, loop)
    }
  }
}
