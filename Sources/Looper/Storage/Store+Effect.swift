import GRDB

extension Store {
  /// Longest time an effect may wait before it is tried again, whatever the failure said.
  static let effectDelayMax: Duration = .seconds(300)

  /// Records intended writes in the transaction of what justifies them. A write that this loop has under the same key
  /// on its way or done is left out: that is what keeps it from happening twice.
  static func emit(
    _ drafts: [EffectDraft], of loop: Loop, run: Run.ID?, stage: String, at now: Timestamp, _ db: Database
  ) throws {
    for draft in drafts {
      try db.execute(
        sql: """
          INSERT INTO effect (loopID, runID, stage, key, kind, isMaterial, writeJSON, state, notBefore, createdAt)
          VALUES (:loop, :run, :stage, :key, :kind, :material, :write, 'pending', :now, :now)
          ON CONFLICT (key) WHERE state IN ('pending', 'sending', 'done') DO NOTHING
          """,
        arguments: [
          "loop": loop.id.rawValue, "run": run?.rawValue, "stage": stage,
          "key": loop.effectKey(draft.key),
          "kind": draft.write.kind, "material": draft.write.movesTheLoop,
          "write": try JSONColumn.encode(draft.write), "now": now.milliseconds,
        ])
    }
  }

  /// Which open writes a person does not keep back: of a loop that is paused, taken over or held only what takes an
  /// order back, and what is dropped, goes on. The rest rests, without a look and without a change of its row.
  private static let isFree = """
    (loop.state = 'done'
      OR effect.kind IN ('rerun-check', 'update-head', 'merge', 'withdraw-merge', 'resolve-thread')
      OR (loop.isPaused = 0 AND loop.isTakenOver = 0 AND NOT (loop.state = 'waiting' AND loop.stateReason = 'hold')))
    """

  /// The next write of each loop that may be sent now: its oldest open one.
  ///
  /// One that is being sent already is one whose end could not be recorded, by a full disk for example: there is one
  /// sender, and it asks between two writes.
  func sendableEffects(at now: Timestamp, limit: Int) async throws -> [Effect] {
    let (effects, unreadable) = try await database.read { db in
      var effects: [Effect] = []
      var unreadable: [Effect.ID: DecodingError] = [:]
      for row in try Row.fetchAll(
        db,
        sql: """
          SELECT \(Self.effectColumns) FROM effect
          WHERE id IN (SELECT min(effect.id) FROM effect JOIN loop ON loop.id = effect.loopID
              WHERE effect.state IN ('pending', 'sending') AND \(Self.isFree) GROUP BY effect.loopID)
            AND notBefore <= :now
          ORDER BY id LIMIT :limit
          """, arguments: ["now": now.milliseconds, "limit": limit])
      {
        do {
          effects.append(try Self.effect(row))
        } catch let error as DecodingError {
          unreadable[Effect.ID(row["id"])] = error
        }
      }
      return (effects, unreadable)
    }
    for (id, error) in unreadable { try await refuseUnreadable(id, error, at: now) }
    return effects
  }

  /// Gives a write up that cannot be read: the loop it belongs to stops, and no other is held up.
  private func refuseUnreadable(_ id: Effect.ID, _ error: DecodingError, at now: Timestamp) async throws {
    let failure = Failure(.bug, "the write \(id) cannot be read: \(error.place)")
    let failureJSON = try JSONColumn.encode(failure)
    try await database.write { db in
      try db.execute(
        sql: """
          UPDATE effect SET state = 'refused', failureJSON = :failure, endedAt = :now
          WHERE id = :id AND state IN ('pending', 'sending')
          """, arguments: ["failure": failureJSON, "now": now.milliseconds, "id": id.rawValue])
      guard db.changesCount == 1,
        let loop = try Int64.fetchOne(
          db, sql: "SELECT loopID FROM effect WHERE id = :id", arguments: ["id": id.rawValue]
        ).map({ Loop.ID($0) })
      else { return }
      try Self.stopPublishing(loop, because: failure, db)
      try Self.touch(loop, db)
      try Self.append(EventDraft(.effectRefused, failure.message, loopID: loop), at: now, db)
    }
  }

  /// When the next write becomes due; nil when there is none.
  func nextEffectDue() async throws -> Timestamp? {
    try await database.read { db in
      // Both states are named because the index of open writes is only used by a query that says the same.
      try Int64.fetchOne(
        db,
        sql: """
          SELECT min(effect.notBefore) FROM effect JOIN loop ON loop.id = effect.loopID
          WHERE effect.state IN ('pending', 'sending') AND effect.state = 'pending' AND \(Self.isFree)
          """
      ).map { Timestamp(milliseconds: $0) }
    }
  }

