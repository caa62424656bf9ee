import GRDB

/// What was used at each level, the sessions under way included: so that several of them share what is left.
extension Store {
  /// Records what a session has used so far and says when that is too much: one transaction per usage event.
  ///
  /// Warns once when a level passes ``BudgetReading/warnedFraction``.
  func charge(_ usage: Usage, to id: Session.ID, _ policy: FlowPolicy, at now: Timestamp) async throws
    -> BudgetBreach?
  {
    try await database.write { db in
      guard let run = try Self.run(ofSession: id, db) else { return nil }
      let before = try Self.spending(by: run, at: now, db)
      try Self.note(usage, of: id, at: now, db)
      let after = try Self.spending(by: run, at: now, db)
      let breach = policy.budget.breach(after)
      let warnings = policy.budget.warnings(from: before, to: after)
      for warning in warnings {
        try Self.append(
          EventDraft(.budgetWarning, warning.words, loopID: run.loopID, runID: run.id), at: now, db)
      }
      if !warnings.isEmpty, breach == nil,
        let row = try Row.fetchOne(
          db, sql: "SELECT \(Self.loopColumns) WHERE loop.id = :id", arguments: ["id": run.loopID.rawValue])
      {
        try Self.tell(try Self.facts(row, db), .running, policy, at: now, db)
      }
      return breach
    }
  }

  /// What counts against the budgets of a run now.
  func spending(by run: Run, at now: Timestamp) async throws -> [BudgetLevel: Spending] {
    try await database.read { try Self.spending(by: run, at: now, $0) }
  }

  static func spending(by run: Run, at now: Timestamp, _ db: Database) throws -> [BudgetLevel: Spending] {
    var spent = try spending(ofLoop: run.loopID, at: now, db)
    spent[.run] = Spending(
      try Row.fetchOne(
        db,
        sql: """
          SELECT sum(inputTokens) AS input, sum(outputTokens) AS output, sum(costUSD) AS cost,
            sum(coalesce(endedAt, :now) - startedAt) AS time FROM session WHERE runID = :run
          """, arguments: ["now": now.milliseconds, "run": run.id.rawValue]))
    return spent
  }

  /// What the loop's sessions used, the time of those that ended.
  static func spending(ofLoop id: Loop.ID, _ db: Database) throws -> Spending {
    Spending(
      try Row.fetchOne(
        db,
        sql: """
          SELECT sum(inputTokens) AS input, sum(outputTokens) AS output, sum(costUSD) AS cost,
            sum(endedAt - startedAt) AS time FROM session WHERE loopID = :loop
          """, arguments: ["loop": id.rawValue]))
  }

  /// The levels above the run.
  static func spending(ofLoop id: Loop.ID, at now: Timestamp, _ db: Database) throws -> [BudgetLevel:
    Spending]
  {
    var spent: [BudgetLevel: Spending] = [:]
    spent[.loop] = Spending(
      try Row.fetchOne(
        db,
        sql: """
          SELECT sum(inputTokens) AS input, sum(outputTokens) AS output, sum(costUSD) AS cost,
            sum(coalesce(endedAt, :now) - startedAt) AS time FROM session WHERE loopID = :loop
          """, arguments: ["now": now.milliseconds, "loop": id.rawValue]))
    let daily: StatementArguments = [
      "now": now.milliseconds, "since": now.midnight.milliseconds, "loop": id.rawValue,
    ]
    spent[.projectDay] = Spending(
      try Row.fetchOne(
        db,
        sql: """
          SELECT sum(inputTokens) AS input, sum(outputTokens) AS output, sum(costUSD) AS cost,
            sum(coalesce(session.endedAt, :now) - session.startedAt) AS time
          FROM session JOIN loop ON loop.id = session.loopID
          WHERE (session.endedAt IS NULL OR session.endedAt >= :since)
            AND loop.projectID = (SELECT projectID FROM loop WHERE id = :loop)
          """, arguments: daily))
    spent[.day] = Spending(
      try Row.fetchOne(
        db,
        sql: """
          SELECT sum(inputTokens) AS input, sum(outputTokens) AS output, sum(costUSD) AS cost,
            sum(coalesce(endedAt, :now) - startedAt) AS time
          FROM session WHERE endedAt IS NULL OR endedAt >= :since
          """, arguments: ["now": now.milliseconds, "since": now.midnight.milliseconds]))
    return spent
  }

  /// What is used of today's budget for everything.
  func spendingToday(at now: Timestamp) async throws -> Spending {
    try await database.read { db in
      Spending(
        try Row.fetchOne(
          db,
          sql: """
            SELECT sum(inputTokens) AS input, sum(outputTokens) AS output, sum(costUSD) AS cost,
              sum(coalesce(endedAt, :now) - startedAt) AS time
            FROM session WHERE endedAt IS NULL OR endedAt >= :since
            """, arguments: ["now": now.milliseconds, "since": now.midnight.milliseconds]))
    }
  }

  private static func run(ofSession id: Session.ID, _ db: Database) throws -> Run? {
    try Row.fetchOne(
      db,
      sql: "SELECT \(runColumns) FROM run WHERE id = (SELECT runID FROM session WHERE id = :id)",
      arguments: ["id": id.rawValue]
    ).map(run)
  }
}

extension Spending {
  /// Sums of a row, which are nil when there is nothing to add up.
  fileprivate init(_ row: Row?) {
    let time: Int64? = row?["time"]
    self.init(
      usage: Usage(inputTokens: row?["input"], outputTokens: row?["output"], costUSD: row?["cost"]),
      time: .milliseconds(time ?? 0))
  }
}
