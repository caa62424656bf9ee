import GRDB

/// The fingerprints a sweep compares with, so that an unchanged subject costs no further look.
struct SeenFingerprints: Equatable, Sendable {
  var loopID: Loop.ID
  var issue: String
  var pull: String
}

extension Store {
  /// Stores what a look saw and marks the loop for evaluation.
  ///
  /// - Parameters:
  ///   - issue: the sweep's fingerprint that this look answers; nil keeps the stored one.
  ///   - pull: the same for the pull request.
  ///   - time: when the look began.
  ///   - now: when it is stored. A later look than `time` that was stored meanwhile, by a run for example, stays; one
  ///     from a time that has yet to come, by this clock, does not. Nil when no other look can have come in between.
  func recordObservation(
    _ observation: Observation, of id: Loop.ID, issue: String?, pull: String?, at time: Timestamp,
    storedAt now: Timestamp? = nil
  ) async throws {
    try await database.write { db in
      let isOvertaken = try Bool.fetchOne(
        db, sql: "SELECT at > :time AND at <= :now FROM observation WHERE loopID = :id",
        arguments: ["time": time.milliseconds, "now": now?.milliseconds, "id": id.rawValue])
      if isOvertaken == true { return }
      try Self.keep(observation, of: id, at: time, db)
      try db.execute(
        sql: """
          UPDATE observation SET issueFingerprint = coalesce(:issue, issueFingerprint),
            pullFingerprint = coalesce(:pull, pullFingerprint) WHERE loopID = :id
          """, arguments: ["issue": issue, "pull": pull, "id": id.rawValue])
      try Self.touch(id, db)
    }
  }

  static func keep(_ observation: Observation, of id: Loop.ID, at now: Timestamp, _ db: Database) throws {
    try db.execute(
      sql: """
        INSERT INTO observation (loopID, at, issueFingerprint, pullFingerprint, bodyJSON)
        VALUES (:id, :now, '', '', :body)
        ON CONFLICT (loopID) DO UPDATE SET at = :now, bodyJSON = :body
        """,
      arguments: ["id": id.rawValue, "now": now.milliseconds, "body": try JSONColumn.encode(observation)])
    if let pull = observation.pull {
      try keepChecks(of: pull, of: id, at: now, db)
      try keepHead(of: pull, of: id, at: now, db)
    }
    if let title = observation.issue?.title ?? observation.pull?.title {
      try db.execute(
        sql: "UPDATE loop SET title = :title WHERE id = :id AND title <> :title",
        arguments: ["title": title, "id": id.rawValue])
    }
  }

  /// Remembers since when the head is what it is, and since when its checks have been running without a moment at which
  /// all had ended; what was known before writes nothing. What somebody else pushed is a new matter.
  private static func keepHead(of pull: PullSnapshot, of id: Loop.ID, at now: Timestamp, _ db: Database)
    throws
  {
    try db.execute(
      sql: """
        UPDATE loop SET threadFixes = CASE WHEN headSHA IS :head OR pushedSHA IS :head THEN threadFixes ELSE 0 END,
          headSince = CASE WHEN headSHA IS :head THEN headSince ELSE :now END,
          checksSince = CASE WHEN NOT :isPending THEN NULL WHEN headSHA IS :head THEN coalesce(checksSince, :now)
            ELSE :now END,
          headSHA = :head
        WHERE id = :id AND (headSHA IS NOT :head OR (checksSince IS NOT NULL) <> :isPending)
        """,
      arguments: [
        "head": pull.headSHA.rawValue, "isPending": !ChecksVerdict(pull).pending.isEmpty,
        "now": now.milliseconds, "id": id.rawValue,
      ])
  }

  /// Fingerprints of every live loop.
  func seenFingerprints() async throws -> [Loop.ID: SeenFingerprints] {
    try await database.read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT observation.loopID, issueFingerprint, pullFingerprint FROM observation
          JOIN loop ON loop.id = observation.loopID WHERE loop.state <> 'done'
          """
      ).reduce(into: [:]) { seen, row in
        let id = Loop.ID(row["loopID"])
        seen[id] = SeenFingerprints(loopID: id, issue: row["issueFingerprint"], pull: row["pullFingerprint"])
      }
    }
  }

  /// The text of an observation; null when it is no JSON, which SQLite's functions refuse.
  static let readableBody = "CASE WHEN json_valid(observation.bodyJSON) THEN observation.bodyJSON END"

  /// What a look saw, unless this version cannot read it: that is as good as no look, and the next one replaces it.
  static func readableObservation(_ row: Row?) -> Observation? {
    // Best effort: an old or damaged row must not keep this loop, or any other, from being decided.
    try? JSONColumn.decodeIfPresent(Observation.self, from: row?["bodyJSON"] as String?)
  }
}
