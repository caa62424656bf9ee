import GRDB

/// The daemon's real database in memory, which outlives the daemon as a file would, and fails when fate says so.
struct SimulatedDatabase: Sendable {
  let store: Store
  private let guardian: CommitGuardian

  init(fate: SimulatedFate) throws {
    store = try Store(inMemory: nil)
    guardian = CommitGuardian(fate: fate)
    store.database.add(transactionObserver: guardian, extent: .databaseLifetime)
    try store.database.write { try $0.execute(sql: TransitionRules.sql) }
  }

  /// Number of rows written so far; nothing was written between two equal ones.
  func changesSoFar() async throws -> Int { try await store.database.read { $0.totalChangesCount } }

  /// Installs what a mutation test does wrong.
  func sabotage(_ sql: String) async throws { try await store.database.write { try $0.execute(sql: sql) } }

  /// What the rules about rows find now, and what those about transitions wrote down.
  func breaches() async throws -> [SimulationBreach] {
    try await store.database.read { db in
      let noted = try Row.fetchAll(db, sql: "SELECT rule, what FROM broken ORDER BY id LIMIT 5").map {
        SimulationBreach(rule: $0["rule"], what: $0["what"])
      }
      return try noted + StoredRule.breaches(db)
    }
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
