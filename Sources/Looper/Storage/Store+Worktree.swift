import GRDB

extension Store {
  /// The intent to have a worktree, before it is made.
  func intendWorktree(of loop: Loop.ID, at now: Timestamp) async throws {
    try await database.write { db in
      try db.execute(
        sql: """
          INSERT INTO worktree (loopID, path, state, updatedAt) VALUES (:loop, '', 'creating', :now)
          ON CONFLICT (loopID) DO UPDATE SET state = 'creating', updatedAt = :now
          """, arguments: ["loop": loop.rawValue, "now": now.milliseconds])
    }
  }

  /// Work was kept on a ref while the worktree stays.
  func noteRescue(_ ref: String, of loop: Loop.ID, at now: Timestamp) async throws {
    try await database.write { db in
      try db.execute(
        sql: "UPDATE worktree SET rescueRef = :ref, updatedAt = :now WHERE loopID = :loop",
        arguments: ["ref": ref, "now": now.milliseconds, "loop": loop.rawValue])
    }
  }

  func confirmWorktree(_ facts: WorktreeFacts, at now: Timestamp) async throws {
    try await database.write { db in
      try db.execute(
        sql: """
          UPDATE worktree SET state = 'present', path = :path, startSHA = :start, updatedAt = :now
          WHERE loopID = :loop AND state = 'creating'
          """,
        arguments: [
          "path": facts.path, "start": facts.startSHA.rawValue, "now": now.milliseconds,
          "loop": facts.loopID.rawValue,
        ])
    }
  }

  /// Loops that are a person's, ended ones included.
  func takenOverLoops() async throws -> Set<Loop.ID> {
    try await database.read { db in
      Set(try Int64.fetchAll(db, sql: "SELECT id FROM loop WHERE isTakenOver = 1").map { Loop.ID($0) })
    }
  }

  /// Loops whose worktree is to go and that neither a run nor a person works in.
  func worktreesToRemove() async throws -> [Loop] {
    try await database.read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT \(Self.loopColumns) JOIN worktree ON worktree.loopID = loop.id
          WHERE worktree.state = 'removing' AND loop.isTakenOver = 0
            AND NOT EXISTS (SELECT 1 FROM run WHERE run.loopID = loop.id AND run.state = 'running')
          ORDER BY loop.id
          """, as: Self.loop)
    }
  }

  func confirmRemoval(of loop: Loop.ID, rescueRef: String?, at now: Timestamp) async throws {
    try await database.write { db in
      try db.execute(
        sql: """
          UPDATE worktree SET state = 'removed', rescueRef = coalesce(:ref, rescueRef), updatedAt = :now
          WHERE loopID = :loop AND state = 'removing'
          """, arguments: ["ref": rescueRef, "now": now.milliseconds, "loop": loop.rawValue])
    }
  }

  func worktree(of loop: Loop.ID) async throws -> (path: String, state: String, rescueRef: String?)? {
    try await database.read { db in
      try Row.fetchOne(
        db, sql: "SELECT path, state, rescueRef FROM worktree WHERE loopID = :loop",
        arguments: ["loop": loop.rawValue]
      ).map { ($0["path"], $0["state"], $0["rescueRef"]) }
    }
  }
}
