import GRDB

/// What is needed to start a loop.
struct LoopDraft: Sendable {
  var projectID: Project.ID
  var subject: Subject
  var title: String
  var lane: Lane
  /// An issue's way; a pull request that is adopted or reviewed has its work already.
  var skipsPlan: Bool
  var isReviewOnly = false
  /// The head branch of an adopted pull request.
  var branch: String?
  var vendor: Vendor?
  var model: String?
  /// ``AutoRule/identity``, in the lane `auto`.
  var autoRule: String?
  /// See ``Loop/labelledAt``.
  var labelledAt: Timestamp?
  /// See ``Loop/triggerLabel``.
  var triggerLabel: String?
  /// What an earlier loop or daemon opened for the issue.
  var earlierPull: EarlierPull?
  /// For the agents, after those of the configuration.
  var extraArguments: [String] = []
}

/// An open pull request of Looper's that the database knows nothing of, and where it stands.
struct EarlierPull: Equatable, Sendable {
  var number: Int
  var branch: String
  var phase: Phase
}

/// What an earlier loop of an issue had: a branch, and the pull request once it was open.
struct KnownPull: Equatable, Sendable {
  var number: Int?
  var branch: String?
}

/// How the newest ended loop of a subject ended.
struct LastEnd: Equatable, Sendable {
  var endedAt: Timestamp
  /// Its last look; nil when there was none that can be read.
  var observation: Observation?
}

extension LoopDraft {
  /// The pull request that is the subject itself.
  var pullNumber: Int? { subject.pullNumber }

  var firstPhase: Phase { subject.firstPhase(skipsPlan: skipsPlan) }
}

extension Store {
  /// Starts a loop for a subject, unless one is live already, be it of the subject or of the pull request that was opened
  /// for it.
  ///
  /// - Returns: the new or the live loop, and whether it is new.
  func startLoop(_ draft: LoopDraft, at now: Timestamp) async throws -> (loop: Loop, isNew: Bool) {
    try await database.write { db in
      for subject in [draft.subject, draft.earlierPull.map { .pull($0.number) }].compactMap(\.self) {
        if let live = try Self.liveLoop(of: subject, in: draft.projectID, db) { return (live, false) }
      }
      try db.execute(
        sql: """
          INSERT INTO loop (projectID, subjectKind, subjectNumber, title, lane, phase, state, stateReason, stateSince,
            skipsPlan, isReviewOnly, pullNumber, branch, vendor, model, extraArgsJSON, autoRule, labelledAt, triggerLabel,
            createdAt)
          VALUES (:project, :kind, :number, :title, :lane, :phase, 'waiting', 'observation', :now,
            :skipsPlan, :isReviewOnly, :pull, :branch, :vendor, :model, :extraArgs, :rule, :labelledAt, :triggerLabel,
            :now)
          """,
        arguments: [
          "project": draft.projectID.rawValue, "kind": draft.subject.kind, "number": draft.subject.number,
          "title": draft.title, "lane": draft.lane.rawValue,
          "phase": (draft.earlierPull?.phase ?? draft.firstPhase).rawValue,
          "isReviewOnly": draft.isReviewOnly, "pull": draft.pullNumber ?? draft.earlierPull?.number,
          "branch": draft.earlierPull?.branch ?? draft.branch, "rule": draft.autoRule,
          "labelledAt": draft.labelledAt?.milliseconds, "triggerLabel": draft.triggerLabel,
          "now": now.milliseconds, "skipsPlan": draft.skipsPlan, "vendor": draft.vendor?.rawValue,
          "model": draft.model, "extraArgs": try JSONColumn.encodeArguments(draft.extraArguments),
        ])
      let id = Loop.ID(db.lastInsertedRowID)
      try Self.append(
        EventDraft(
          .loopStarted, "started for \(draft.subject.kind) #\(draft.subject.number): \(draft.title)",
          loopID: id),
        at: now, db)
      guard let loop = try Self.loop(id, db) else { throw StaleWrite(row: "loop \(id)") }
      return (loop, true)
    }
  }

  func loop(_ id: Loop.ID) async throws -> Loop? {
    try await database.read { try Self.loop(id, $0) }
  }

  /// The live loop about a subject; of a pull request also the one whose work it carries, for that is no subject of its own.
  func liveLoop(of subject: Subject, in project: Project.ID) async throws -> Loop? {
    try await database.read { try Self.liveLoop(of: subject, in: project, $0) }
  }

  /// How the newest loop of this subject ended; nil when there never was one.
  func lastEnd(of subject: Subject, in project: Project.ID) async throws -> LastEnd? {
    try await database.read { db in
      try Row.fetchOne(
        db,
        sql: """
          SELECT loop.endedAt, observation.bodyJSON FROM loop LEFT JOIN observation ON observation.loopID = loop.id
          WHERE projectID = :project AND subjectKind = :kind AND subjectNumber = :number AND state = 'done'
          ORDER BY loop.id DESC LIMIT 1
          """,
        arguments: ["project": project.rawValue, "kind": subject.kind, "number": subject.number]
      ).map { row in
        LastEnd(
          endedAt: Timestamp(milliseconds: row["endedAt"]), observation: Self.readableObservation(row))
      }
    }
  }

