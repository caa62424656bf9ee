import GRDB

/// Reading and writing the columns of a loop.
extension Store {
  static let loopColumns = """
    loop.*, project.name AS projectName,
      CASE WHEN json_valid(project.factsJSON) THEN json_extract(project.factsJSON, '$.name') END AS projectNow
    FROM loop JOIN project ON project.id = loop.projectID
    """

  static func loop(_ row: Row) throws -> Loop {
    let id = Loop.ID(row["id"])
    let projectText: String = row["projectName"]
    guard let project = ProjectName(projectText),
      let subject = Subject(kind: row["subjectKind"], number: row["subjectNumber"]),
      let lane = Lane(rawValue: row["lane"]), let phase = Phase(rawValue: row["phase"]),
      let state = loopState(row)
    else { throw StaleWrite(row: "loop \(id)") }
    return Loop(
      id: id, projectID: Project.ID(row["projectID"]), project: project,
      projectNow: (row["projectNow"] as String?).flatMap { ProjectName($0) }, subject: subject,
      title: row["title"],
      lane: lane, phase: phase, state: state, stateSince: Timestamp(milliseconds: row["stateSince"]),
      skipsPlan: row["skipsPlan"], isReviewOnly: row["isReviewOnly"], pullNumber: row["pullNumber"],
      branch: row["branch"],
      specPath: row["specPath"],
      pushedSHA: (row["pushedSHA"] as String?).flatMap(CommitSHA.init(rawValue:)),
      replacedSHA: (row["replacedSHA"] as String?).flatMap(CommitSHA.init(rawValue:)),
      vendor: (row["vendor"] as String?).flatMap(Vendor.init(rawValue:)), model: row["model"],
      labelledAt: (row["labelledAt"] as Int64?).map { Timestamp(milliseconds: $0) },
      triggerLabel: row["triggerLabel"],
      extraArguments: try JSONColumn.decodeIfPresent([String].self, from: row["extraArgsJSON"] as String?)
        ?? [],
      counters: LoopCounters(
        agentFailures: row["agentFailures"], infrastructureFailures: row["infrastructureFailures"],
        specRounds: row["specRounds"], codeRounds: row["codeRounds"], checkFixes: row["checkFixes"],
        conflictFixes: row["conflictFixes"], threadFixes: row["threadFixes"]),
      createdAt: Timestamp(milliseconds: row["createdAt"]),
      endedAt: (row["endedAt"] as Int64?).map { Timestamp(milliseconds: $0) }, generation: row["generation"])
  }

  private static func loopState(_ row: Row) -> LoopState? {
    let state: String = row["state"]
    let reason: String? = row["stateReason"]
    let wakeAt = (row["wakeAt"] as Int64?).map { Timestamp(milliseconds: $0) }
    switch state {
    case "queued": return .queued
    case "running": return .running
    case "waiting": return reason.flatMap(WaitReason.init(rawValue:)).map { .waiting($0, wakeAt: wakeAt) }
    case "blocked": return reason.flatMap(BlockReason.init(rawValue:)).map { .blocked($0) }
    case "done": return reason.flatMap(Outcome.init(rawValue:)).map { .done($0) }
    default: return nil
    }
  }

  /// Moves a live loop to a new state; `stateSince` stays when nothing but the alarm changed.
  static func setState(
    of id: Loop.ID, to state: LoopState, message: String = "", at now: Timestamp, _ db: Database
  ) throws {
    var reason: String?
    var wakeAt: Timestamp?
    switch state {
    case .queued, .running: break
    case .waiting(let wait, let alarm):
      reason = wait.rawValue
      wakeAt = alarm
    case .blocked(let block): reason = block.rawValue
    case .done(let outcome): reason = outcome.rawValue
    }
    try db.execute(
      sql: """
        UPDATE loop SET
          stateSince = CASE WHEN state = :state AND stateReason IS :reason THEN stateSince ELSE :now END,
          state = :state, stateReason = :reason, stateMessage = :message, wakeAt = :wakeAt,
          endedAt = CASE WHEN :state = 'done' THEN :now END,
          phase = CASE WHEN :state = 'done' THEN 'done' ELSE phase END,
          generation = generation + 1
        WHERE id = :id AND state <> 'done'
        """,
      arguments: [
        "state": state.code, "reason": reason, "message": message, "wakeAt": wakeAt?.milliseconds,
        "now": now.milliseconds, "id": id.rawValue,
      ])
    guard db.changesCount == 1 else { throw StaleWrite(row: "loop \(id)") }
  }
}
