import GRDB

/// The daemon's real database, which outlives the daemon, and fails when fate says so.
struct SimulatedDatabase: Sendable {
  let store: Store
  private let guardian: CommitGuardian

  init(fate: SimulatedFate, time: SimulatedTime) throws {
    store = try .scratch(isInline: true)
    guardian = CommitGuardian(fate: fate)
    store.database.add(transactionObserver: guardian)
    try store.database.write { db in
      for (name, value) in Self.clocks(time) {
        db.add(function: DatabaseFunction(name, argumentCount: 0) { _ in value() })
      }
      try db.execute(sql: TransitionRules.sql)
    }
  }

  /// What ``TransitionRules`` ask about time, in milliseconds: what the daemon's machine says, what is true, and which
  /// daemon it is.
  private static func clocks(_ time: SimulatedTime) -> [String: @Sendable () -> Int64] {
    [
      "machineTime": { time.now.milliseconds }, "trueTime": { time.trueNow.milliseconds },
      "daemonLife": { Int64(time.lives) },
    ]
  }

  /// Number of rows written so far; nothing was written between two equal ones.
  func changesSoFar() async throws -> Int {
    try await store.database.writeWithoutTransaction { $0.totalChangesCount }
  }

  /// Installs what a mutation test does wrong.
  func sabotage(_ sql: String) async throws { try await store.database.write { try $0.execute(sql: sql) } }

  /// What the rules about rows find now, and what those about transitions wrote down.
  func breaches() async throws -> [SimulationBreach] {
    // What the temporary triggers wrote is seen by the connection that writes alone.
    try await store.database.writeWithoutTransaction { db in
      let noted = try Row.fetchAll(db, sql: "SELECT rule, what FROM broken ORDER BY id LIMIT 5").map {
        SimulationBreach(rule: $0["rule"], what: $0["what"])
      }
      return try noted + StoredRule.breaches(db)
    }
  }

  /// How many reviews of each head the ledger has.
  func reviews() async throws -> [CommitSHA: Int] {
    try await store.database.read { db in
      var counts: [CommitSHA: Int] = [:]
      for row in try Row.fetchAll(db, sql: "SELECT headSHA, count(*) AS number FROM review GROUP BY headSHA")
      {
        guard let sha = CommitSHA(row["headSHA"]) else { continue }
        counts[sha] = row["number"]
      }
      return counts
    }
  }

  /// Heads whose code was reviewed clean.
  func cleanHeads() async throws -> Set<CommitSHA> {
    try await store.database.read { db in
      let heads = try String.fetchAll(
        db, sql: "SELECT headSHA FROM review WHERE phase = 'code-review' AND verdict = 'clean'")
      return Set(heads.compactMap { CommitSHA($0) })
    }
  }

  /// Loops that have something to send.
  func loopsWithWrites() async throws -> [Loop] {
    let ids = try await store.database.read { db in
      try Int64.fetchAll(
        db, sql: "SELECT DISTINCT loopID FROM effect WHERE state = 'pending' ORDER BY loopID")
    }
    var loops: [Loop] = []
    for id in ids { if let loop = try await store.loop(Loop.ID(id)) { loops.append(loop) } }
    return loops
  }

  /// The write that is being sent: its loop, and whether a person keeps that loop.
  func sending() async throws -> (facts: LoopFacts, effect: Effect)? {
    let effect = try await store.database.read { db in
      try Row.fetchOne(
        db,
        sql: "SELECT \(Store.effectColumns) FROM effect WHERE state = 'sending' ORDER BY sentAt DESC, id DESC"
      ).map(Store.effect)
    }
    guard let effect, let facts = try await store.facts(of: effect.loopID) else { return nil }
    return (facts, effect)
  }
}

/// Refuses commits of a dead daemon and of a full disk, and counts the others as boundaries.
private final class CommitGuardian: TransactionObserver, Sendable {
  private let fate: SimulatedFate

  init(fate: SimulatedFate) { self.fate = fate }

  func observes(eventsOfKind eventKind: DatabaseEventKind) -> Bool { false }
  func databaseDidChange(with event: DatabaseEvent) {}

  func databaseWillCommit() throws {
    guard !fate.boundary("before a commit") else { throw SimulatedFate.dead }
    if fate.isDiskFull { throw DatabaseError(resultCode: .SQLITE_FULL, message: "database or disk is full") }
  }

  func databaseDidCommit(_ db: Database) { _ = fate.boundary("after a commit") }
  func databaseDidRollback(_ db: Database) {}
}
