/// One method per route.
extension LooperClient {
  /// Lists are read page by page up to this many items.
  static let itemsMax = 1000

  func status() async throws(LooperError) -> StatusView { try await call(.get, "/status") }
  func version() async throws(LooperError) -> VersionView { try await call(.get, "/version") }
  func configuration() async throws(LooperError) -> ConfigView { try await call(.get, "/config") }

  func projects() async throws(LooperError) -> PageView<ProjectView> { try await list("/projects") }

  func project(_ name: String) async throws(LooperError) -> ProjectView {
    try await call(.get, Self.path(ofProject: name))
  }

  func addProject(_ request: ProjectRequest) async throws(LooperError) -> ProjectView {
    try await call(.post, "/projects", body: request, patience: Self.deedTimeout)
  }

  func removeProject(_ name: String) async throws(LooperError) -> ProjectView {
    try await call(.delete, Self.path(ofProject: name))
  }

  /// Asks GitHub about one project or all now, and sweeps.
  func syncProjects(_ request: SyncRequest) async throws(LooperError) -> PageView<ProjectView> {
    try await call(.post, "/projects/sync", body: request, patience: Self.deedTimeout)
  }

  func loops(state: String?, project: String?, limit: Int) async throws(LooperError) -> PageView<LoopView> {
    try await list("/loops", query: ["state": state, "project": project], limit: limit)
  }

  func loop(_ id: String) async throws(LooperError) -> LoopView {
    try await call(.get, "/loops/\(Self.escaped(id))")
  }

  func start(_ request: StartRequest) async throws(LooperError) -> LoopView {
    try await call(.post, "/loops", body: request, patience: Self.deedTimeout)
  }

  func control(_ id: String, _ action: LoopAction) async throws(LooperError) -> LoopView {
    try await call(.post, "/loops/\(Self.escaped(id))/\(action.rawValue)", patience: Self.deedTimeout)
  }

  func controlAll(_ action: BulkAction) async throws(LooperError) -> BulkView {
    try await call(.post, "/bulk/\(action.rawValue)", patience: Self.deedTimeout)
  }

  func answer(_ id: String, _ text: String) async throws(LooperError) -> LoopView {
    try await call(.post, "/loops/\(Self.escaped(id))/answer", body: AnswerRequest(text: text))
  }

  func why(_ id: String) async throws(LooperError) -> WhyView {
    try await call(.get, "/loops/\(Self.escaped(id))/why")
  }

  func inspect(_ handle: String) async throws(LooperError) -> InspectView {
    try await call(.get, "/inspect/\(Self.escaped(handle))")
  }

  func runs(loop: String?, state: String?, limit: Int) async throws(LooperError) -> PageView<RunView> {
    try await list("/runs", query: ["loop": loop, "state": state], limit: limit)
  }

  func run(_ id: String) async throws(LooperError) -> RunView {
    try await call(.get, "/runs/\(Self.escaped(id))")
  }

  func cancelRun(_ id: String) async throws(LooperError) -> RunView {
    try await call(.post, "/runs/\(Self.escaped(id))/cancel", patience: Self.deedTimeout)
  }

  func retryRun(_ id: String) async throws(LooperError) -> LoopView {
    try await call(.post, "/runs/\(Self.escaped(id))/retry", patience: Self.deedTimeout)
  }

  func runLog(_ id: String, offset: Int64) async throws(LooperError) -> LogChunkView {
    try await call(.get, "/runs/\(Self.escaped(id))/log", query: ["offset": String(offset)])
  }

  func queue(lane: String?) async throws(LooperError) -> PageView<QueueItemView> {
    try await list("/queue", query: ["lane": lane])
  }

  func clearQueue(lane: String?) async throws(LooperError) -> ClearedView {
    try await call(.delete, "/queue", query: ["lane": lane])
  }

  func bump(_ item: Int64) async throws(LooperError) -> QueueItemView {
    try await call(.post, "/queue/\(item)/bump")
  }

  /// - Parameter after: nil shows the newest `limit`.
  func events(after: Int64?, limit: Int) async throws(LooperError) -> EventPageView {
    try await call(.get, "/events", query: ["after": after.map { String($0) }, "limit": String(limit)])
  }

  /// All pages of a list up to `limit` items; the cursor is set when there are more.
  func list<Item: Codable & Equatable & Sendable>(
    _ path: String, query: [String: String?] = [:], limit: Int = itemsMax
  ) async throws(LooperError) -> PageView<Item> {
    var query = query
    var result = PageView<Item>(items: [])
    repeat {
      query["limit"] = String(min(PageRequest.limitMax, limit - result.items.count))
      query["cursor"] = result.nextCursor
      let page: PageView<Item> = try await call(.get, path, query: query)
      result.items += page.items
      result.nextCursor = page.items.isEmpty ? nil : page.nextCursor
    } while result.nextCursor != nil && result.items.count < limit
    return result
  }

  private static func path(ofProject name: String) -> String {
    // The slashes of `owner/name` are part of the path.
    "/projects/" + name.split(separator: "/").map { escaped(String($0)) }.joined(separator: "/")
  }
}
