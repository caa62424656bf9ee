import GRDB

/// What a claim needs besides the row: who runs it.
struct ClaimTerms: Equatable, Sendable {
  var vendor: Vendor
  var model: String?
  /// What somebody asked for when the loop was started, for ``vendor`` alone.
  var extraArguments: [String] = []
  /// The configured model of every other vendor that has one.
  var models: [Vendor: String] = [:]
  /// Who runs it instead while that vendor is limited or down, the first that is not.
  var fallback: [Vendor] = []
  /// Why it is not the vendor of the configuration; empty when it is.
  var reason = ""

  /// Everybody who may run it, best first.
  var vendors: [Vendor] { [vendor] + fallback.filter { $0 != vendor } }
}

extension ClaimTerms {
  /// The first vendor that may be given work now, and whether that is to find out if it works again.
  func choice(_ gates: [Vendor: VendorGate], at now: Timestamp) -> (terms: ClaimTerms, isProbe: Bool)? {
    for candidate in vendors {
      let admission = gates[candidate]?.admission(at: now) ?? .free
      guard admission != .no else { continue }
      guard candidate != vendor else { return (self, admission == .asProbe) }
      let trouble =
        switch gates[vendor]?.closure?.cause {
        case .outage: "does not answer"
        case .account: "needs a person"
        case .limit, nil: "is limited"
        }
      let terms = ClaimTerms(
        vendor: candidate, model: models[candidate], reason: "\(vendor.rawValue) \(trouble)")
      return (terms, admission == .asProbe)
    }
    return nil
  }
}

extension Store {
  /// Most due items considered in one claim.
  static let candidatesMax = 500

  /// Claims due items within the limits: item to claimed, run to running, loop to running, lease taken; one
  /// transaction, so that two claimers never get the same.
  ///
  /// - Parameters:
  ///   - isAdmitted: whether a loop may run at all now; its host may be down.
  ///   - terms: vendor and model for a role in a project, from the configuration.
  ///   - nonce: fresh random text per run.
  /// - Returns: the new runs, best first; none while everything is paused.
  func claimDueItems(
    admission: Admission, configurationHash: String, at now: Timestamp,
    isAdmitted: @escaping @Sendable (Loop) -> Bool = { _ in true },
    terms: @escaping @Sendable (Loop, Role) -> ClaimTerms, nonce: @escaping @Sendable () -> String
  ) async throws -> [Run.ID] {
    let hasDue = try await database.read { db in
      try Bool.fetchOne(
        db, sql: "SELECT EXISTS (SELECT 1 FROM queueItem WHERE state = 'queued' AND dueAt <= :now)",
        arguments: ["now": now.milliseconds]) == true && Self.allPausedSince(db) == nil
    }
    guard hasDue else { return [] }
    return try await database.write { db in
      guard try Self.allPausedSince(db) == nil else { return [] }
      let slots = try Self.heldSlots(db)
      let gates = try Self.vendorGates(db)
      var claimable: [QueueItem.ID: (Loop, Job, ClaimTerms)] = [:]
      var candidates: [Admission.Candidate] = []
      let rows = try Self.dueItems(at: now, db)
      // Items that may not start now must not keep those out that may.
      while candidates.count < Self.candidatesMax, let row = try rows.next() {
        let id = QueueItem.ID(row["itemID"])
        guard let job = Job(code: row["job"]), let lane = Lane(rawValue: row["itemLane"]) else { continue }
        let loop = try Self.loop(row)
        guard isAdmitted(loop), let (chosen, isProbe) = terms(loop, job.role).choice(gates, at: now) else {
          continue
        }
        claimable[id] = (loop, job, chosen)
        candidates.append(
          .init(
            itemID: id, project: loop.projectID, role: job.role, vendor: chosen.vendor, isProbe: isProbe,
            lane: lane, dueAt: Timestamp(milliseconds: row["dueAt"]), isBumped: row["isBumped"]))
      }
      return try admission.choose(from: candidates, holding: slots, at: now).compactMap { candidate in
        guard let (loop, job, chosen) = claimable[candidate.itemID] else { return nil }
        return try Self.claim(
          candidate.itemID, loop, job, chosen, configurationHash: configurationHash, nonce: nonce(), at: now,
          db)
      }
    }
  }

  private static func dueItems(at now: Timestamp, _ db: Database) throws -> RowCursor {
    try Row.fetchCursor(
      db,
      sql: """
        SELECT queueItem.id AS itemID, queueItem.job, queueItem.lane AS itemLane, queueItem.dueAt, queueItem.isBumped,
          loop.*, project.name AS projectName
        FROM queueItem JOIN loop ON loop.id = queueItem.loopID JOIN project ON project.id = loop.projectID
        WHERE queueItem.state = 'queued' AND queueItem.dueAt <= :now AND loop.state = 'queued'
        ORDER BY queueItem.isBumped DESC, queueItem.dueAt
        """, arguments: ["now": now.milliseconds])
  }

