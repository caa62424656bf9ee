import GRDB

extension Store {
  /// How many loops each rule started in a project since `time`, by ``AutoRule/identity``.
  func autoLoopsStarted(in project: Project.ID, since time: Timestamp) async throws -> [String: Int] {
    try await database.read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT coalesce(autoRule, '') AS rule, count(*) AS count FROM loop
          WHERE projectID = :project AND lane = 'auto' AND createdAt >= :since GROUP BY 1
          """, arguments: ["project": project.rawValue, "since": time.milliseconds]
      ).reduce(into: [:]) { $0[$1["rule"]] = $1["count"] }
    }
  }

  /// What each loop that waits for a dependency waits for, as its last look saw it.
  func waitedForBlockers() async throws -> [Loop.ID: [BlockerSnapshot]] {
    try await database.read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT loop.id,
            json_extract(\(Self.readableBody), '$.issue.blockers') AS blockers
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
