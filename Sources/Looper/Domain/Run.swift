/// One attempt by one role to advance one loop, as a pipeline of stages. At most one per loop is running.
struct Run: Codable, Equatable, Sendable, Identifiable, Handled {
  typealias ID = Identifier<Run>
  static var handleLetter: Character { "R" }

  let id: ID
  var loopID: Loop.ID
  var itemID: QueueItem.ID
  var job: Job
  var state: RunState
  var vendor: Vendor
  var model: String?
  /// Arguments that somebody asked for, after those of the configuration.
  var extraArguments: [String] = []
  /// From 1 per loop; part of every effect's key and of the worktree's lease.
  var generation: Int
  /// ``Configuration`` fingerprint it started with.
  var configurationHash: String
  /// ``PipelineVersion/current`` it started with; a run does not survive a change of it.
  var pipelineVersion: Int
  var startedAt: Timestamp
  var endedAt: Timestamp?

  var role: Role { job.role }
}

/// How a run stands. Terminal states are written once.
///
/// ```
///   running ─▶ succeeded | failed | superseded | cancelled | interrupted
/// ```
enum RunState: Codable, Equatable, Sendable {
  case running
  case succeeded(summary: String)
  case failed(Failure)
  /// The world moved (a head, a label); nothing was published and no attempt is used.
  case superseded(reason: String)
  case cancelled(reason: String)
  /// The daemon could not carry it over a restart.
  case interrupted(reason: String)

  /// The words of the states.
  enum Code: String, CaseIterable, Sendable {
    case running, succeeded, failed, superseded, cancelled, interrupted
  }

  var isSuccess: Bool { ofCode == .succeeded }

  /// The word stored in the database and shown in lists.
  var code: String { ofCode.rawValue }

  private var ofCode: Code {
    switch self {
    case .running: .running
    case .succeeded: .succeeded
    case .failed: .failed
    case .superseded: .superseded
    case .cancelled: .cancelled
    case .interrupted: .interrupted
    }
  }

  static let codes = Code.allCases.map(\.rawValue)
  /// Of a run that has ended.
  static let endCodes = Code.allCases.filter { $0 != .running }.map(\.rawValue)

  /// The sentence shown beside the state; empty while running.
  var message: String {
    switch self {
    case .running: ""
    case .succeeded(let summary): summary
    case .failed(let failure): failure.message
    case .superseded(let reason), .cancelled(let reason), .interrupted(let reason): reason
    }
  }

  var isTerminal: Bool { self != .running }
}

/// The shape of the pipelines; raised when a stage is added, removed or renamed.
enum PipelineVersion {
  static let current = 1
}