  /// What runs at the moment takes up.
  static func heldSlots(_ db: Database) throws -> [Admission.Slot] {
    try Row.fetchAll(
      db,
      sql: """
        SELECT run.job, run.vendor, loop.projectID FROM run JOIN loop ON loop.id = run.loopID WHERE run.state = 'running'
        """
    ) { row in
      guard let job = Job(code: row["job"]), let vendor = Vendor(rawValue: row["vendor"]) else { return nil }
      return Admission.Slot(project: Project.ID(row["projectID"]), role: job.role, vendor: vendor)
    }
  }

  private static func claim(
    _ item: QueueItem.ID, _ loop: Loop, _ job: Job, _ terms: ClaimTerms, configurationHash: String,
    nonce: String,
    at now: Timestamp, _ db: Database
  ) throws -> Run.ID {
    try db.execute(
      sql: "UPDATE queueItem SET state = 'claimed' WHERE id = :id AND state = 'queued'",
      arguments: ["id": item.rawValue])
    guard db.changesCount == 1 else { throw StaleWrite(row: "queue item \(item)") }
    let generation =
      try Int.fetchOne(
        db, sql: "SELECT coalesce(max(generation), 0) + 1 FROM run WHERE loopID = :loop",
        arguments: ["loop": loop.id.rawValue]) ?? 1
    try db.execute(
      sql: """
        INSERT INTO run (loopID, itemID, job, state, vendor, model, extraArgsJSON, generation, configurationHash,
          pipelineVersion, nonce, startedAt)
        VALUES (:loop, :item, :job, 'running', :vendor, :model, :extraArgs, :generation, :hash, :version, :nonce, :now)
        """,
      arguments: [
        "loop": loop.id.rawValue, "item": item.rawValue, "job": job.code, "vendor": terms.vendor.rawValue,
        "model": terms.model, "extraArgs": try JSONColumn.encodeArguments(terms.extraArguments),
        "generation": generation, "hash": configurationHash,
        "version": PipelineVersion.current, "nonce": nonce, "now": now.milliseconds,
      ])
    let run = Run.ID(db.lastInsertedRowID)
    try db.execute(
      sql: """
        INSERT INTO lease (loopID, runID, generation, acquiredAt) VALUES (:loop, :run, :generation, :now)
        ON CONFLICT (loopID) DO UPDATE SET runID = :run, generation = :generation, acquiredAt = :now
        """,
      arguments: [
        "loop": loop.id.rawValue, "run": run.rawValue, "generation": generation, "now": now.milliseconds,
      ])
    try setState(of: loop.id, to: .running, at: now, db)
    let reason = terms.reason.isEmpty ? "" : ", because \(terms.reason)"
    try append(
      EventDraft(
        .runStarted, "\(job.code) by \(terms.vendor.rawValue)\(reason)", loopID: loop.id, runID: run),
      at: now, db)
    try tellGate(of: terms.vendor, .claimed(run), at: now, db)
    return run
  }

  /// Live queue items with their loops, in the order they would be claimed were there no limits.
  func queue() async throws -> [(item: QueueItem, loop: Loop)] {
    try await database.read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT queueItem.id AS itemID, queueItem.loopID, queueItem.job, queueItem.lane AS itemLane,
            queueItem.state AS itemState, queueItem.dueAt, queueItem.enqueuedAt, queueItem.isBumped,
            loop.*, project.name AS projectName
          FROM queueItem JOIN loop ON loop.id = queueItem.loopID JOIN project ON project.id = loop.projectID
          WHERE queueItem.state IN ('queued', 'claimed')
          ORDER BY queueItem.state, queueItem.isBumped DESC,
            CASE queueItem.lane WHEN 'manual' THEN 0 WHEN 'planned' THEN 1 ELSE 2 END, queueItem.dueAt,
            queueItem.id
          """
      ) { row in
        guard let job = Job(code: row["job"]), let lane = Lane(rawValue: row["itemLane"]),
          let state = QueueItem.State(rawValue: row["itemState"])
        else { return nil }
        let item = QueueItem(
          id: QueueItem.ID(row["itemID"]), loopID: Loop.ID(row["loopID"]), job: job, lane: lane, state: state,
          dueAt: Timestamp(milliseconds: row["dueAt"]),
          enqueuedAt: Timestamp(milliseconds: row["enqueuedAt"]),
          isBumped: row["isBumped"])
        return (item, try Self.loop(row))
      }
    }
  }

  /// Puts a queued item before everything else in every lane and makes it due now.
  func bump(_ loop: Loop.ID, at now: Timestamp) async throws {
    try await database.write { db in
      try db.execute(
        sql: """
          UPDATE queueItem SET isBumped = 1, dueAt = min(dueAt, :now) WHERE loopID = :loop AND state = 'queued'
          """, arguments: ["now": now.milliseconds, "loop": loop.rawValue])
      guard db.changesCount == 1 else {
        throw LooperError(.conflict, "\(loop.handle) has no queued item; see looper queue list")
      }
    }
  }
}
