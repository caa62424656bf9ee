/// The structured answer an agent must end with, by role (agent protocol v1).
enum Report: Codable, Equatable, Sendable {
  case plan(PlanReport)
  case review(ReviewReport)
  case work(WorkReport)
  case fix(FixReport)
  /// Any role may ask instead of answering.
  case question(QuestionReport)

  var summary: String {
    switch self {
    case .plan(let report): report.summary
    case .review(let report): report.summary
    case .work(let report): report.summary
    case .fix(let report): report.summary
    case .question(let report): report.text
    }
  }
}

/// What a planner answers.
struct PlanReport: Codable, Equatable, Sendable {
  var summary: String
  /// Relative to the worktree; nil means the path the prompt asked for.
  var specPath: String?
}

/// What a reviewer answers.
struct ReviewReport: Codable, Equatable, Sendable {
  var verdict: Verdict
  var summary: String
  var findings: [FindingDraft]
  var criteria: [CriterionReport]
}

/// What an agent says of one acceptance criterion.
struct CriterionReport: Codable, Equatable, Sendable {
  /// Whether a criterion is met, as far as the agent could tell.
  enum Status: String, Codable, Sendable, CaseIterable { case pass, fail, unverifiable }

  var id: String
  var status: Status
  var evidence: String
}

/// What a worker answers.
struct WorkReport: Codable, Equatable, Sendable {
  var summary: String
  var title: String?
  var criteria: [CriterionReport]
}

/// What a fixer answers.
struct FixReport: Codable, Equatable, Sendable {
  /// What a fixer did about an item.
  enum Action: String, Codable, Sendable, CaseIterable { case fixed, declined, deferred }

  /// One item with what was done about it.
  struct Item: Codable, Equatable, Sendable {
    /// A finding (`F3`), thread (`T1`) or check (`C1`) of the context file.
    var id: String
    var action: Action
    var explanation: String
  }

  var summary: String
  var items: [Item]
}

/// What an agent asks people instead of answering.
struct QuestionReport: Codable, Equatable, Sendable {
  var text: String
  var options: [String]
  var defaultOption: String?
  var deadlineMinutes: Int?
}
