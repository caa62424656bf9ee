/// What a run does. The coordinator is a role too, but it is a function, not a run.
enum Role: String, Codable, Sendable, CaseIterable, CodingKeyRepresentable {
  case planner
  case reviewer
  case worker
  case fixer
}

/// Where a loop is on its way from the trigger to the merge.
enum Phase: String, Codable, Sendable, CaseIterable {
  case plan
  case specReview = "spec-review"
  case work
  case codeReview = "code-review"
  case ready
  case done
}

/// Where a queue item came from; the order is the default rank.
enum Lane: String, Codable, Sendable, CaseIterable {
  case manual
  case planned
  case auto
}

/// The agent CLI products Looper knows how to run.
enum Vendor: String, Codable, Sendable, CaseIterable {
  case claudeCode = "claude-code"
  case codex
  case opencode
  case cursor
  case custom
}
