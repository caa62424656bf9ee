import CSQLite
import Foundation

/// The history of a busy year, written straight into the database of a stopped daemon.
enum Sample {
  /// A route that is measured.
  struct Route {
    var path: String
    /// Whether the bound for lists holds for it.
    var isList = true
  }

  static let routes = [
    Route(path: "/api/v1/loops"), Route(path: "/api/v1/loops?limit=100&state=all"),
    Route(path: "/api/v1/runs?limit=100"), Route(path: "/api/v1/queue"),
    Route(path: "/api/v1/events?limit=100"), Route(path: "/api/v1/events?after=50000&limit=100"),
    Route(path: "/api/v1/events?after=99000&limit=1000"), Route(path: "/api/v1/failures"),
    Route(path: "/api/v1/projects"), Route(path: "/api/v1/worktrees"),
    Route(path: "/api/v1/status", isList: false), Route(path: "/api/v1/usage?by=day", isList: false),
    Route(path: "/api/v1/inspect/L5000", isList: false),
    Route(path: "/api/v1/loops/L9990/why", isList: false),
  ]

  /// 10,000 loops, the last 200 of them live; two runs each; ten events each.
  static func fill(_ path: String) throws {
    var database: OpaquePointer?
    guard sqlite3_open(path, &database) == SQLITE_OK else {
      throw BenchmarkError(description: "cannot open \(path)")
    }
    defer { sqlite3_close(database) }
    var message: UnsafeMutablePointer<CChar>?
    guard sqlite3_exec(database, sql, nil, nil, &message) == SQLITE_OK else {
      throw BenchmarkError(description: "cannot fill: \(message.map { String(cString: $0) } ?? "?")")
    }
  }

  private static let sql = """
    PRAGMA foreign_keys = ON;
    BEGIN;
    WITH n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
    INSERT INTO loop (id, projectID, subjectKind, subjectNumber, title, lane, phase, state, stateReason,
      stateMessage, stateSince, skipsPlan, createdAt, endedAt, changeSeq, evaluatedSeq, branch, isPaused)
    SELECT i, 1 + i % 50, 'issue', i, 'Mend the thing number ' || i,
      'planned', CASE WHEN i <= 9800 THEN 'done' ELSE 'work' END,
      CASE WHEN i <= 9800 THEN 'done' WHEN i % 10 = 0 THEN 'blocked' ELSE 'waiting' END,
      CASE WHEN i <= 9800 THEN 'merged' WHEN i % 10 = 0 THEN 'agent-failures' ELSE 'paused' END,
      '', 1790000000000 + i * 1000, 0, 1790000000000 + i * 1000,
      CASE WHEN i <= 9800 THEN 1790000900000 + i * 1000 END, 1, 1, 'looper/' || i || '-mend',
      CASE WHEN i > 9800 AND i % 10 <> 0 THEN 1 ELSE 0 END
    FROM n;
    INSERT INTO queueItem (id, loopID, job, lane, state, dueAt, enqueuedAt)
    SELECT id, id, 'plan', 'planned', 'done', createdAt, createdAt FROM loop;
    INSERT INTO run (loopID, itemID, job, state, message, vendor, generation, configurationHash, pipelineVersion,
      nonce, startedAt, endedAt)
    SELECT loop.id, loop.id, CASE WHEN k.column1 = 1 THEN 'plan' ELSE 'implement' END,
      CASE WHEN k.column1 = 2 AND loop.id % 20 = 0 THEN 'failed' ELSE 'succeeded' END, '', 'claude-code', k.column1, 'x',
      1, 'n', loop.createdAt, loop.createdAt + 60000 FROM loop, (VALUES (1), (2)) AS k ORDER BY loop.id;
    INSERT INTO stage (runID, ordinal, name, state, startedAt, finishedAt)
    SELECT run.id, k.column1, 'stage-' || k.column1, 'finished', run.startedAt, run.endedAt
    FROM run, (VALUES (1), (2), (3), (4), (5)) AS k;
    INSERT INTO session (runID, loopID, stage, vendor, state, startedAt, endedAt, inputTokens, outputTokens, costUSD)
    SELECT id, loopID, 'stage-3', vendor, 'ended', startedAt, endedAt, 12000, 900, 0.07 FROM run;
    INSERT INTO usage (sessionID, runID, loopID, projectID, role, vendor, at, inputTokens, outputTokens, costUSD)
    SELECT session.id, runID, loopID, loop.projectID, 'worker', session.vendor, session.endedAt, 12000, 900, 0.07
    FROM session JOIN loop ON loop.id = session.loopID;
    INSERT INTO effect (loopID, runID, stage, key, kind, isMaterial, writeJSON, state, attempts, notBefore, sentAt,
      receiptJSON, createdAt, endedAt)
    SELECT loopID, id, 'publish', 'bench/' || id, 'status-comment', 0,
      '{"statusComment":{"_0":{"number":{"_0":1}},"body":"x"}}', 'cancelled', 1, startedAt, startedAt, NULL, startedAt,
      endedAt FROM run;
    WITH n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10)
    INSERT INTO event (at, kind, projectID, loopID, runID, message)
    SELECT loop.createdAt + n.i * 1000,
      CASE n.i WHEN 1 THEN 'loop.started' WHEN 2 THEN 'run.started' WHEN 9 THEN 'run.ended' ELSE 'agent.progress' END,
      loop.projectID, loop.id, loop.id * 2, 'reading Sources/Shop/Basket.swift and running the tests, step ' || n.i
    FROM loop, n ORDER BY loop.id, n.i;
    INSERT INTO worktree (loopID, path, startSHA, state, updatedAt)
    SELECT id, '/data/worktrees/loop-' || id, NULL, 'removed', createdAt FROM loop WHERE id <= 9800;
    COMMIT;
    """
}
