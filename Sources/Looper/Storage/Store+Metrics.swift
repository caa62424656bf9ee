import GRDB

/// What the database holds, counted, as one consistent look.
struct StoreCounts: Equatable, Sendable {
  /// A count under two words.
  struct Count: Equatable, Sendable {
    var first: String
    var second: String
    var count: Int
  }

  /// Runs of one job that came to one end.
  struct Runs: Equatable, Sendable {
    var job: String
    var state: String
    var count: Int
    /// Of those that have ended.
    var seconds: Double
  }

  /// What the agents of one role and vendor have used.
  struct Used: Equatable, Sendable {
    var role: String
    var vendor: String
    var inputTokens: Int
    var outputTokens: Int
    var costUSD: Double
  }

  /// By lane and state, queued and claimed.
  var queue: [Count] = []
  /// By state; the second word is empty.
  var loops: [Count] = []
  var runs: [Runs] = []
  /// By kind and state.
  var effects: [Count] = []
  var used: [Used] = []
  var sessionsLive = 0
  var eventSequence: Int64 = 0
}

extension Store {
  /// Counts everything, for a scrape.
  func counts() async throws -> StoreCounts {
    try await database.read { db in
      var counts = StoreCounts()
      counts.queue = try Self.pairs(
        db,
        """
        SELECT lane AS first, state AS second, count(*) AS count FROM queueItem
        WHERE state IN ('queued', 'claimed') GROUP BY lane, state ORDER BY lane, state
        """)
      counts.loops = try Self.pairs(
        db, "SELECT state AS first, '' AS second, count(*) AS count FROM loop GROUP BY state ORDER BY state")
      counts.effects = try Self.pairs(
        db,
        """
        SELECT kind AS first, state AS second, count(*) AS count FROM effect
        GROUP BY kind, state ORDER BY kind, state
        """)
      counts.runs = try Self.runs(db)
      counts.used = try Self.used(db)
      counts.sessionsLive =
        try Int.fetchOne(db, sql: "SELECT count(*) FROM session WHERE state <> 'ended'") ?? 0
      counts.eventSequence = try Int64.fetchOne(db, sql: "SELECT max(sequence) FROM event") ?? 0
      return counts
    }
  }

  private static func pairs(_ db: Database, _ sql: String) throws -> [StoreCounts.Count] {
    try Row.fetchAll(db, sql: sql) { row in
      StoreCounts.Count(first: row["first"], second: row["second"], count: row["count"])
    }
  }

  private static func runs(_ db: Database) throws -> [StoreCounts.Runs] {
    try Row.fetchAll(
      db,
      sql: """
        SELECT job, state, count(*) AS count, coalesce(sum(endedAt - startedAt), 0) / 1000.0 AS seconds
        FROM run GROUP BY job, state ORDER BY job, state
        """
    ) { row in
      StoreCounts.Runs(job: row["job"], state: row["state"], count: row["count"], seconds: row["seconds"])
    }
  }

  private static func used(_ db: Database) throws -> [StoreCounts.Used] {
    try Row.fetchAll(
      db,
      sql: """
        SELECT role, vendor, coalesce(sum(inputTokens), 0) AS input, coalesce(sum(outputTokens), 0) AS output,
          coalesce(sum(costUSD), 0.0) AS cost
        FROM usage GROUP BY role, vendor ORDER BY role, vendor
        """
    ) { row in
      StoreCounts.Used(
        role: row["role"], vendor: row["vendor"], inputTokens: row["input"], outputTokens: row["output"],
        costUSD: row["cost"])
    }
  }
}
