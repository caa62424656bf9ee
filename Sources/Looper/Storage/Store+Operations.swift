import GRDB

/// Commands of operators that change several rows at once.
extension Store {
  /// Keeps everything automatic away from a loop at once: nothing of it can be claimed any more. Says nothing yet,
  /// for its run may have to be stopped first.
  ///
  /// - Parameter purpose: what the next daemon finishes, or takes back, when this one ends before it is done.
  /// - Throws: `conflict` when the loop has ended.
  func fence(_ id: Loop.ID, for purpose: StopPurpose = .pause, at now: Timestamp) async throws {
    try await database.write { try Self.fence(id, for: purpose, at: now, $0) }
  }

  /// Pauses a loop whose run, if it had one, has been stopped.
  ///
  /// - Parameter what: the sentence of the event; `why` shows it.
  /// - Throws: `conflict` when the loop has ended; ``StaleWrite`` when a run of it is live.
  func pause(
    _ id: Loop.ID, for purpose: StopPurpose = .pause, saying what: String, at now: Timestamp
  ) async throws {
    try await database.write { db in
      try Self.requireIdle(id, db)
      try Self.fence(id, for: purpose, at: now, db)
      try Self.append(EventDraft(.loopControl, what, loopID: id), at: now, db)
    }
  }

  /// Lets a paused loop go on; it is decided anew at once.
  ///
  /// - Parameter what: the sentence of the event.
  /// - Throws: `conflict` when the loop has ended.
  func unfence(_ id: Loop.ID, saying what: String = "resumed", at now: Timestamp) async throws {
    try await database.write { try Self.unfence(id, saying: what, at: now, $0) }
  }

  /// Lets a loop go on that a takeover fenced and did not get. A pause that somebody asked for stays.
  func releaseTakeover(of id: Loop.ID, saying what: String, at now: Timestamp) async throws {
    try await database.write { db in
      let isFenced = try Bool.fetchOne(
        db, sql: "SELECT stopFor IS 'takeover' FROM loop WHERE id = :id AND state <> 'done'",
        arguments: ["id": id.rawValue])
      if isFenced == true { try Self.unfence(id, saying: what, at: now, db) }
    }
  }

  static func unfence(_ id: Loop.ID, saying what: String, at now: Timestamp, _ db: Database) throws {
    try db.execute(
      sql: "UPDATE loop SET isPaused = 0, stopFor = NULL WHERE id = :id AND state <> 'done'",
      arguments: ["id": id.rawValue])
    guard db.changesCount == 1, let loop = try loop(id, db) else {
      throw LooperError(.conflict, "\(id.handle) has ended already")
    }
    if case .waiting(.paused, _) = loop.state {
      try setState(of: id, to: .waiting(.observation, wakeAt: now), at: now, db)
    }
    try touch(id, db)
    try append(EventDraft(.loopControl, what, loopID: id), at: now, db)
  }

  /// Moves a live loop and its queued item to the lane `manual`; vendor, model and arguments change when they are
  /// given. Another vendor drops a model and arguments that were meant for the one before.
  func promote(
    _ id: Loop.ID, vendor: Vendor?, model: String?, extraArguments: [String] = [], at now: Timestamp
  ) async throws {
    try await database.write { db in
      guard let loop = try Self.loop(id, db), !loop.state.isDone else { return }
      let isOther = vendor != nil && vendor != loop.vendor
      let newVendor = vendor ?? loop.vendor
      let newModel = model ?? (isOther ? nil : loop.model)
      let newArguments = extraArguments.isEmpty && !isOther ? loop.extraArguments : extraArguments
      guard
        loop.lane != .manual || newVendor != loop.vendor || newModel != loop.model
          || newArguments != loop.extraArguments
      else { return }
      try db.execute(
        sql: """
          UPDATE loop SET lane = 'manual', vendor = :vendor, model = :model, extraArgsJSON = :extraArgs WHERE id = :id
          """,
        arguments: [
          "id": id.rawValue, "vendor": newVendor?.rawValue, "model": newModel,
          "extraArgs": try JSONColumn.encodeArguments(newArguments),
        ])
      try db.execute(
        sql: "UPDATE queueItem SET lane = 'manual' WHERE loopID = :id AND state = 'queued'",
        arguments: ["id": id.rawValue])
      try Self.append(EventDraft(.loopControl, "moved to the lane manual", loopID: id), at: now, db)
    }
  }

