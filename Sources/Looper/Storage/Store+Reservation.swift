import GRDB

/// What is set aside for sessions under way: without it, each of many that tell what they used only at their end would
/// begin on the same rest of a day's budget.
extension Store {
  /// Sessions of the same vendor and role whose median is taken for the next.
  static let likeSessionsMax = 20
  /// Without any such session, this part of a limit is set aside.
  static let unknownShare = 10

  /// What was set aside for one session.
  struct Reservation: Equatable, Sendable {
    var tokens: Int?
    var cost: Double?
  }

  /// What a new session of `run` is likely to use, at most what is left of the day.
  ///
  /// Only days are shared: a loop has one run, and a run one session, at a time. Time needs no reservation, for it is
  /// told by the clock.
  /// - Throws: ``Failure`` when nothing is left beside what is set aside already.
  static func reserve(
    for run: Run, _ budget: FlowPolicy.Budget, _ spent: [BudgetLevel: Spending], at now: Timestamp,
    _ db: Database
  ) throws -> Reservation {
    var reservation = Reservation()
    let levels: [(BudgetLevel, Reservation)] = [
      (.projectDay, try reserved(besideLoop: run.loopID, db)), (.day, try reserved(db)),
    ]
    for (level, reserved) in levels {
      let used = spent[level]?.usage ?? .unknown
      if let most = budget[level].tokens {
        let left = most - (used.tokens ?? 0) - (reserved.tokens ?? 0)
        guard left > 0 else { throw waiting(for: level) }
        let likely = try likelyTokens(of: run, db) ?? max(most / unknownShare, 1)
        reservation.tokens = min(reservation.tokens ?? .max, left, likely)
      }
      if let most = budget[level].cost {
        let left = most - (used.costUSD ?? 0) - (reserved.cost ?? 0)
        guard left > 0 else { throw waiting(for: level) }
        let likely = try likelyCost(of: run, db) ?? most / Double(unknownShare)
        reservation.cost = min(reservation.cost ?? .infinity, left, likely)
      }
    }
    return reservation
  }

  private static func waiting(for level: BudgetLevel) -> Failure {
    Failure(
      .transient,
      "what is left of \(level == .day ? "the day's" : "the project's daily") budget is set aside for sessions under way"
    )
  }

  /// What sessions under way may still use of what was set aside for them.
  private static func reserved(_ db: Database) throws -> Reservation {
    reservation(
      try Row.fetchOne(
        db,
        sql: """
          SELECT sum(max(reservedTokens - coalesce(inputTokens, 0) - coalesce(outputTokens, 0), 0)) AS tokens,
            sum(max(reservedCostUSD - coalesce(costUSD, 0), 0)) AS cost
          FROM session WHERE state <> 'ended'
          """))
  }

  /// The same in the project of a loop.
  private static func reserved(besideLoop loop: Loop.ID, _ db: Database) throws -> Reservation {
    reservation(
      try Row.fetchOne(
        db,
        sql: """
          SELECT sum(max(reservedTokens - coalesce(inputTokens, 0) - coalesce(outputTokens, 0), 0)) AS tokens,
            sum(max(reservedCostUSD - coalesce(costUSD, 0), 0)) AS cost
          FROM session JOIN loop ON loop.id = session.loopID
          WHERE session.state <> 'ended' AND loop.projectID = (SELECT projectID FROM loop WHERE id = :loop)
          """, arguments: ["loop": loop.rawValue]))
  }

  private static func reservation(_ row: Row?) -> Reservation {
    Reservation(tokens: row?["tokens"], cost: row?["cost"])
  }

  private static func likelyTokens(of run: Run, _ db: Database) throws -> Int? {
    median(
      try Int.fetchAll(
        db,
        sql: """
          SELECT coalesce(inputTokens, 0) + coalesce(outputTokens, 0) FROM usage
          WHERE vendor = :vendor AND role = :role AND (inputTokens IS NOT NULL OR outputTokens IS NOT NULL)
          ORDER BY id DESC LIMIT :limit
          """, arguments: like(run)))
  }

  private static func likelyCost(of run: Run, _ db: Database) throws -> Double? {
    median(
      try Double.fetchAll(
        db,
        sql: """
          SELECT costUSD FROM usage WHERE vendor = :vendor AND role = :role AND costUSD IS NOT NULL
          ORDER BY id DESC LIMIT :limit
          """, arguments: like(run)))
  }

  private static func like(_ run: Run) -> StatementArguments {
    ["vendor": run.vendor.rawValue, "role": run.role.rawValue, "limit": likeSessionsMax]
  }

  /// Nil when there is none, or when the ordinary one used nothing.
  private static func median<Number: Comparable & AdditiveArithmetic>(_ numbers: [Number]) -> Number? {
    let middle = numbers.sorted().dropFirst(numbers.count / 2).first
    return middle.flatMap { $0 > .zero ? $0 : nil }
  }
}
