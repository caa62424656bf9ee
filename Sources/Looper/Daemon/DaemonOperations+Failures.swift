/// What went wrong lately, and what agents consumed.
extension DaemonOperations {
  /// Of a run's transcript: bytes looked at, lines and characters of a line shown.
  private static let tailBytes = 4096
  private static let tailLinesMax = 5
  private static let tailLineLengthMax = 200

  func failures(_ page: PageRequest) async throws(LooperError) -> PageView<FailureView> {
    try await answering {
      let last = try PageCursor.decode(page.cursor, in: .failures, as: FailurePlace.self)
      let records = try await store.failures(before: last, limit: PageCursor.size(page) + 1)
      let slice = PageCursor.slice(records, page, in: .failures, by: \.place)
      let loops = try await store.loops(slice.items.map(\.loopID))
      let runs: [Run.ID] = slice.items.compactMap { if case .run(let run) = $0 { run.id } else { nil } }
      let sessions = try await store.sessions(ofRuns: runs)
      let items: [FailureView] = slice.items.compactMap { record in
        loops[record.loopID].map { view(of: record, in: $0, sessions) }
      }
      return PageView(items: items, nextCursor: slice.nextCursor)
    }
  }

  private func view(
    of record: FailureRecord, in loop: Loop, _ sessions: [Run.ID: [Session]]
  ) -> FailureView {
    var view = FailureView(
      kind: "loop", at: loop.stateSince, loop: loop.id.handle, run: nil, subject: SubjectAddress(loop).short,
      title: loop.title, what: loop.phase.rawValue, failure: loop.state.reason ?? "", message: "",
      lastLines: [], next: "looper why \(loop.id.handle)")
    switch record {
    case .run(let run):
      let failure: Failure? = if case .failed(let failure) = run.state { failure } else { nil }
      view.kind = "run"
      view.at = run.endedAt ?? run.startedAt
      view.run = run.id.handle
      view.what = run.job.code
      view.failure = failure?.kind.code ?? run.state.code
      view.message = run.state.message
      view.lastLines = lastLines(of: sessions[run.id] ?? [])
      view.next = Self.next(after: failure?.kind, of: run, in: loop)
    case .effect(let effect):
      view.kind = "effect"
      view.at = effect.endedAt ?? effect.createdAt
      view.run = effect.runID?.handle
      view.what = "\(effect.write.kind) to \(effect.write.target(in: loop))"
      view.failure = effect.failure?.kind.code ?? effect.state.rawValue
      view.message = effect.failure?.message ?? ""
      if loop.state.isDone { view.next = "looper inspect \(loop.id.handle)" }
    case .loop(_, let message):
      view.message = message
      view.next =
        switch loop.state {
        case .blocked(.budget): "looper usage --by loop"
        case .blocked, .queued, .running, .waiting, .done: "looper why \(loop.id.handle)"
        }
    }
    return view
  }

  /// The command that tells most, or does what is left to do.
  private static func next(after kind: Failure.Kind?, of run: Run, in loop: Loop) -> String {
    if loop.state.isDone { return "looper inspect \(loop.id.handle)" }
    return switch kind {
    case .agent, .permanent, .bug, nil: "looper run logs \(run.id.handle)"
    case .needsHuman where loop.state == .blocked(.budget): "looper usage --by loop"
    case .needsHuman: "looper doctor"
    case .transient, .rateLimited, .usageLimited, .conflict: "looper why \(loop.id.handle)"
    }
  }

  private func lastLines(of sessions: [Session]) -> [String] {
    let transcript = RunTranscript(sessions, mask: mask)
    // Best effort: transcripts have an age, and the failure's own message is there in any case.
    let tail = try? transcript.chunk(
      LogRequest(offset: Int64(-Self.tailBytes), bytes: Self.tailBytes), isComplete: true)
    let lines = (tail?.text ?? "").split(whereSeparator: \.isNewline).suffix(Self.tailLinesMax)
    return lines.map { String($0.prefix(Self.tailLineLengthMax)) }
  }

  func usage(_ request: UsageRequest) async throws(LooperError) -> UsageView {
    try await answering {
      let since = request.days.map { time.now - .seconds($0 * 86_400) }
      let start = since ?? Timestamp(milliseconds: 0)
      let rows = try await store.usage(by: request.by.rawValue, since: start)
      let total = try await store.usage(by: "", since: start).first
      return UsageView(
        by: request.by.rawValue, since: since,
        rows: rows.map { UsageRowView($0, named: request.by == .loop ? "L\($0.key)" : $0.key) },
        total: total.map { UsageRowView($0, named: "total") }
          ?? UsageRowView(
            key: "total", sessions: 0, sessionsWithoutTokens: 0, sessionsWithoutCost: 0, agentSeconds: 0))
    }
  }
}

extension UsageRowView {
  fileprivate init(_ record: UsageRecord, named key: String) {
    self.init(
      key: key, sessions: record.sessions, sessionsWithoutTokens: record.sessionsWithoutTokens,
      sessionsWithoutCost: record.sessionsWithoutCost, inputTokens: record.usage.inputTokens,
      outputTokens: record.usage.outputTokens, costUSD: record.usage.costUSD,
      agentSeconds: record.time.inSeconds)
  }
}