  /// Sends a live loop another way than it was started for; it is decided anew at once.
  ///
  /// - Parameter what: the sentence of the event.
  func redirect(_ id: Loop.ID, _ way: Redirection, saying what: String, at now: Timestamp) async throws {
    try await database.write { try Self.redirect(id, way, saying: what, at: now, $0) }
  }

  /// - Parameter label: the label that asks for it; nil when it is no label.
  static func redirect(
    _ id: Loop.ID, _ way: Redirection, label: String? = nil, saying what: String, at now: Timestamp,
    _ db: Database
  ) throws {
    switch way {
    case .plan, .implement:
      try db.execute(
        sql: "UPDATE loop SET skipsPlan = :skips WHERE id = :id AND pullNumber IS NULL AND state <> 'done'",
        arguments: ["skips": way == .implement, "id": id.rawValue])
    case .adopt:
      try db.execute(
        sql: "UPDATE loop SET isReviewOnly = 0 WHERE id = :id AND state <> 'done'",
        arguments: ["id": id.rawValue])
    }
    guard db.changesCount == 1 else { throw StaleWrite(row: "loop \(id)") }
    try db.execute(
      sql: "UPDATE loop SET triggerLabel = :label WHERE id = :id",
      arguments: ["label": label, "id": id.rawValue])
    // What a run decided for the other way is not wanted any more.
    if way != .adopt {
      try db.execute(
        sql: """
          UPDATE effect SET state = 'cancelled', endedAt = :now
          WHERE loopID = :id AND state = 'pending' AND runID IS NOT NULL
          """, arguments: ["now": now.milliseconds, "id": id.rawValue])
    }
    switch way {
    case .plan: try setPhase(of: id, to: .plan, at: now, db)
    case .implement: try setPhase(of: id, to: .work, at: now, db)
    case .adopt: break
    }
    try touch(id, db)
    try append(EventDraft(.loopControl, what, loopID: id), at: now, db)
  }

  /// Takes every queued item of a lane out and pauses its loop.
  ///
  /// - Parameter lane: nil is every lane.
  /// - Returns: the loops whose items were taken out.
  func clearQueue(_ lane: Lane?, at now: Timestamp) async throws -> [Loop.ID] {
    try await database.write { db in
      let ids = try Int64.fetchAll(
        db,
        sql: """
          SELECT loopID FROM queueItem WHERE state = 'queued' AND (:lane IS NULL OR lane = :lane) ORDER BY id
          """, arguments: ["lane": lane?.rawValue]
      ).map { Loop.ID($0) }
      for id in ids {
        try Self.fence(id, at: now, db)
        try Self.append(EventDraft(.loopControl, "paused: taken out of the queue", loopID: id), at: now, db)
      }
      return ids
    }
  }

  private static func fence(
    _ id: Loop.ID, for purpose: StopPurpose = .pause, at now: Timestamp, _ db: Database
  ) throws {
    // The fence of a takeover goes with it, and the pause of everything too, but a pause from before stays.
    try db.execute(
      sql: """
        UPDATE loop SET isPaused = 1,
          stopFor = CASE
            WHEN :purpose = 'pause' THEN NULL
            WHEN :purpose = 'takeover' AND isPaused = 1 AND stopFor = 'pause-all' THEN stopFor
            WHEN :purpose IN ('takeover', 'pause-all') AND isPaused = 1 AND stopFor IS NOT :purpose THEN NULL
            ELSE :purpose END
        WHERE id = :id AND state <> 'done'
        """, arguments: ["id": id.rawValue, "purpose": purpose.rawValue])
    guard db.changesCount == 1, let loop = try loop(id, db) else {
      throw LooperError(.conflict, "\(id.handle) has ended already")
    }
    try cancelItem(of: id, db)
    switch loop.state {
    case .queued, .waiting: try setState(of: id, to: .waiting(.paused, wakeAt: nil), at: now, db)
    // A run's end and the label of a blocked loop are the scheduler's to follow up.
    case .running, .blocked, .done: break
    }
    try touch(id, db)
  }
}

/// What an operator stops a loop for, in `loop.stopFor`. A pause of its own leaves nothing there.
enum StopPurpose: String, Sendable {
  case pause
  /// Ends with the pause of everything.
  case pauseAll = "pause-all"
  /// Is finished by the next daemon.
  case cancel
  /// An earlier daemon was told to cancel it.
  case cancelDue = "cancel-due"
  /// Is taken back by the next daemon: nobody was given the worktree.
  case takeover
}
