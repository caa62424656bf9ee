import GRDB
import Synchronization

@testable import Looper

/// A disk with no room for the database, while it lasts.
final class FullDatabase: Sendable {
  /// What has no room.
  enum Kind: CaseIterable, Sendable {
    /// SQLite gets no further page; what fits into those it has is still written.
    case pages
    /// Nothing is written at all.
    case commits
  }

  private let store: Store
  private let kind: Kind
  private let time: ManualTime
  private let refusal: Refusal

  init(of scene: EngineScene, _ kind: Kind) {
    store = scene.store
    self.kind = kind
    time = scene.time
    refusal = Refusal(time: time)
    store.database.add(transactionObserver: refusal)
  }

  /// Whether it was filled and has no room yet.
  var isFull: Bool { refusal.end.withLock { $0.map { time.now < $0 } ?? false } }
  var wasFilled: Bool { refusal.end.withLock { $0 != nil } }

  func fill(for duration: Duration) async throws {
    if kind == .pages {
      try await store.database.writeWithoutTransaction { db in
        try Self.useUpFreePages(db)
        let count = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
        try db.execute(sql: "PRAGMA max_page_count = \(count)")
      }
    }
    refusal.end.withLock { $0 = time.now + duration }
    refusal.isStrict.withLock { $0 = kind == .commits }
  }

  /// Gives SQLite its pages again. Commits go through by themselves when the time is over.
  func makeRoom() async throws {
    try await store.database.writeWithoutTransaction { db in
      try db.execute(sql: "PRAGMA max_page_count = 1000000000")
    }
  }

  /// What SQLite itself finds wrong with the file; "ok" when nothing is.
  func check() async throws -> String? {
    try await store.database.read { try String.fetchOne($0, sql: "PRAGMA quick_check") }
  }

  /// Pages that were given back would be taken before the file grows.
  private static func useUpFreePages(_ db: Database) throws {
    try db.execute(sql: "CREATE TABLE IF NOT EXISTS ballast (bytes BLOB NOT NULL)")
    while try Int.fetchOne(db, sql: "PRAGMA freelist_count") ?? 0 > 0 {
      try db.execute(sql: "INSERT INTO ballast (bytes) VALUES (zeroblob(3000))")
    }
  }

  /// Refuses every commit while the disk is full, as SQLite does when its log cannot grow.
  private final class Refusal: TransactionObserver, Sendable {
    let time: ManualTime
    let end = Mutex<Timestamp?>(nil)
    let isStrict = Mutex(false)

    init(time: ManualTime) { self.time = time }

    func observes(eventsOfKind eventKind: DatabaseEventKind) -> Bool { false }
    func databaseDidChange(with event: DatabaseEvent) {}
    func databaseDidCommit(_ db: Database) {}
    func databaseDidRollback(_ db: Database) {}

    func databaseWillCommit() throws {
      guard isStrict.withLock({ $0 }), let end = end.withLock({ $0 }), time.now < end else { return }
      throw DatabaseError(resultCode: .SQLITE_FULL, message: "database or disk is full")
    }
  }
}

extension EngineScene {
  /// One round of every part as its service drives it: what could not be written is left to the next round.
  ///
  /// - Returns: how many parts had no room.
  func enduringRound(_ step: Duration = .seconds(2)) async throws -> Int {
    forgeScene.clock.advance(by: step)
    time.advance(by: step)
    var refusals = 0
    func endure(_ part: () async throws -> Void) async throws {
      do {
        try await part()
      } catch let error as DatabaseError where error.resultCode == .SQLITE_FULL {
        refusals += 1
      }
    }
    try await endure { try await poller.tick(at: time.now) }
    try await endure { try await follower.tick(at: time.now) }
    try await endure { try await scheduler.tick(at: time.now) }
    for run in try await store.liveRuns() {
      try await endure { if try await runner.advance(run.id) == .ended { await runner.settle(run.id) } }
    }
    try await endure { try await dispatcher.tick(at: time.now) }
    try await endure { try await reaper.tick(at: time.now) }
    return refusals
  }
}
