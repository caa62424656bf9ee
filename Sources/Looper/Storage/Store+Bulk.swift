import GRDB

/// Commands on every loop, and the pause of everything.
extension Store {
  private static let pausedKey = "paused-since"

  /// Since when nothing new starts, by the operator's word; nil when it does.
  func allPausedSince() async throws -> Timestamp? {
    try await database.read { try Self.allPausedSince($0) }
  }

  static func allPausedSince(_ db: Database) throws -> Timestamp? {
    try String.fetchOne(db, sql: "SELECT value FROM setting WHERE key = :key", arguments: ["key": pausedKey])
      .flatMap { Int64($0) }.map { Timestamp(milliseconds: $0) }
  }

  /// Lets nothing new start any more, across restarts, or lets it again; what is so already writes nothing.
  ///
  /// - Returns: whether that is a change.
  func setAllPaused(_ isPaused: Bool, at now: Timestamp) async throws -> Bool {
    try await database.write { db in
      if isPaused {
        try db.execute(
          sql: "INSERT INTO setting (key, value) VALUES (:key, :now) ON CONFLICT (key) DO NOTHING",
          arguments: ["key": Self.pausedKey, "now": String(now.milliseconds)])
      } else {
        try db.execute(sql: "DELETE FROM setting WHERE key = :key", arguments: ["key": Self.pausedKey])
      }
      guard db.changesCount == 1 else { return false }
      let what = isPaused ? "everything is paused: nothing new starts" : "new work starts again"
      try Self.append(EventDraft(.loopControl, what), at: now, db)
      return true
    }
  }

  /// Has the scheduler decide every live loop anew.
  func decideAllAnew() async throws {
    try await database.write { db in
      try db.execute(
        sql: """
          UPDATE loop SET changeSeq = changeSeq + 1 WHERE state IN ('queued', 'running', 'waiting', 'blocked')
          """)
    }
  }

  /// The live loops that a command on all of them applies to, oldest first.
  ///
  /// - Parameter isEndOfPause: whether a pause of everything ends: what was paused one by one stays so. It also does while
  ///   a daemon that ended has left something of that pause.
  func loops(for action: BulkAction, isEndOfPause: Bool) async throws -> [Loop.ID] {
    let condition =
      switch action {
      case .pause: "isPaused = 0"
      case .resume:
        """
        isPaused = 1 AND (stopFor IS 'pause-all' OR NOT (\(isEndOfPause ? "1" : "0") OR EXISTS (
          SELECT 1 FROM loop AS other WHERE other.state <> 'done' AND other.isPaused = 1
            AND other.stopFor = 'pause-all')))
        """
      case .retry: "state = 'blocked'"
      case .cancel: "1"
      }
    return try await database.read { db in
      try Int64.fetchAll(
        db,
        sql: """
          SELECT id FROM loop WHERE state IN ('queued', 'running', 'waiting', 'blocked') AND \(condition) ORDER BY id
          """
      ).map { Loop.ID($0) }
    }
  }
}
