import GRDB

/// A stage as it is recorded.
struct StageRecord: Sendable {
  var name: String
  var startedAt: Timestamp
  var finishedAt: Timestamp?
  /// Nil until it finished.
  var result: StepResult?
}

/// What an agent asked and nobody answered yet.
struct OpenQuestion: Equatable, Sendable {
  var text: String
  var options: [String]
  var defaultOption: String?
  var deadlineAt: Timestamp?
}

/// Everything recorded that tells why a loop stands where it does.
struct WhyRecord: Sendable {
  var facts: LoopFacts
  var extras = LoopExtras()
  /// Its queued item.
  var item: QueueItem?
  /// Its run under way.
  var run: Run?
  var runExtras = RunExtras()
  /// Its newest run that has ended.
  var lastRun: Run?
  /// Writes without a receipt, oldest first.
  var effects: [Effect] = []
  var question: OpenQuestion?
  /// Whether its worktree is there or about to go.
  var hasWorktree = false
  /// What an operator did last.
  var control: String?
  /// The runs that hold slots, of all loops.
  var slots: [Admission.Slot] = []
  /// Vendors that were in trouble.
  var gates: [Vendor: VendorGate] = [:]
}

/// Reads for `why` and `inspect`.
extension Store {
  func whyRecord(of id: Loop.ID, at now: Timestamp) async throws -> WhyRecord? {
    try await database.read { db in
      let arguments: StatementArguments = ["id": id.rawValue]
      guard
        let row = try Row.fetchOne(
          db, sql: "SELECT \(Self.loopColumns) WHERE loop.id = :id", arguments: arguments)
      else { return nil }
      var record = WhyRecord(facts: try Self.facts(row, db))
      record.extras = try Self.extras(of: id, db)
      record.item = try Self.queuedItem(of: id, db)
      record.run = try Row.fetchOne(
        db, sql: "SELECT \(Self.runColumns) FROM run WHERE loopID = :id AND state = 'running'",
        arguments: arguments, as: Self.run)
      if let run = record.run { record.runExtras = try Self.extras(of: run, db) }
      record.lastRun = try Row.fetchOne(
        db,
        sql:
          "SELECT \(Self.runColumns) FROM run WHERE loopID = :id AND state <> 'running' ORDER BY id DESC LIMIT 1",
        arguments: arguments, as: Self.run)
      record.effects = try Row.fetchAll(
        db,
        sql: """
          SELECT \(Self.effectColumns) FROM effect WHERE loopID = :id AND state IN ('pending', 'sending') ORDER BY id
          """, arguments: arguments, as: Self.effect)
      record.question = try Self.openQuestion(of: id, db)
      record.hasWorktree =
        try Bool.fetchOne(
          db,
          sql:
            "SELECT EXISTS (SELECT 1 FROM worktree WHERE loopID = :id AND state IN ('present', 'removing'))",
          arguments: arguments) ?? false
      record.control = try String.fetchOne(
        db,
        sql: """
          SELECT message FROM event WHERE loopID = :id AND kind = 'loop.control' ORDER BY sequence DESC LIMIT 1
          """, arguments: arguments)
      record.slots = try Self.heldSlots(db)
      record.gates = try Self.vendorGates(db)
      record.facts.spent = try Self.spending(ofLoop: id, at: now, db)
      return record
    }
  }

  /// The newest events of a loop, oldest first.
  func newestEvents(ofLoop id: Loop.ID, limit: Int) async throws -> [Event] {
    let first = try await database.read { db in
      try Int64.fetchOne(
        db,
        sql: """
          SELECT min(sequence) FROM (
            SELECT sequence FROM event WHERE loopID = :loop ORDER BY sequence DESC LIMIT :limit)
          """, arguments: ["loop": id.rawValue, "limit": limit])
    }
    guard let first else { return [] }
    return try await events(after: first - 1, limit: limit, loop: id)
  }

