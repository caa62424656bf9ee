import GRDB

/// An event before it has a sequence number.
struct EventDraft: Sendable {
  var kind: Event.Kind
  var message: String
  var projectID: Project.ID?
  var loopID: Loop.ID?
  var runID: Run.ID?

  init(
    _ kind: Event.Kind, _ message: String, projectID: Project.ID? = nil, loopID: Loop.ID? = nil,
    runID: Run.ID? = nil
  ) {
    self.kind = kind
    self.message = message
    self.projectID = projectID
    self.loopID = loopID
    self.runID = runID
  }
}

extension Store {
  /// Longest event message kept; the rest is cut.
  static let eventMessageLengthMax = 500

  /// Appends an event that goes with no other change.
  func append(_ draft: EventDraft, at now: Timestamp) async throws {
    try await database.write { try Self.append(draft, at: now, $0) }
  }

  /// Events after `sequence` in order, at most `limit`; optionally only those of one loop.
  func events(after sequence: Int64, limit: Int, loop: Loop.ID? = nil) async throws -> [Event] {
    try await database.read { db in
      if let loop {
        try Row.fetchAll(
          db,
          sql: """
            SELECT sequence, at, kind, projectID, loopID, runID, message FROM event
            WHERE loopID = :loop AND sequence > :after ORDER BY sequence LIMIT :limit
            """, arguments: ["after": sequence, "limit": limit, "loop": loop.rawValue], as: Self.event)
      } else {
        try Row.fetchAll(
          db,
          sql: """
            SELECT sequence, at, kind, projectID, loopID, runID, message FROM event
            WHERE sequence > :after ORDER BY sequence LIMIT :limit
            """, arguments: ["after": sequence, "limit": limit], as: Self.event)
      }
    }
  }

  /// The newest events of a run of `loop`, oldest first.
  func newestEvents(ofRun id: Run.ID, in loop: Loop.ID, limit: Int) async throws -> [Event] {
    try await database.read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT sequence, at, kind, projectID, loopID, runID, message FROM event
          WHERE loopID = :loop AND runID = :run ORDER BY sequence DESC LIMIT :limit
          """, arguments: ["loop": loop.rawValue, "run": id.rawValue, "limit": limit], as: Self.event
      ).reversed()
    }
  }

  /// The newest sequence number; 0 before the first event.
  func lastEventSequence() async throws -> Int64 {
    try await database.read { try Int64.fetchOne($0, sql: "SELECT max(sequence) FROM event") ?? 0 }
  }

  static func append(_ draft: EventDraft, at now: Timestamp, _ db: Database) throws {
    let statement = try db.cachedStatement(
      sql: """
        INSERT INTO event (at, kind, projectID, loopID, runID, message)
        VALUES (:at, :kind, coalesce(:project, (SELECT projectID FROM loop WHERE id = :loop)), :loop, :run, :message)
        """)
    try statement.execute(arguments: [
      "at": now.milliseconds, "kind": draft.kind.rawValue, "project": draft.projectID?.rawValue,
      "loop": draft.loopID?.rawValue, "run": draft.runID?.rawValue,
      "message": String(draft.message.prefix(eventMessageLengthMax)),
    ])
  }

  /// Nil for a kind that a newer binary wrote: it is passed over, not guessed.
  private static func event(_ row: Row) -> Event? {
    guard let kind = Event.Kind(rawValue: row["kind"]) else { return nil }
    return Event(
      sequence: row["sequence"], at: Timestamp(milliseconds: row["at"]), kind: kind,
      projectID: (row["projectID"] as Int64?).map { .init($0) },
      loopID: (row["loopID"] as Int64?).map { .init($0) },
      runID: (row["runID"] as Int64?).map { .init($0) }, message: row["message"])
  }
}
