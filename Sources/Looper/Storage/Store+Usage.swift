import GRDB

/// What the sessions of one group consumed.
struct UsageRecord: Equatable, Sendable {
  /// The day in UTC, the project's name, the loop's id, the role, the vendor; empty for all together.
  var key: String
  var sessions: Int
  var sessionsWithoutTokens: Int
  var sessionsWithoutCost: Int
  /// Of the sessions that told.
  var usage: Usage
  /// How long they ran.
  var time: Duration
}

extension Store {
  /// Usage from `since` on, added up by a word of ``UsageGrouping``; every other word makes one group of all.
  ///
  /// Sums leave out what is unknown and are nil when nothing is known.
  func usage(by grouping: String, since: Timestamp) async throws -> [UsageRecord] {
    try await database.read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT
            CASE :by
              WHEN 'day' THEN strftime('%Y-%m-%d', usage.at / 1000, 'unixepoch')
              WHEN 'project' THEN project.name
              WHEN 'loop' THEN CAST(usage.loopID AS TEXT)
              WHEN 'role' THEN usage.role
              WHEN 'vendor' THEN usage.vendor
              ELSE ''
            END AS groupName,
            count(*) AS sessions,
            sum(usage.inputTokens IS NULL AND usage.outputTokens IS NULL) AS withoutTokens,
            sum(usage.costUSD IS NULL) AS withoutCost,
            sum(usage.inputTokens) AS input, sum(usage.outputTokens) AS output, sum(usage.costUSD) AS cost,
            sum(session.activeMilliseconds) AS time
          FROM usage JOIN project ON project.id = usage.projectID JOIN session ON session.id = usage.sessionID
          WHERE usage.at >= :since
          GROUP BY groupName
          ORDER BY CASE WHEN :by = 'loop' THEN -CAST(groupName AS INTEGER) END,
            CASE WHEN :by = 'day' THEN groupName END DESC, groupName
          """, arguments: ["by": grouping, "since": since.milliseconds]
      ) { row in
        UsageRecord(
          key: row["groupName"], sessions: row["sessions"], sessionsWithoutTokens: row["withoutTokens"],
          sessionsWithoutCost: row["withoutCost"],
          usage: Usage(inputTokens: row["input"], outputTokens: row["output"], costUSD: row["cost"]),
          time: .milliseconds(row["time"] as Int64))
      }
    }
  }
}
