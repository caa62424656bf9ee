import GRDB

/// A head and a base whose merge has not been tried yet.
struct MergePair: Equatable, Sendable {
  var loopID: Loop.ID
  var projectID: Project.ID
  var pull: Int
  var head: CommitSHA
  /// As it was seen; the tip may have moved again since.
  var base: CommitSHA
  var baseBranch: String
}

extension Store {
  /// Open pull requests of live loops whose head or base moved since their merge was tried.
  func mergesToSize() async throws -> [MergePair] {
    try await database.read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT loop.id, loop.projectID, loop.pullNumber,
            json_extract(\(Self.readableBody), '$.pull.headSHA') AS head,
            json_extract(\(Self.readableBody), '$.pull.base.sha') AS base,
            json_extract(\(Self.readableBody), '$.pull.baseRef') AS branch
          FROM loop JOIN observation ON observation.loopID = loop.id
          LEFT JOIN mergeSize ON mergeSize.loopID = loop.id
          WHERE loop.state <> 'done' AND loop.isReviewOnly = 0
            AND loop.pullNumber IS NOT NULL
            AND json_extract(\(Self.readableBody), '$.pull.state') = 'open'
            AND json_extract(\(Self.readableBody), '$.pull.base.sha') IS NOT NULL
            AND (mergeSize.loopID IS NULL
              OR mergeSize.headSHA <> json_extract(\(Self.readableBody), '$.pull.headSHA')
              OR mergeSize.baseSHA <> json_extract(\(Self.readableBody), '$.pull.base.sha'))
          ORDER BY loop.id
          """
      ) { row in
        guard let head = (row["head"] as String?).flatMap(CommitSHA.init(rawValue:)),
          let base = (row["base"] as String?).flatMap(CommitSHA.init(rawValue:)),
          let branch = row["branch"] as String?
        else { return nil }
        return MergePair(
          loopID: Loop.ID(row["id"]), projectID: Project.ID(row["projectID"]), pull: row["pullNumber"],
          head: head, base: base, baseBranch: branch)
      }
    }
  }

  /// Remembers how a trial merge went and has the loop decided anew.
  func recordMergeSize(_ size: MergeSize, of pair: MergePair, at now: Timestamp) async throws {
    let json = try JSONColumn.encode(size)
    try await database.write { db in
      try db.execute(
        sql: """
          INSERT INTO mergeSize (loopID, headSHA, baseSHA, at, bodyJSON)
          VALUES (:loop, :head, :base, :now, :body)
          ON CONFLICT (loopID) DO UPDATE SET headSHA = :head, baseSHA = :base, at = :now, bodyJSON = :body
          """,
        arguments: [
          "loop": pair.loopID.rawValue, "head": pair.head.rawValue, "base": pair.base.rawValue,
          "now": now.milliseconds, "body": json,
        ])
      try Self.touch(pair.loopID, db)
    }
  }
}
