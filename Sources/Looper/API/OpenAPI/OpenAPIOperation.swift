/// What people and programs are told of one route; ``table`` has one entry per route.
struct OpenAPIOperation: Sendable {
  let method: APIRoute.Method
  let pattern: String
  /// Unique; what generated clients name the call.
  let id: String
  let summary: String
  /// The type in the envelope's `data`; nil for an empty object or a document of another kind.
  var answer: (any (Decodable & Sendable).Type)?
  var body: (any (Decodable & Sendable).Type)?
  var mediaType = "application/json"

  init(
    _ method: APIRoute.Method, _ pattern: String, _ id: String, _ summary: String,
    _ answer: (any (Decodable & Sendable).Type)? = nil, body: (any (Decodable & Sendable).Type)? = nil,
    mediaType: String = "application/json"
  ) {
    self.method = method
    self.pattern = pattern
    self.id = id
    self.summary = summary
    self.answer = answer
    self.body = body
    self.mediaType = mediaType
  }

  private static let prefix = APIRoutes.prefix

  static let table: [OpenAPIOperation] =
    general + projects + loops + runs + queue + housekeeping

  private static let general: [OpenAPIOperation] = [
    .init(.get, APIRoutes.health, "health", "Answers while the daemon lives; needs no token, tells nothing."),
    .init(
      .get, APIRoutes.readiness, "readiness",
      "200 when the daemon serves and its database answers, else 503; needs no token."),
    .init(
      .get, APIRoutes.metrics, "metrics", "Metrics in Prometheus' text format.", String.self,
      mediaType: "text/plain"),
    .init(.get, "\(prefix)/openapi.json", "openapi", "This document.", JSONValue.self),
    .init(.get, "\(prefix)/version", "version", "What the daemon is.", VersionView.self),
    .init(
      .get, "\(prefix)/status", "status", "Health, queue, runs, agents, limits and what needs a human.",
      StatusView.self),
    .init(
      .get, "\(prefix)/config", "configuration", "The effective configuration, secrets masked.",
      ConfigView.self),
    .init(
      .get, "\(prefix)/inspect/:handle", "inspect", "Everything about a loop or a run.", InspectView.self),
    .init(
      .get, "\(prefix)/events", "events",
      "The events as they happen, resumed by Last-Event-ID; with limit, follow=false or Accept: application/json a page of them.",
      EventPageView.self),
  ]

  private static let projects: [OpenAPIOperation] = [
    .init(
      .get, "\(prefix)/projects", "listProjects", "The watched repositories, by name.",
      PageView<ProjectView>.self),
    .init(
      .post, "\(prefix)/projects", "addProject", "Watches a repository, or changes one that is watched.",
      ProjectView.self, body: ProjectRequest.self),
    .init(
      .post, "\(prefix)/projects/sync", "syncProjects",
      "Reads a project, or all of them, from GitHub again now.", PageView<ProjectView>.self,
      body: SyncRequest.self),
    .init(
      .get, "\(prefix)/projects/*name", "showProject", "One project; its name has slashes in it.",
      ProjectView.self),
    .init(
      .delete, "\(prefix)/projects/*name", "removeProject", "Watches a repository no more.", ProjectView.self),
  ]

  private static let loops: [OpenAPIOperation] =
    [
      .init(.get, "\(prefix)/loops", "listLoops", "Loops, newest first.", PageView<LoopView>.self),
      .init(
        .post, "\(prefix)/loops", "startLoop", "Starts a loop, or hurries the subject's live one.",
        LoopView.self, body: StartRequest.self),
      .init(.get, "\(prefix)/loops/:loop", "showLoop", "One loop.", LoopView.self),
      .init(
        .get, "\(prefix)/loops/:loop/why", "why", "What a loop waits for and what would move it.",
        WhyView.self),
    ]
    + [
      .init(
        .post, "\(prefix)/loops/:loop/answer", "answerLoop", "Answers the open question of a loop's agent.",
        LoopView.self, body: AnswerRequest.self)
    ]
    + LoopAction.allCases.map { action in
      .init(
        .post, "\(prefix)/loops/:loop/\(action.rawValue)",
        action == .handbackKeeping ? "handbackKeepingLoop" : "\(action.rawValue)Loop",
        action == .handbackKeeping
          ? "Does to a loop what `looper handback --keep` does."
          : "Does to a loop what `looper \(action.rawValue)` does.", LoopView.self)
    }
    + BulkAction.allCases.map { action in
      .init(
        .post, "\(prefix)/bulk/\(action.rawValue)", "\(action.rawValue)All",
        "Does what `looper \(action.rawValue) --all` does; each loop has its own result.", BulkView.self)
    }

  private static let runs: [OpenAPIOperation] = [
    .init(.get, "\(prefix)/runs", "listRuns", "Runs, newest first.", PageView<RunView>.self),
    .init(.get, "\(prefix)/runs/:run", "showRun", "One run.", RunView.self),
    .init(
      .post, "\(prefix)/runs/:run/cancel", "cancelRun", "Stops a run; answers when its processes are gone.",
      RunView.self),
    .init(
      .post, "\(prefix)/runs/:run/retry", "retryRun",
      "Retries the loop of a run that has ended; a pause of the loop ends.", LoopView.self),
    .init(
      .get, "\(prefix)/runs/:run/log", "runLog", "A part of what a run's agents wrote.", LogChunkView.self),
  ]

  private static let queue: [OpenAPIOperation] = [
    .init(
      .get, "\(prefix)/queue", "listQueue",
      "What waits, in the order in which it would be claimed but for limits, ageing and fairness.",
      PageView<QueueItemView>.self),
    .init(
      .delete, "\(prefix)/queue", "clearQueue", "Takes out what nobody works on yet.", ClearedView.self),
    .init(
      .post, "\(prefix)/queue/:item/bump", "bumpQueueItem",
      "Puts an item before everything else, of whatever lane.",
      QueueItemView.self),
  ]

  private static let housekeeping: [OpenAPIOperation] = [
    .init(
      .get, "\(prefix)/failures", "listFailures",
      "Failed runs, refused writes and blocked loops, newest first.",
      PageView<FailureView>.self),
    .init(.get, "\(prefix)/usage", "usage", "What agents consumed, by group.", UsageView.self),
    .init(.get, "\(prefix)/worktrees", "listWorktrees", "Worktrees, by path.", PageView<WorktreeView>.self),
    .init(
      .post, "\(prefix)/worktrees/cleanup", "cleanUpWorktrees",
      "Removes the worktrees of ended loops; what only they hold is rescued first.",
      WorktreeCleanupView.self, body: WorktreeCleanupRequest.self),
  ]
}
