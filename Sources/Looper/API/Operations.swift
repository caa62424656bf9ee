/// Everything the outside may ask of a daemon, in wire types: the seam between the API and what it serves.
///
/// Each call is one consistent answer. Errors are ``LooperError``s whose message ends with what to do:
/// `not_found` for a name nobody knows, `conflict` for what the present state does not allow, `validation` for a
/// value that can never work.
protocol Operations: Sendable {
  /// Over every answer and event.
  var mask: SecretMask { get }
  func status() async throws(LooperError) -> StatusView
  func version() async throws(LooperError) -> VersionView
  func configuration() async throws(LooperError) -> ConfigView
  /// Everything counted, for a scrape.
  func metrics() async throws(LooperError) -> [MetricFamily]
  /// - Throws: `unavailable` while the database does not answer.
  func checkReadiness() async throws(LooperError)

  /// Takes the key of a request that is to be done once; the first to do so must ``settle(_:with:)`` it.
  func claim(_ request: IdempotentRequest) async throws(LooperError) -> IdempotencyClaim
  /// Keeps the answer for when the request comes again; nil frees the key.
  func settle(_ request: IdempotentRequest, with answer: KeptAnswer?) async throws(LooperError)

  /// By name.
  func projects(_ page: PageRequest) async throws(LooperError) -> PageView<ProjectView>
  func project(_ name: ProjectName) async throws(LooperError) -> ProjectView
  /// Registers a repository, or changes path and base of a registered one.
  func addProject(_ request: ProjectRequest) async throws(LooperError) -> ProjectView
  /// - Throws: `conflict` while it has live loops.
  func removeProject(_ name: ProjectName) async throws(LooperError) -> ProjectView
  /// Asks GitHub about one project or all of them, and makes a sweep follow at once.
  /// - Throws: `not_found` for a project that is not registered.
  func syncProjects(_ request: SyncRequest) async throws(LooperError) -> PageView<ProjectView>

  /// Newest first.
  func loops(_ filter: LoopFilter, _ page: PageRequest) async throws(LooperError) -> PageView<LoopView>
  func loop(_ id: Loop.ID) async throws(LooperError) -> LoopView
  /// Starts a loop in the lane `manual`, or moves the subject's live one there.
  func start(_ request: StartRequest) async throws(LooperError) -> LoopView
  /// - Throws: `conflict` when the loop's state does not allow it.
  func control(_ id: Loop.ID, _ action: LoopAction) async throws(LooperError) -> LoopView
  /// Does it to every live loop that it applies to; each has its own result.
  func controlAll(_ action: BulkAction) async throws(LooperError) -> BulkView
  /// Answers the open question of a loop's agent.
  /// - Throws: `conflict` when nothing is asked.
  func answer(_ id: Loop.ID, _ request: AnswerRequest) async throws(LooperError) -> LoopView
  func why(_ id: Loop.ID) async throws(LooperError) -> WhyView
  func inspect(_ target: InspectTarget) async throws(LooperError) -> InspectView

  /// Newest first.
  func runs(_ filter: RunFilter, _ page: PageRequest) async throws(LooperError) -> PageView<RunView>
  func run(_ id: Run.ID) async throws(LooperError) -> RunView
  /// Answers when the agent's whole process group is gone.
  func cancelRun(_ id: Run.ID) async throws(LooperError) -> RunView
  /// Lets the loop of a run that has ended go on, if it is paused, and retries it, as one.
  func retryRun(_ id: Run.ID) async throws(LooperError) -> LoopView
  func runLog(_ id: Run.ID, _ request: LogRequest) async throws(LooperError) -> LogChunkView

  /// In the order in which they will be claimed.
  func queue(_ lane: Lane?, _ page: PageRequest) async throws(LooperError) -> PageView<QueueItemView>
  /// Takes out what nobody works on yet; nil is every lane. The loops wait for an operator.
  func clearQueue(_ lane: Lane?) async throws(LooperError) -> ClearedView
  /// Puts an item before everything else, of whatever lane.
  func bump(_ id: QueueItem.ID) async throws(LooperError) -> QueueItemView

  /// Failed runs, refused writes and blocked loops, newest first.
  func failures(_ page: PageRequest) async throws(LooperError) -> PageView<FailureView>
  func usage(_ request: UsageRequest) async throws(LooperError) -> UsageView

  /// By path.
  func worktrees(_ page: PageRequest) async throws(LooperError) -> PageView<WorktreeView>
  /// Removes the worktrees of ended loops; what only they hold is rescued first.
  func cleanUpWorktrees(_ request: WorktreeCleanupRequest) async throws(LooperError) -> WorktreeCleanupView

  /// Events with a higher sequence number than `after`, oldest first, at most `limit`.
  func events(after: Int64, limit: Int) async throws(LooperError) -> EventPageView
  /// The same for one who was told that there is news: what the hint was about, or more.
  func news(after: Int64) async throws(LooperError) -> EventPageView
  /// The newest sequence number, each time there is a newer one.
  ///
  /// Buffer newest(1): an element says "read the log", so losing an older one loses nothing. Ends when the
  /// daemon stops.
  func eventHints() async -> AsyncStream<Int64>
}
