import Synchronization

@testable import Looper

/// A small daemon in memory: lists that page, an event log, loops that can be paused.
final class FakeOperations: Operations {
  struct State {
    var loops: [LoopView] = []
    var runs: [RunView] = []
    var projects: [ProjectView] = []
    var queue: [QueueItemView] = []
    var events: [EventView] = []
    var prunedThrough: Int64 = 0
    var log = ""
    /// Whether more of the log is to come.
    var isLogGrowing = false
    var logReads = 0
    var mask = SecretMask()
    var bulk = BulkView(items: [
      BulkItemView(loop: "L12", ok: true, error: nil),
      BulkItemView(loop: "L13", ok: false, error: "L13 is at work; stop its run first: looper pause L13"),
    ])
    var started: [StartRequest] = []
    /// Where the loop of a started subject stands.
    var startsAs = Sample.loop(state: "queued")
    var needsHuman: [NeedsHumanView] = []
    var failures: [FailureView] = []
    var usage = Sample.usage(rows: [])
    var worktrees: [WorktreeView] = []
    /// Thrown by every call when set.
    var failure: LooperError?
    var hints: [AsyncStream<Int64>.Continuation] = []
    /// The highest sequence number that was read.
    var eventsRead: Int64 = 0
    /// How often the log was read.
    var reads = 0
    /// Done once, when the log has been read and before its reader knows.
    var onEventsRead: (@Sendable () -> Void)?
    /// Claimed keys; the answer is nil until it is settled.
    var keys: [String: (fingerprint: String, answer: KeptAnswer?)] = [:]
  }

  private let state = Mutex(State())
  private let departures = AsyncStream.makeStream(of: Void.self)

  var mask: SecretMask { read { $0.mask } }

  func change(_ edit: (inout State) -> Void) { state.withLock { edit(&$0) } }
  func read<Value: Sendable>(_ get: (State) -> Value) -> Value { state.withLock { get($0) } }

  /// Appends to the log and wakes the followers.
  func record(_ events: [EventView]) {
    state.withLock { state in
      state.events += events
      for hint in state.hints { hint.yield(events.last?.sequence ?? 0) }
    }
  }

  private func checked() throws(LooperError) -> State {
    let now = read { $0 }
    if let failure = now.failure { throw failure }
    return now
  }

  private func page<Item>(_ items: [Item], _ page: PageRequest) -> PageView<Item> {
    let start = page.cursor.flatMap { Int($0) } ?? 0
    let end = min(items.count, start + page.limit)
    return PageView(
      items: Array(items[min(start, end)..<end]), nextCursor: end < items.count ? String(end) : nil)
  }

  func status() async throws(LooperError) -> StatusView {
    let now = try checked()
    return Sample.status(needsHuman: now.needsHuman, runs: now.runs.filter { $0.state == "running" })
  }
  func version() async throws(LooperError) -> VersionView { VersionView(version: "0.1.0") }

  func configuration() async throws(LooperError) -> ConfigView {
    ConfigView(
      entries: [ConfigEntryView(key: "server.port", value: ["camelCase": 1], origin: "default")], warnings: []
    )
  }

  func metrics() async throws(LooperError) -> [MetricFamily] {
    [
      MetricFamily(
        "looper_loops", .gauge, "Loops.", labels: ["state"], [(["queued"], Double(try checked().loops.count))]
      )
    ]
  }

  func checkReadiness() async throws(LooperError) { _ = try checked() }

  func claim(_ request: IdempotentRequest) async throws(LooperError) -> IdempotencyClaim {
    state.withLock { state in
      guard let known = state.keys[request.key] else {
        state.keys[request.key] = (request.fingerprint, nil)
        return .first
      }
      guard known.fingerprint == request.fingerprint else { return .otherRequest }
      return known.answer.map { .answered($0) } ?? .unsettled
    }
  }

  func settle(_ request: IdempotentRequest, with answer: KeptAnswer?) async throws(LooperError) {
    change { $0.keys[request.key] = answer.map { (request.fingerprint, $0) } }
  }

  func projects(_ request: PageRequest) async throws(LooperError) -> PageView<ProjectView> {
    page(try checked().projects, request)
  }

  func project(_ name: ProjectName) async throws(LooperError) -> ProjectView {
    guard let found = try checked().projects.first(where: { $0.name == name.display }) else {
      throw LooperError(.notFound, "no project \(name); see `looper project list`")
    }
    return found
  }

  func addProject(_ request: ProjectRequest) async throws(LooperError) -> ProjectView {
    var view = Sample.project(try request.projectName().display)
    view.path = request.path
    change { $0.projects.append(view) }
    return view
  }

  func removeProject(_ name: ProjectName) async throws(LooperError) -> ProjectView {
    let found = try await project(name)
    change { $0.projects.removeAll { $0.name == found.name } }
    return found
  }

  func loops(_ filter: LoopFilter, _ request: PageRequest) async throws(LooperError) -> PageView<LoopView> {
    page(try checked().loops.filter { filter.state == nil || $0.state == filter.state }, request)
  }

  func loop(_ id: Loop.ID) async throws(LooperError) -> LoopView {
    guard let found = try checked().loops.first(where: { $0.id == id.handle }) else {
      throw LooperError(.notFound, "no loop \(id.handle); see `looper loops`")
    }
    return found
  }

  func start(_ request: StartRequest) async throws(LooperError) -> LoopView {
    change { $0.started.append(request) }
    return read(\.startsAs)
  }

