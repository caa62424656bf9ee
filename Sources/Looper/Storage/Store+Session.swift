import GRDB

extension Store {
  /// The intent to start an agent, before there is a process. From here on it counts against every budget, with what
  /// its like used lately until it has told more, so that several of one kind do not spend the same rest.
  ///
  /// - Parameters:
  ///   - head: the commit the run began on.
  ///   - earlier: the session whose conversation it goes on with.
  /// - Throws: ``BudgetBreach`` when a budget is spent, ``Failure`` when the rest is set aside for sessions under way;
  ///   then there is no session.
  func beginSession(
    of run: Run, stage: String, head: CommitSHA? = nil, resuming earlier: Session.ID? = nil,
    budget: FlowPolicy.Budget = .init(), at now: Timestamp
  ) async throws -> Session.ID {
    try await database.write { db in
      let spent = try Self.spending(by: run, at: now, db)
      if let breach = budget.breach(spent) { throw breach }
      let reservation = try Self.reserve(for: run, budget, spent, at: now, db)
      try db.execute(
        sql: """
          INSERT INTO session (runID, loopID, stage, vendor, model, state, headSHA, resumedFrom, startedAt,
            reservedTokens, reservedCostUSD)
          VALUES (:run, :loop, :stage, :vendor, :model, 'starting', :head, :earlier, :now, :tokens, :cost)
          """,
        arguments: [
          "run": run.id.rawValue, "loop": run.loopID.rawValue, "stage": stage, "vendor": run.vendor.rawValue,
          "model": run.model, "head": head?.rawValue, "earlier": earlier?.rawValue, "now": now.milliseconds,
          "tokens": reservation.tokens, "cost": reservation.cost,
        ])
      return Session.ID(db.lastInsertedRowID)
    }
  }

  /// The session is about to have a process, and this is where its files are: all that is left of it after a crash.
  func prepareSession(_ id: Session.ID, executable: String, directory: String) async throws {
    try await database.write { db in
      try db.execute(
        sql: """
          UPDATE session SET executable = :executable, directory = :directory WHERE id = :id AND state = 'starting'
          """, arguments: ["executable": executable, "directory": directory, "id": id.rawValue])
      guard db.changesCount == 1 else { throw StaleWrite(row: "session \(id)") }
    }
  }

  /// The process exists: where it runs from and how it is recognised later.
  func confirmSession(
    _ id: Session.ID, executable: String, version: String? = nil, directory: String, pid: Int32,
    startTicks: UInt64, bootID: String,
    at now: Timestamp
  ) async throws {
    try await database.write { db in
      try db.execute(
        sql: """
          UPDATE session SET state = 'running', executable = :executable, version = :version, directory = :directory,
            pid = :pid, startTicks = :ticks, bootID = :boot WHERE id = :id AND state = 'starting'
          """,
        arguments: [
          "executable": executable, "version": version, "directory": directory, "pid": pid,
          "ticks": Int64(startTicks),
          "boot": bootID,
          "id": id.rawValue,
        ])
      guard db.changesCount == 1 else { throw StaleWrite(row: "session \(id)") }
      let row = try Row.fetchOne(
        db, sql: "SELECT loopID, runID, vendor FROM session WHERE id = :id", arguments: ["id": id.rawValue])
      guard let row else { return }
      try Self.append(
        EventDraft(
          .agentStarted, "\(row["vendor"] as String), process \(pid)", loopID: Loop.ID(row["loopID"]),
          runID: Run.ID(row["runID"])), at: now, db)
    }
  }

  /// The session is over: its ending and what it used, once.
  ///
  /// - Parameters:
  ///   - active: how long it ran; nil for what was told while it did.
  ///   - isResumable: whether it was cut off, so that another may go on with it.
  ///   - survivors: its processes that nothing ended.
  func endSession(
    _ id: Session.ID, ending: String, usage: Usage, role: Role, active: Duration? = nil,
    isResumable: Bool = false, survivors: [Int32] = [], at now: Timestamp
  ) async throws {
    try await database.write { db in
      try db.execute(
        sql: """
          UPDATE session SET state = 'ended', endedAt = :now, ending = :ending, inputTokens = :input,
            outputTokens = :output, costUSD = :cost, isResumable = :resumable,
            activeMilliseconds = max(activeMilliseconds, coalesce(:active, 0)), survivors = :survivors
          WHERE id = :id AND state <> 'ended'
          """,
        arguments: [
          "now": now.milliseconds, "ending": ending, "resumable": isResumable, "input": usage.inputTokens,
          "output": usage.outputTokens, "cost": usage.costUSD, "active": active?.milliseconds,
          "survivors": survivors.isEmpty ? nil : survivors.map(String.init).joined(separator: ", "),
          "id": id.rawValue,
        ])
      guard db.changesCount == 1 else { throw StaleWrite(row: "session \(id)") }
      try db.execute(
        sql: """
          INSERT INTO usage (sessionID, runID, loopID, projectID, role, vendor, at, inputTokens, outputTokens, costUSD)
          SELECT session.id, runID, loopID, loop.projectID, :role, session.vendor, :now, :input, :output, :cost
          FROM session JOIN loop ON loop.id = session.loopID WHERE session.id = :id
          ON CONFLICT (sessionID) DO NOTHING
          """,
        arguments: [
          "role": role.rawValue, "now": now.milliseconds, "input": usage.inputTokens,
          "output": usage.outputTokens,
          "cost": usage.costUSD, "id": id.rawValue,
        ])
      let row = try Row.fetchOne(
        db, sql: "SELECT loopID, runID FROM session WHERE id = :id", arguments: ["id": id.rawValue])
      guard let row else { return }
      try Self.append(
        EventDraft(.agentEnded, ending, loopID: Loop.ID(row["loopID"]), runID: Run.ID(row["runID"])), at: now,
        db)
    }
  }