  /// How many writes were sent in that time, for the hourly and per-minute bounds. What a clock that was ahead called the
  /// future does not count.
  func effectsSent(after start: Timestamp, until end: Timestamp) async throws -> Int {
    try await database.read { db in
      try Int.fetchOne(
        db,
        sql: """
          SELECT count(*) FROM effect
          WHERE sentAt IS NOT NULL AND sentAt > :start AND sentAt <= :end AND kind <> 'push-branch'
          """, arguments: ["start": start.milliseconds, "end": end.milliseconds]) ?? 0
    }
  }

  /// Records that a write is about to be sent, so that after a crash it is probed first.
  ///
  /// - Returns: false when a person took the loop in hand since it was looked at; then nothing may be sent.
  func beginSending(_ effect: Effect, at now: Timestamp) async throws -> Bool {
    try await database.write { db in
      let isFenced =
        try Bool.fetchOne(
          db, sql: "SELECT state <> 'done' AND (isPaused = 1 OR isTakenOver = 1) FROM loop WHERE id = :loop",
          arguments: ["loop": effect.loopID.rawValue]) ?? false
      guard !isFenced || effect.write.isWithdrawal else { return false }
      try db.execute(
        sql: """
          UPDATE effect SET state = 'sending', attempts = attempts + 1, sentAt = :now, failureJSON = NULL
          WHERE id = :id AND state IN ('pending', 'sending')
          """, arguments: ["now": now.milliseconds, "id": effect.id.rawValue])
      guard db.changesCount == 1 else { throw StaleWrite(row: "effect \(effect.id)") }
      return true
    }
  }

  /// GitHub's id of this loop's status comment, and when one of its status comments was last sent.
  func statusComment(of loop: Loop.ID) async throws -> (remoteID: String?, sentAt: Timestamp?) {
    try await database.read { db in
      let row = try Row.fetchOne(
        db,
        sql: """
          SELECT max(sentAt) AS sentAt,
            (SELECT json_extract(receiptJSON, '$.remoteID') FROM effect
              WHERE loopID = :loop AND kind = 'status-comment' AND state = 'done' ORDER BY id DESC LIMIT 1) AS remoteID
          FROM effect WHERE loopID = :loop AND kind = 'status-comment'
          """, arguments: ["loop": loop.rawValue])
      return (row?["remoteID"], (row?["sentAt"] as Int64?).map { Timestamp(milliseconds: $0) })
    }
  }

  /// Records the proof that a write happened, and what the loop learns from it.
  func completeEffect(_ effect: Effect, receipt: Receipt, at now: Timestamp) async throws {
    let receiptJSON = try JSONColumn.encode(receipt)
    try await database.write { db in
      try db.execute(
        sql: """
          UPDATE effect SET state = 'done', receiptJSON = :receipt, failureJSON = NULL, endedAt = :now
          WHERE id = :id AND state IN ('pending', 'sending')
          """, arguments: ["receipt": receiptJSON, "now": now.milliseconds, "id": effect.id.rawValue])
      guard db.changesCount == 1 else { throw StaleWrite(row: "effect \(effect.id)") }
      let isMaterial = effect.write.movesTheLoop
      try db.execute(
        sql: """
          UPDATE loop SET pullNumber = coalesce(:pull, pullNumber),
            wroteAt = CASE WHEN :material THEN :now ELSE wroteAt END WHERE id = :loop
          """,
        arguments: [
          "pull": receipt.pullNumber, "material": isMaterial, "now": now.milliseconds,
          "loop": effect.loopID.rawValue,
        ])
      try Self.touch(effect.loopID, db)
      let found = receipt.wasFound ? " (found, not sent again)" : ""
      try Self.append(
        EventDraft(
          .effectDone, "\(effect.write.summary)\(found)", loopID: effect.loopID, runID: effect.runID),
        at: now, db)
    }
  }

  /// Puts a write back to be tried again later.
  func postponeEffect(_ id: Effect.ID, because failure: Failure?, until time: Timestamp) async throws {
    let failureJSON = try failure.map(JSONColumn.encode)
    try await database.write { db in
      try db.execute(
        sql: """
          UPDATE effect SET state = 'pending', notBefore = :until, failureJSON = coalesce(:failure, failureJSON)
          WHERE id = :id AND state IN ('pending', 'sending')
          """, arguments: ["until": time.milliseconds, "failure": failureJSON, "id": id.rawValue])
      guard db.changesCount == 1 else { throw StaleWrite(row: "effect \(id)") }
    }
  }