  func syncProjects(_ request: SyncRequest) async throws(LooperError) -> PageView<ProjectView> {
    let all = try checked().projects
    guard let name = request.project else { return PageView(items: all) }
    return PageView(items: all.filter { $0.name == name })
  }

  func controlAll(_ action: BulkAction) async throws(LooperError) -> BulkView {
    try checked().bulk
  }

  func control(_ id: Loop.ID, _ action: LoopAction) async throws(LooperError) -> LoopView {
    var view = try await loop(id)
    if view.state == "done" {
      throw LooperError(.conflict, "\(id.handle) has ended; see `looper inspect \(id.handle)`")
    }
    view.reason = action.rawValue
    if action == .takeover { view.worktree = "/data/worktrees/\(view.id)" }
    return view
  }

  func answer(_ id: Loop.ID, _ request: AnswerRequest) async throws(LooperError) -> LoopView {
    var view = try await loop(id)
    view.reason = request.text
    return view
  }

  func why(_ id: Loop.ID) async throws(LooperError) -> WhyView {
    _ = try await loop(id)
    return Sample.why
  }

  func inspect(_ target: InspectTarget) async throws(LooperError) -> InspectView { Sample.inspection }

  func runs(_ filter: RunFilter, _ request: PageRequest) async throws(LooperError) -> PageView<RunView> {
    page(
      try checked().runs.filter { run in
        (filter.state ?? run.state) == run.state && (filter.loop?.handle ?? run.loop) == run.loop
      }, request)
  }

  func run(_ id: Run.ID) async throws(LooperError) -> RunView {
    try checked().runs.first { $0.id == id.handle } ?? Sample.run(id: id.handle)
  }

  func cancelRun(_ id: Run.ID) async throws(LooperError) -> RunView {
    Sample.run(id: id.handle, state: "cancelled")
  }

  func retryRun(_ id: Run.ID) async throws(LooperError) -> LoopView {
    let run = try await run(id)
    guard run.endedAt != nil, let loop = Loop.ID(handle: run.loop) else {
      throw LooperError(.conflict, "\(run.id) is still at work; stop it first: looper run cancel \(run.id)")
    }
    return try await control(loop, .retry)
  }

  func runLog(_ id: Run.ID, _ request: LogRequest) async throws(LooperError) -> LogChunkView {
    let now = try checked()
    let bytes = Array(now.log.utf8)
    let start = min(bytes.count, Int(request.offset))
    let end = min(bytes.count, start + 4)
    change { $0.logReads += 1 }
    return LogChunkView(
      text: String(decoding: bytes[start..<end], as: UTF8.self), offset: Int64(start), nextOffset: Int64(end),
      isEnded: end == bytes.count && !now.isLogGrowing)
  }

  func queue(_ lane: Lane?, _ request: PageRequest) async throws(LooperError) -> PageView<QueueItemView> {
    page(try checked().queue.filter { lane == nil || $0.lane == lane?.rawValue }, request)
  }

  func clearQueue(_ lane: Lane?) async throws(LooperError) -> ClearedView {
    let queue = try checked().queue
    return ClearedView(cleared: queue.count, loops: queue.map(\.loop))
  }

  func bump(_ id: QueueItem.ID) async throws(LooperError) -> QueueItemView {
    guard var item = try checked().queue.first(where: { $0.id == id.rawValue }) else {
      throw LooperError(.notFound, "no queue item \(id); see `looper queue list`")
    }
    item.isBumped = true
    return item
  }

  func failures(_ request: PageRequest) async throws(LooperError) -> PageView<FailureView> {
    page(try checked().failures, request)
  }

  func usage(_ request: UsageRequest) async throws(LooperError) -> UsageView {
    var view = try checked().usage
    view.by = request.by.rawValue
    return view
  }

  func worktrees(_ request: PageRequest) async throws(LooperError) -> PageView<WorktreeView> {
    page(try checked().worktrees, request)
  }

  func cleanUpWorktrees(
    _ request: WorktreeCleanupRequest
  ) async throws(LooperError) -> WorktreeCleanupView {
    let all = try checked().worktrees
    if !request.isDryRun { change { $0.worktrees.removeAll { $0.state == .removable } } }
    let removed = all.filter { $0.state == .removable }.map {
      WorktreeRemovalView(
        path: $0.path, loop: $0.loop ?? "", rescueRef: $0.isDirty ? "refs/looper/rescue/L7/1" : nil)
    }
    return WorktreeCleanupView(
      isDryRun: request.isDryRun, removed: removed, kept: all.filter { $0.state != .removable })
  }

  func events(after: Int64, limit: Int) async throws(LooperError) -> EventPageView {
    let now = try checked()
    let items = Array(now.events.filter { $0.sequence > after }.prefix(limit))
    let hook = state.withLock { state in
      state.reads += 1
      state.eventsRead = max(state.eventsRead, items.last?.sequence ?? 0)
      defer { state.onEventsRead = nil }
      return state.onEventsRead
    }
    hook?()
    return EventPageView(
      items: items, newest: now.events.last?.sequence ?? 0, prunedThrough: now.prunedThrough)
  }

  func news(after: Int64) async throws(LooperError) -> EventPageView {
    try await events(after: after, limit: EventPageView.limitMax)
  }

  func eventHints() async -> AsyncStream<Int64> {
    let (stream, source) = AsyncStream.makeStream(of: Int64.self, bufferingPolicy: .bufferingNewest(1))
    source.onTermination = { [departures] _ in departures.continuation.yield() }
    change { $0.hints.append(source) }
    return stream
  }

  /// Answers when a follower's stream has ended.
  func untilFollowerGone() async {
    for await _ in departures.stream { return }
  }
}
