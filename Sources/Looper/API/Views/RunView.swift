/// A run: one attempt by one role.
struct RunView: Codable, Equatable, Sendable {
  /// Handle, `R34`; also its id in paths.
  var id: String
  /// Handle of its loop, `L12`.
  var loop: String
  /// `owner/name#34`.
  var subject: String
  /// `plan`, `review-spec`, `implement`, …
  var job: String
  var role: String
  /// `running`, `succeeded`, `failed`, `superseded`, `cancelled`, `interrupted`.
  var state: String
  /// Its sentence: the summary, or why it ended so; empty while running.
  var message: String
  /// The failure's kind; nil unless failed.
  var failure: String?
  var vendor: String
  var model: String?
  /// The stage it is in; nil once ended.
  var stage: String?
  /// The last progress its agent reported; nil once ended.
  var progress: String?
  var startedAt: Timestamp
  var endedAt: Timestamp?
  /// From its start until its end or now, also while no daemon ran.
  var durationSeconds: Double
  /// How long its agents ran, as budgets count it; nil from an older daemon.
  var agentSeconds: Double?
  /// Input and output together; nil when unknown.
  var tokens: Int?
  var costUSD: Double?
}

/// One stage of a run's pipeline.
struct StageView: Codable, Equatable, Sendable {
  var name: String
  /// `pending`, `running`, `done`, `failed`, `skipped`.
  var state: String
  var startedAt: Timestamp?
  var endedAt: Timestamp?
  /// What it decided or found, in a line; empty before it ended.
  var summary: String
}

/// Which runs are wanted.
struct RunFilter: Equatable, Sendable {
  var loop: Loop.ID?
  /// A state code; nil is every state.
  var state: String?
}

/// Which part of a run's transcript is wanted.
struct LogRequest: Equatable, Sendable {
  static let bytesDefault = 64 * 1024
  static let bytesMax = 1024 * 1024

  /// In the run's whole transcript, over all its sessions; a negative one counts from the end.
  var offset: Int64 = 0
  /// 1 to ``bytesMax``.
  var bytes = Self.bytesDefault
}

/// A part of a run's transcript.
struct LogChunkView: Codable, Equatable, Sendable {
  /// Never cut inside a character.
  var text: String
  /// Where ``text`` begins.
  var offset: Int64
  /// Where the next chunk begins.
  var nextOffset: Int64
  /// Nothing will ever follow at ``nextOffset``.
  var isEnded: Bool
}