  /// When a loop entered which phase, oldest first; the one it began in is not among them.
  func phaseChanges(ofLoop id: Loop.ID) async throws -> [(phase: String, at: Timestamp)] {
    try await database.read { db in
      try Row.fetchAll(
        db,
        sql: "SELECT at, message FROM event WHERE loopID = :loop AND kind = 'loop.phase' ORDER BY sequence",
        arguments: ["loop": id.rawValue]
      ) { row in
        // The message is `phase work`.
        let word = (row["message"] as String).split(separator: " ").last ?? ""
        return (String(word), Timestamp(milliseconds: row["at"]))
      }
    }
  }

  /// The recorded stages of a run, in the order of its pipeline.
  func stages(ofRun id: Run.ID) async throws -> [StageRecord] {
    try await database.read { db in
      try Row.fetchAll(
        db,
        sql:
          "SELECT name, startedAt, finishedAt, resultJSON FROM stage WHERE runID = :id ORDER BY ordinal, startedAt",
        arguments: ["id": id.rawValue]
      ) { row in
        StageRecord(
          name: row["name"], startedAt: Timestamp(milliseconds: row["startedAt"]),
          finishedAt: (row["finishedAt"] as Int64?).map { Timestamp(milliseconds: $0) },
          result: try JSONColumn.decodeIfPresent(StepResult.self, from: row["resultJSON"] as String?))
      }
    }
  }

  /// The commands the daemon ran to check a run's work, in order.
  func validations(ofRun run: Run) async throws -> [ValidationResult] {
    try await database.read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT command, exitCode, headSHA, milliseconds, tail FROM validation
          WHERE loopID = :loop AND runID = :run ORDER BY id
          """, arguments: ["loop": run.loopID.rawValue, "run": run.id.rawValue]
      ) { row in
        guard let head = CommitSHA(rawValue: row["headSHA"]) else { return nil }
        return ValidationResult(
          command: row["command"], exitCode: row["exitCode"], headSHA: head,
          milliseconds: row["milliseconds"],
          tail: row["tail"])
      }
    }
  }

  /// The newest agent sessions of a loop, oldest first.
  func sessions(ofLoop id: Loop.ID, limit: Int) async throws -> [Session] {
    try await database.read { db in
      try Row.fetchAll(
        db,
        sql: "SELECT \(Self.sessionColumns) FROM session WHERE loopID = :loop ORDER BY id DESC LIMIT :limit",
        arguments: ["loop": id.rawValue, "limit": limit], as: Self.session
      ).reversed()
    }
  }

  private static func queuedItem(of id: Loop.ID, _ db: Database) throws -> QueueItem? {
    let row = try Row.fetchOne(
      db,
      sql: """
        SELECT id, job, lane, dueAt, enqueuedAt, isBumped FROM queueItem WHERE loopID = :id AND state = 'queued'
        """, arguments: ["id": id.rawValue])
    guard let row, let job = Job(code: row["job"]), let lane = Lane(rawValue: row["lane"]) else { return nil }
    return QueueItem(
      id: QueueItem.ID(row["id"]), loopID: id, job: job, lane: lane, state: .queued,
      dueAt: Timestamp(milliseconds: row["dueAt"]), enqueuedAt: Timestamp(milliseconds: row["enqueuedAt"]),
      isBumped: row["isBumped"])
  }

  private static func openQuestion(of id: Loop.ID, _ db: Database) throws -> OpenQuestion? {
    try Row.fetchOne(
      db,
      sql: """
        SELECT text, optionsJSON, defaultOption, deadlineAt FROM question WHERE loopID = :id AND answeredAt IS NULL
        """, arguments: ["id": id.rawValue]
    ).map { row in
      OpenQuestion(
        text: row["text"], options: try JSONColumn.decode([String].self, from: row["optionsJSON"] as String),
        defaultOption: row["defaultOption"],
        deadlineAt: (row["deadlineAt"] as Int64?).map { Timestamp(milliseconds: $0) })
    }
  }
}