  /// Gives a write up for good, and with it the rest of its batch, which was decided together with it.
  func refuseEffect(_ effect: Effect, because failure: Failure, at now: Timestamp) async throws {
    let failureJSON = try JSONColumn.encode(failure)
    // What a run may leave undone is only dropped: the rest of its batch goes on without it.
    let isDropped = effect.write.mayBeDropped && effect.runID != nil && failure.kind == .conflict
    try await database.write { db in
      try db.execute(
        sql: """
          UPDATE effect SET state = :state, failureJSON = :failure, endedAt = :now
          WHERE id = :id AND state IN ('pending', 'sending')
          """,
        arguments: [
          "state": isDropped ? Effect.State.cancelled.rawValue : Effect.State.refused.rawValue,
          "failure": failureJSON, "now": now.milliseconds, "id": effect.id.rawValue,
        ])
      guard db.changesCount == 1 else { throw StaleWrite(row: "effect \(effect.id)") }
      if isDropped {
        // Nothing else depends on it.
      } else if let run = effect.runID {
        try Self.giveUpWrites(of: run, in: effect.loopID, because: failure, at: now, db)
        if failure.kind == .needsHuman { try Self.stopPublishing(effect.loopID, because: failure, db) }
      } else if effect.write.isOptional, failure.kind == .conflict {
        // The world moved: a newer look decides whether it is still wanted.
        try db.execute(
          sql: "UPDATE loop SET wroteAt = :now WHERE id = :loop",
          arguments: ["now": now.milliseconds, "loop": effect.loopID.rawValue])
      } else if effect.write.movesTheLoop, !effect.write.mayBeRefused {
        // Nobody else would notice: the coordinator counted on it.
        try Self.stopPublishing(effect.loopID, because: failure, db)
      }
      try Self.touch(effect.loopID, db)
      try Self.append(
        EventDraft(
          // The kind alone: the summary may hold what was refused.
          .effectRefused, "\(effect.write.kind): \(failure.message)", loopID: effect.loopID,
          runID: effect.runID),
        at: now, db)
    }
  }

  static func stopPublishing(
    _ loopID: Loop.ID, because failure: Failure, _ db: Database
  ) throws {
    try db.execute(
      sql: "UPDATE loop SET stopReason = 'publish-refused', stopMessage = :message WHERE id = :loop",
      arguments: ["message": failure.message, "loop": loopID.rawValue])
  }

  func effects(ofRun id: Run.ID) async throws -> [Effect] {
    try await database.read { try Self.effects(ofRun: id, $0) }
  }

  func effects(ofLoop id: Loop.ID, limit: Int) async throws -> [Effect] {
    try await database.read { db in
      try Row.fetchAll(
        db,
        sql: "SELECT \(Self.effectColumns) FROM effect WHERE loopID = :loop ORDER BY id DESC LIMIT :limit",
        arguments: ["loop": id.rawValue, "limit": limit], as: Self.effect
      ).reversed()
    }
  }

  static func effects(ofRun id: Run.ID, _ db: Database) throws -> [Effect] {
    try Row.fetchAll(
      db, sql: "SELECT \(effectColumns) FROM effect WHERE runID = :run ORDER BY id",
      arguments: ["run": id.rawValue], as: effect)
  }

  static let effectColumns = """
    id, loopID, runID, stage, key, writeJSON, state, attempts, notBefore, sentAt, receiptJSON, failureJSON, createdAt, endedAt
    """

  static func effect(_ row: Row) throws -> Effect {
    let id = Effect.ID(row["id"])
    guard let state = Effect.State(rawValue: row["state"]) else { throw StaleWrite(row: "effect \(id)") }
    return Effect(
      id: id, loopID: Loop.ID(row["loopID"]), runID: (row["runID"] as Int64?).map { Run.ID($0) },
      stage: row["stage"],
      key: row["key"], write: try JSONColumn.decode(Write.self, from: row["writeJSON"] as String),
      state: state,
      attempts: row["attempts"], notBefore: Timestamp(milliseconds: row["notBefore"]),
      sentAt: (row["sentAt"] as Int64?).map { Timestamp(milliseconds: $0) },
      receipt: try JSONColumn.decodeIfPresent(Receipt.self, from: row["receiptJSON"] as String?),
      failure: try JSONColumn.decodeIfPresent(Failure.self, from: row["failureJSON"] as String?),
      createdAt: Timestamp(milliseconds: row["createdAt"]),
      endedAt: (row["endedAt"] as Int64?).map { Timestamp(milliseconds: $0) })
  }
}
