import GRDB

extension Store {
  /// How many loops of the lane `auto` started in a project since `time`.
  func autoLoopsStarted(in project: Project.ID, since time: Timestamp) async throws -> Int {
    try await database.read { db in
      try Int.fetchOne(
        db,
        sql: """
          SELECT count(*) FROM loop WHERE projectID = :project AND lane = 'auto' AND createdAt >= :since
          """, arguments: ["project": project.rawValue, "since": time.milliseconds]) ?? 0
    }
  }

  /// What each loop that waits for a dependency waits for, as its last look saw it.
  func waitedForBlockers() async throws -> [Loop.ID: [BlockerSnapshot]] {
    try await database.read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT loop.id, json_extract(observation.bodyJSON, '$.issue.blockers') AS blockers
          FROM loop JOIN observation ON observation.loopID = loop.id
          WHERE loop.state = 'waiting' AND loop.stateReason = 'dependency'
          """
      ).reduce(into: [:]) { found, row in
        let blockers = try JSONColumn.decodeIfPresent(
          [BlockerSnapshot].self, from: row["blockers"] as String?)
        found[Loop.ID(row["id"])] = (blockers ?? []).filter(\.isOpen)
      }
    }
  }
}
