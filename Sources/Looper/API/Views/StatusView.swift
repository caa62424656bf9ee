/// The daemon at a glance: what needs a human, whether it is healthy, what it is doing.
struct StatusView: Codable, Equatable, Sendable {
  var version: String
  var pid: Int
  var startedAt: Timestamp
  var uptimeSeconds: Int
  /// One entry per thing that can be degraded (`github`, `agent`, `disk`, `configuration`), in a fixed order.
  var health: [HealthView]
  /// One entry per lane, in rank order.
  var queue: [LaneDepthView]
  /// The running runs, oldest first.
  var runs: [RunView]
  var agents: AgentCountView
  /// Live loops by state code, in the order of the loop's life; states without loops are left out.
  var loops: [LoopCountView]
  /// Loops that only a person can move, longest waiting first.
  var needsHuman: [NeedsHumanView]
  /// Limits in force now.
  var limits: [LimitView]
  var projects: Int
  /// The file that was read; nil when there is none.
  var configPath: String?
  /// One line each; also what is wrong with a changed file that was not taken over.
  var configWarnings: [String]
  /// Since when nothing new starts, by `looper pause --all`; nil when it does.
  var pausedSince: Timestamp?
}

/// Whether one part of the daemon works.
struct HealthView: Codable, Equatable, Sendable {
  /// `ok` or `degraded`.
  enum State: String, Codable, Sendable, CaseIterable { case ok, degraded }

  var name: String
  var state: State
  /// What is wrong and what to do; empty when nothing is.
  var message: String
  var since: Timestamp?
}

/// How much waits in one lane.
struct LaneDepthView: Codable, Equatable, Sendable {
  var lane: String
  /// Due now.
  var due: Int
  /// Not before a later time.
  var delayed: Int
}

/// How many agent sessions run, of how many may.
struct AgentCountView: Codable, Equatable, Sendable {
  var running: Int
  var limit: Int
}

/// How many live loops are in one state.
struct LoopCountView: Codable, Equatable, Sendable {
  var state: String
  var count: Int
}

/// A loop that stands still until a person does something.
struct NeedsHumanView: Codable, Equatable, Sendable {
  /// Handle of the loop, `L12`.
  var loop: String
  /// `owner/name#34`.
  var subject: String
  var title: String
  /// The reason's code, `review-rounds`.
  var reason: String
  var since: Timestamp
  /// A sentence: what to do, with the command.
  var action: String
}

/// Something that says "not before": a rate limit, a usage limit, an open breaker.
struct LimitView: Codable, Equatable, Sendable {
  var name: String
  /// When it ends; nil when nobody said.
  var until: Timestamp?
}

/// What the daemon is.
struct VersionView: Codable, Equatable, Sendable {
  var version: String
}
