/// A durable request "advance this loop with this job, not before then".
struct QueueItem: Codable, Equatable, Sendable, Identifiable {
  typealias ID = Identifier<QueueItem>

  /// Waiting, held by a run, or over.
  enum State: String, Codable, Sendable, CaseIterable { case queued, claimed, done, cancelled }

  let id: ID
  var loopID: Loop.ID
  var job: Job
  var lane: Lane
  var state: State
  var dueAt: Timestamp
  var enqueuedAt: Timestamp
  /// Operator's `queue bump`: goes before everything else, of whatever lane.
  var isBumped: Bool
}

/// What a run is for: the role, and the part of its work that is asked.
enum Job: Codable, Hashable, Sendable {
  case plan
  case reviewSpec
  case reviewCode
  case implement
  case fixFindings(Phase)
  case fixChecks
  case fixThreads
  case fixConflict

  var role: Role {
    switch self {
    case .plan: .planner
    case .reviewSpec, .reviewCode: .reviewer
    case .implement: .worker
    case .fixFindings, .fixChecks, .fixThreads, .fixConflict: .fixer
    }
  }

  /// The word stored and shown.
  var code: String {
    switch self {
    case .plan: "plan"
    case .reviewSpec: "review-spec"
    case .reviewCode: "review-code"
    case .implement: "implement"
    case .fixFindings(.specReview): "fix-spec-findings"
    case .fixFindings: "fix-findings"
    case .fixChecks: "fix-checks"
    case .fixThreads: "fix-threads"
    case .fixConflict: "fix-conflict"
    }
  }

  static let all: [Job] = [
    .plan, .reviewSpec, .reviewCode, .implement, .fixFindings(.specReview), .fixFindings(.codeReview),
    .fixChecks,
    .fixThreads, .fixConflict,
  ]

  init?(code: String) {
    guard let job = Self.all.first(where: { $0.code == code }) else { return nil }
    self = job
  }
}
