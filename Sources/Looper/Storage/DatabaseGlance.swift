import GRDB

/// What a daemon is at, read from its database beside it.
struct DatabaseGlance: Sendable {
  /// A pull request that waits for its merge.
  struct Ready: Hashable, Sendable {
    var repository: String
    var number: Int
  }

  /// Runs that have begun and not ended.
  var liveRuns: Int
  var ready: [Ready]

  /// - Throws: `DatabaseError` when the file is not there yet or cannot be read at this moment.
  init(path: String) throws {
    let queue = try DatabaseQueue.reading(path)
    defer { try? queue.close() }
    (liveRuns, ready) = try queue.read { db in
      let rows = try Row.fetchAll(
        db,
        sql: """
          SELECT project.name, loop.pullNumber FROM loop JOIN project ON project.id = loop.projectID
          WHERE loop.state = 'waiting' AND loop.stateReason = 'merge' AND loop.pullNumber IS NOT NULL ORDER BY loop.id
          """)
      return (
        try Int.fetchOne(db, sql: "SELECT count(*) FROM run WHERE state = 'running'") ?? 0,
        rows.map { Ready(repository: $0["name"], number: $0["pullNumber"]) }
      )
    }
  }
}
