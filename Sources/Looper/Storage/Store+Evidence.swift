import GRDB

/// What is remembered of checks, trial merges and optional writes.
extension Store {
  /// Most records of checks that one decision reads, newest kept.
  static let checkRecordsMax = 5000

  /// Remembers what a look saw of the checks of the head and of the base; what was seen before writes nothing.
  static func keepChecks(of pull: PullSnapshot, of id: Loop.ID, at now: Timestamp, _ db: Database) throws {
    let own = pull.checks.filter { $0.name != CommitStatus.context }.map {
      (pull.headSHA, $0.identity, $0.result, false)
    }
    let base = (pull.base?.checks ?? []).compactMap { check in
      pull.base.map { ($0.sha, check.check, check.result, true) }
    }
    for (sha, check, result, isBase) in own + base where result == .passed || result == .failed {
      try db.execute(
        sql: """
          INSERT INTO checkRecord (loopID, sha, name, app, isBase, hasPassed, at)
          VALUES (:loop, :sha, :name, :app, :isBase, :hasPassed, :now)
          ON CONFLICT DO NOTHING
          """,
        arguments: [
          "loop": id.rawValue, "sha": sha.rawValue, "name": check.name, "app": check.app, "isBase": isBase,
          "hasPassed": result == .passed, "now": now.milliseconds,
        ])
    }
  }

  static func checkRecords(of id: Loop.ID, _ db: Database) throws -> [CheckRecord] {
    try Row.fetchAll(
      db,
      sql: """
        SELECT sha, name, app, isBase, hasPassed, at FROM checkRecord WHERE loopID = :id
        ORDER BY at DESC, sha LIMIT :limit
        """, arguments: ["id": id.rawValue, "limit": checkRecordsMax]
    ).reversed().compactMap { row in
      guard let sha = CommitSHA(rawValue: row["sha"]) else { return nil }
      return CheckRecord(
        sha: sha, check: CheckName(name: row["name"], app: row["app"]), isBase: row["isBase"],
        hasPassed: row["hasPassed"], at: Timestamp(milliseconds: row["at"]))
    }
  }

  /// When fixers of failing checks ended well.
  static func checkFixes(of id: Loop.ID, _ db: Database) throws -> [Timestamp] {
    try Int64.fetchAll(
      db,
      sql: """
        SELECT endedAt FROM run WHERE loopID = :id AND job = 'fix-checks' AND state = 'succeeded' ORDER BY endedAt
        """, arguments: ["id": id.rawValue]
    ).map { Timestamp(milliseconds: $0) }
  }

  /// Fills in how far the conversation of the pull request was read, from what those runs saw.
  static func readConversation(into facts: inout LoopFacts, _ db: Database) throws {
    for row in try Row.fetchAll(
      db,
      sql: """
        SELECT run.job, run.startedAt, stage.resultJSON FROM run JOIN stage ON stage.runID = run.id
        WHERE stage.name = 'observe' AND stage.state = 'finished' AND (
          run.id = (SELECT min(run.id) FROM run JOIN stage ON stage.runID = run.id
            WHERE run.loopID = :id AND stage.name = 'observe' AND stage.state = 'finished')
          OR run.id = (SELECT max(id) FROM run WHERE loopID = :id AND job = 'fix-threads' AND state = 'succeeded'))
        ORDER BY run.id
        """, arguments: ["id": facts.loop.id.rawValue])
    {
      guard
        case .observed(let seen) = try JSONColumn.decode(StepResult.self, from: row["resultJSON"] as String)
      else { continue }
      let mark = ConversationMark(seen.pull, at: Timestamp(milliseconds: row["startedAt"]))
      facts.firstMark = facts.firstMark ?? mark
      if row["job"] as String == Job.fixThreads.code { facts.fixMark = mark }
    }
  }

  /// Fills in what became of the loop's optional writes, and of patches that were posted.
  static func readOptionalWrites(into facts: inout LoopFacts, _ db: Database) throws {
    for row in try Row.fetchAll(
      db,
      sql: """
        SELECT key, state, sentAt, endedAt, writeJSON,
          CASE WHEN json_valid(failureJSON) THEN json_extract(failureJSON, '$.kind.conflict') END IS NOT NULL
            AS isConflict FROM effect
        WHERE loopID = :id AND kind IN ('rerun-check', 'update-head', 'merge', 'withdraw-merge', 'comment')
          AND (state IN ('done', 'refused') OR kind = 'withdraw-merge' AND state <> 'cancelled'
            OR kind = 'merge' AND sentAt IS NOT NULL) ORDER BY id
        """, arguments: ["id": facts.loop.id.rawValue])
    {
      let key = facts.loop.draftKey(ofEffect: row["key"])
      let endedAt = (row["endedAt"] as Int64?).map { Timestamp(milliseconds: $0) }
      let state = row["state"] as String
      let isDone = state == Effect.State.done.rawValue
      let sentAt = (row["sentAt"] as Int64?).map { Timestamp(milliseconds: $0) }
      let write = try JSONColumn.decode(Write.self, from: row["writeJSON"] as String)
      if write.isOptional {
        if isDone { facts.made[key] = endedAt }
        if state == Effect.State.refused.rawValue { facts.refusals[key, default: 0] += 1 }
      }
      switch write {
      case .rerunCheck(let rerun):
        // What a person's hold or pause kept back was not run again; what was sent before that may have been.
        let isKeptBack = !isDone && row["isConflict"] as Bool
        if isKeptBack, sentAt == nil { continue }
        facts.reruns.append(RerunRecord(rerun: rerun, sentAt: isDone ? endedAt : isKeptBack ? sentAt : nil))
      case .merge(_, let order):
        // One that was sent may stand, whatever became of it here: its answer can be lost, or mistaken.
        guard let sentAt else { continue }
        facts.orders.append(SentOrder(order: order, sentAt: sentAt, takenAt: isDone ? endedAt : nil))
      case .withdrawMerge where isDone:
        facts.withdrawals += 1
        facts.orders = []
      case .withdrawMerge: facts.isWithdrawing = facts.isWithdrawing || state != Effect.State.refused.rawValue
      case .comment where isDone:
        if let head = PatchText.head(inKey: key) { facts.patchedHeads.insert(head) }
      case .comment, .updateHead, .pushBranch, .openPullRequest, .updatePullRequest,
        .addLabel, .removeLabel, .submitReview, .setCommitStatus, .replyToThread, .resolveThread,
        .statusComment:
        break
      }
    }
  }

  /// What the repository itself protects, as the loop's last worktree found it on the base.
  static func protectedPaths(of id: Loop.ID, _ db: Database) throws -> [String] {
    let json = try String.fetchOne(
      db,
      sql: """
        SELECT json_extract(stage.resultJSON, '$.worktree._1.protectedPaths') FROM stage
        JOIN run ON run.id = stage.runID
        WHERE run.loopID = :id AND stage.name = 'prepare-worktree' AND stage.state = 'finished'
        ORDER BY stage.runID DESC LIMIT 1
        """, arguments: ["id": id.rawValue])
    return try JSONColumn.decodeIfPresent([String].self, from: json) ?? []
  }

  static func mergeSize(of id: Loop.ID, _ db: Database) throws -> MergeSize? {
    let json = try String.fetchOne(
      db, sql: "SELECT bodyJSON FROM mergeSize WHERE loopID = :id", arguments: ["id": id.rawValue])
    return try JSONColumn.decodeIfPresent(MergeSize.self, from: json)
  }
}