  /// What the subject's last loops that ended had, newest first, each once.
  func knownPulls(of subject: Subject, in project: Project.ID) async throws -> [KnownPull] {
    try await database.read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT pullNumber, branch FROM loop
          WHERE projectID = :project AND subjectKind = :kind AND subjectNumber = :number AND state = 'done'
            AND (pullNumber IS NOT NULL OR branch IS NOT NULL)
          GROUP BY pullNumber, branch ORDER BY max(id) DESC LIMIT 5
          """,
        arguments: ["project": project.rawValue, "kind": subject.kind, "number": subject.number]
      ).map { KnownPull(number: $0["pullNumber"], branch: $0["branch"]) }
    }
  }

  /// The branches that earlier loops of the same subject pushed, or meant to.
  static func branches(before loop: Loop, _ db: Database) throws -> [String] {
    try String.fetchAll(
      db,
      sql: """
        SELECT DISTINCT branch FROM loop
        WHERE projectID = :project AND subjectKind = :kind AND subjectNumber = :number AND id < :id
          AND branch IS NOT NULL
        """,
      arguments: [
        "project": loop.projectID.rawValue, "kind": loop.subject.kind, "number": loop.subject.number,
        "id": loop.id.rawValue,
      ])
  }

  /// Every loop that has not ended, oldest first.
  func liveLoops() async throws -> [Loop] {
    try await database.read { db in
      try Row.fetchAll(
        db,
        // The states by name, not "not done": that would read every loop there ever was.
        sql: """
          SELECT \(Self.loopColumns) WHERE loop.state IN ('queued', 'running', 'waiting', 'blocked') ORDER BY loop.id
          """, as: Self.loop)
    }
  }

  /// Loops that wait for one of these, oldest first.
  func loops(waitingFor reasons: [WaitReason]) async throws -> [Loop] {
    let codes = try JSONColumn.encode(reasons.map(\.rawValue))
    return try await database.read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT \(Self.loopColumns) WHERE loop.state = 'waiting'
            AND loop.stateReason IN (SELECT value FROM json_each(:reasons)) ORDER BY loop.id
          """, arguments: ["reasons": codes], as: Self.loop)
    }
  }

  /// Loops newest first, for lists.
  func loops(state: String?, project: Project.ID?, before: Int64, limit: Int) async throws -> [Loop] {
    // One literal per filter: a condition that may be absent is one that no index serves.
    let condition = state == nil ? ":state IS NULL" : "loop.state = :state"
    return try await database.read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT \(Self.loopColumns)
          WHERE loop.id < :before AND \(condition) AND (:project IS NULL OR loop.projectID = :project)
          ORDER BY loop.id DESC LIMIT :limit
          """,
        arguments: ["before": before, "state": state, "project": project?.rawValue, "limit": limit],
        as: Self.loop)
    }
  }

  /// Loops to decide on: changed since they were last decided, or due by their timer.
  func loopsToEvaluate(at now: Timestamp, limit: Int) async throws -> [Loop.ID] {
    try await database.read { db in
      try Int64.fetchAll(
        db,
        sql: """
          SELECT id FROM loop WHERE state <> 'done' AND changeSeq > evaluatedSeq
          UNION
          SELECT id FROM loop WHERE state <> 'done' AND wakeAt IS NOT NULL AND wakeAt <= :now
          ORDER BY 1 LIMIT :limit
          """, arguments: ["now": now.milliseconds, "limit": limit]
      ).map { Loop.ID($0) }
    }
  }

  /// The next time a loop or queue item becomes due by itself, for the scheduler's alarm.
  func nextWake() async throws -> Timestamp? {
    try await database.read { db in
      try Int64.fetchOne(
        db,
        sql: """
          SELECT min(at) FROM (
            SELECT min(wakeAt) AS at FROM loop WHERE state <> 'done' AND wakeAt IS NOT NULL
            UNION ALL SELECT min(dueAt) FROM queueItem WHERE state = 'queued')
          """
      ).map { Timestamp(milliseconds: $0) }
    }
  }

  /// Marks a loop for evaluation; the mark survives until an evaluation that started after it.
  static func touch(_ id: Loop.ID, _ db: Database) throws {
    try db.execute(
      sql: "UPDATE loop SET changeSeq = changeSeq + 1 WHERE id = :id", arguments: ["id": id.rawValue])
  }

  func touch(_ id: Loop.ID) async throws {
    try await database.write { try Self.touch(id, $0) }
  }

  static func loop(_ id: Loop.ID, _ db: Database) throws -> Loop? {
    try Row.fetchOne(
      db, sql: "SELECT \(loopColumns) WHERE loop.id = :id", arguments: ["id": id.rawValue], as: loop)
  }

  private static func liveLoop(of subject: Subject, in project: Project.ID, _ db: Database) throws -> Loop? {
    let own = try Row.fetchOne(
      db,
      sql: """
        SELECT \(loopColumns) WHERE loop.projectID = :project AND loop.subjectKind = :kind
          AND loop.subjectNumber = :number AND loop.state <> 'done'
        """, arguments: ["project": project.rawValue, "kind": subject.kind, "number": subject.number],
      as: loop)
    guard own == nil, let number = subject.pullNumber else { return own }
    // No index has its number: the few live loops are found by their states, named so that `loopByState` serves.
    return try Row.fetchOne(
      db,
      sql: """
        SELECT \(loopColumns) WHERE loop.state IN ('queued', 'running', 'waiting', 'blocked')
          AND loop.projectID = :project AND loop.pullNumber = :number
        """, arguments: ["project": project.rawValue, "number": number], as: loop)
  }
}
