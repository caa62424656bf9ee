/// What agents consumed, by group. Unknown is absent, never zero.
struct UsageView: Codable, Equatable, Sendable {
  /// ``UsageGrouping``.
  var by: String
  /// From this moment on; nil is everything that is recorded.
  var since: Timestamp?
  /// In the order of their names, days and loops newest first.
  var rows: [UsageRowView]
  /// Everything together; its key is `total`.
  var total: UsageRowView
}

/// What one group of sessions consumed.
struct UsageRowView: Codable, Equatable, Sendable {
  /// `2026-11-22` (UTC), `owner/name`, `L12`, `worker`, `claude-code`.
  var key: String
  var sessions: Int
  /// Sessions that did not say how many tokens they used: the sums are at least that much too small.
  var sessionsWithoutTokens: Int
  /// The same for money.
  var sessionsWithoutCost: Int
  /// Of the sessions that told; nil when none did.
  var inputTokens: Int?
  var outputTokens: Int?
  var costUSD: Double?
  /// How long its agents ran, as budgets count it; nil from an older daemon.
  var agentSeconds: Double?
}

/// What usage is added up by.
enum UsageGrouping: String, Codable, Sendable, CaseIterable { case day, project, loop, role, vendor }

/// Which usage is wanted.
struct UsageRequest: Equatable, Sendable {
  static let daysMax: Int64 = 3650

  var by = UsageGrouping.day
  /// Only of the last so many times 24 hours; nil is everything.
  var days: Int?
}
