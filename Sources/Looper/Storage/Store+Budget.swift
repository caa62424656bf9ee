import GRDB

/// What was used at each level, the sessions under way included: so that several of them share what is left.
extension Store {
  /// What became of a charge.
  struct Charge: Equatable, Sendable {
    /// The first budget that is spent.
    var breach: BudgetBreach?
    var room = BudgetRoom()
  }

  /// Records what a session has used so far and says when that is too much: one transaction.
  ///
  /// Warns once when a level passes ``BudgetReading/warnedFraction``: every change of an account is made here, so each
  /// passing is seen by exactly one charge.
  /// - Parameters:
  ///   - active: how long it has run.
  ///   - progress: what it does now, when that is new.
  func charge(
    _ usage: Usage, active: Duration = .zero, progress: String? = nil, to id: Session.ID,
    _ policy: FlowPolicy,
    at now: Timestamp
  ) async throws -> Charge {
    try await database.write { db in
      guard let run = try Self.run(ofSession: id, db) else { return Charge() }
      let before = try Self.spending(by: run, at: now, db)
      try Self.note(usage, active: active, of: id, at: now, db)
      let after = try Self.spending(by: run, at: now, db)
      let breach = policy.budget.breach(after)
      let warnings = policy.budget.warnings(from: before, to: after)
      if let progress {
        try Self.append(EventDraft(.agentProgress, progress, loopID: run.loopID, runID: run.id), at: now, db)
      }
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
      return Charge(breach: breach, room: policy.budget.room(after))
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
            sum(activeMilliseconds) AS time, count(*) FILTER (WHERE endedAt IS NULL) AS sessions
          FROM session WHERE runID = :run
          """, arguments: ["run": run.id.rawValue]))
    return spent
  }

  /// What the loop's sessions used.
  static func spending(ofLoop id: Loop.ID, _ db: Database) throws -> Spending {
    Spending(
      try Row.fetchOne(
        db,
        sql: """
          SELECT sum(inputTokens) AS input, sum(outputTokens) AS output, sum(costUSD) AS cost,
            sum(activeMilliseconds) AS time, count(*) FILTER (WHERE endedAt IS NULL) AS sessions
          FROM session WHERE loopID = :loop
          """, arguments: ["loop": id.rawValue]))
  }

  /// The levels above the run.
  static func spending(ofLoop id: Loop.ID, at now: Timestamp, _ db: Database) throws -> [BudgetLevel:
    Spending]
  {
    var spent: [BudgetLevel: Spending] = [:]
    spent[.loop] = try spending(ofLoop: id, db)
    let daily: StatementArguments = [
      "since": now.midnight.milliseconds, "loop": id.rawValue,
    ]
    spent[.projectDay] = Spending(
      try Row.fetchOne(
        db,
        sql: """
          SELECT sum(inputTokens) AS input, sum(outputTokens) AS output, sum(costUSD) AS cost,
            sum(activeMilliseconds) AS time, count(*) FILTER (WHERE session.endedAt IS NULL) AS sessions
          FROM session JOIN loop ON loop.id = session.loopID
          WHERE (session.endedAt IS NULL OR session.endedAt >= :since)
            AND loop.projectID = (SELECT projectID FROM loop WHERE id = :loop)
          """, arguments: daily))
    spent[.day] = try spendingToday(at: now, db)
    return spent
  }

  /// What counts against the budget of a loop, as people are told it.
  func spending(ofLoop id: Loop.ID) async throws -> Spending {
    try await database.read { try Self.spending(ofLoop: id, $0) }
  }

  /// What is used of today's budget for everything.
  func spendingToday(at now: Timestamp) async throws -> Spending {
    try await database.read { try Self.spendingToday(at: now, $0) }
  }

  private static func spendingToday(at now: Timestamp, _ db: Database) throws -> Spending {
    Spending(
      try Row.fetchOne(
        db,
        sql: """
          SELECT sum(inputTokens) AS input, sum(outputTokens) AS output, sum(costUSD) AS cost,
            sum(activeMilliseconds) AS time, count(*) FILTER (WHERE session.endedAt IS NULL) AS sessions
          FROM session WHERE endedAt IS NULL OR endedAt >= :since
          """, arguments: ["since": now.midnight.milliseconds]))
  }

  private static func run(ofSession id: Session.ID, _ db: Database) throws -> Run? {
    try Row.fetchOne(
      db,
      sql: "SELECT \(runColumns) FROM run WHERE id = (SELECT runID FROM session WHERE id = :id)",
      arguments: ["id": id.rawValue], as: run)
  }
}

extension Spending {
  /// Sums of a row, which are nil when there is nothing to add up.
  init(_ row: Row?) {
    let time: Int64? = row?["time"]
    self.init(
      usage: Usage(inputTokens: row?["input"], outputTokens: row?["output"], costUSD: row?["cost"]),
      time: .milliseconds(time ?? 0), sessions: row?["sessions"] ?? 0)
  }
}