  /// A session whose end nobody watched came to a good end after all: nothing goes on with it, and it was paid for.
  func adoptSession(_ id: Session.ID, ending: String) async throws {
    try await database.write { db in
      try db.execute(
        sql: "UPDATE session SET ending = :ending, isResumable = 0 WHERE id = :id AND state = 'ended'",
        arguments: ["ending": ending, "id": id.rawValue])
      guard db.changesCount == 1 else { throw StaleWrite(row: "session \(id)") }
    }
  }

  /// The processes of a run's sessions that nothing ended, as numbers for people; nil when none was left.
  func survivors(ofRun run: Run.ID) async throws -> String? {
    try await database.read { db in
      try String.fetchOne(
        db, sql: "SELECT group_concat(survivors, ', ') FROM session WHERE runID = :run",
        arguments: ["run": run.rawValue])
    }
  }

  /// What a running session has used so far, so that a crash does not forget it. Words of its model prove that its
  /// vendor works.
  static func note(
    _ usage: Usage, active: Duration = .zero, of id: Session.ID, at now: Timestamp, _ db: Database
  ) throws {
    try db.execute(
      sql: """
        UPDATE session SET inputTokens = :input, outputTokens = :output, costUSD = :cost,
          activeMilliseconds = max(activeMilliseconds, :active)
        WHERE id = :id AND state <> 'ended'
        """,
      arguments: [
        "input": usage.inputTokens, "output": usage.outputTokens, "cost": usage.costUSD,
        "active": active.milliseconds, "id": id.rawValue,
      ])
    guard (usage.outputTokens ?? 0) > 0,
      let row = try Row.fetchOne(
        db, sql: "SELECT runID, vendor FROM session WHERE id = :id AND state <> 'ended'",
        arguments: ["id": id.rawValue]), let vendor = Vendor(rawValue: row["vendor"])
    else { return }
    try tellGate(of: vendor, .answered(Run.ID(row["runID"])), at: now, db)
  }

  func sessions(ofRun run: Run.ID) async throws -> [Session] {
    try await database.read { db in
      try Row.fetchAll(
        db, sql: "SELECT \(Self.sessionColumns) FROM session WHERE runID = :run ORDER BY id",
        arguments: ["run": run.rawValue], as: Self.session)
    }
  }

  /// The same for several runs.
  func sessions(ofRuns runs: [Run.ID]) async throws -> [Run.ID: [Session]] {
    let list = try JSONColumn.encode(runs.map(\.rawValue))
    let sessions = try await database.read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT \(Self.sessionColumns) FROM session WHERE runID IN (SELECT value FROM json_each(:runs)) ORDER BY id
          """, arguments: ["runs": list], as: Self.session)
    }
    return Dictionary(grouping: sessions, by: \.runID)
  }

  /// Sessions that had not ended when the daemon last stopped.
  func liveSessions() async throws -> [Session] {
    try await database.read { db in
      try Row.fetchAll(
        // The plus keeps SQLite from walking all sessions in order instead of the few live ones.
        db, sql: "SELECT \(Self.sessionColumns) FROM session WHERE state <> 'ended' ORDER BY +id",
        as: Self.session)
    }
  }

  static let sessionColumns = """
    id, runID, loopID, stage, vendor, model, executable, version, vendorSessionID, state, directory, startedAt, endedAt,
    inputTokens, outputTokens, costUSD, ending, activeMilliseconds
    """

  static func session(_ row: Row) -> Session? {
    guard let vendor = Vendor(rawValue: row["vendor"]), let state = Session.State(rawValue: row["state"])
    else {
      return nil
    }
    return Session(
      id: Session.ID(row["id"]), runID: Run.ID(row["runID"]), loopID: Loop.ID(row["loopID"]),
      stage: row["stage"],
      vendor: vendor, model: row["model"], executable: row["executable"],
      version: row["version"],
      vendorSessionID: row["vendorSessionID"],
      state: state, directory: row["directory"], startedAt: Timestamp(milliseconds: row["startedAt"]),
      endedAt: (row["endedAt"] as Int64?).map { Timestamp(milliseconds: $0) },
      usage: Usage(
        inputTokens: row["inputTokens"], outputTokens: row["outputTokens"], costUSD: row["costUSD"]),
      ending: row["ending"], active: .milliseconds(row["activeMilliseconds"] as Int64))
  }
}
