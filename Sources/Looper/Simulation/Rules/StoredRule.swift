import GRDB

/// A rule about the rows of the database: a query that finds what breaks it.
struct StoredRule: Sendable {
  let sentence: String
  /// One text per breach.
  let sql: String

  static let all: [StoredRule] = [
    oneLoopPerSubject, oneRunPerLoop, oneItemPerLoop, oneEffectPerKey, onePlacePerSubject, noSlotLeaks,
    leasesHaveOneHolder, endedLoopsOnlyTell,
  ]

  /// Lesson 9.
  static let oneLoopPerSubject = StoredRule(
    sentence: "a subject has at most one live loop",
    sql: """
      SELECT projectID || ' ' || subjectKind || ' #' || subjectNumber FROM loop WHERE state <> 'done'
      GROUP BY projectID, subjectKind, subjectNumber HAVING count(*) > 1
      """)

  /// Lesson 9.
  static let oneRunPerLoop = StoredRule(
    sentence: "a loop has at most one live run",
    sql: "SELECT 'L' || loopID FROM run WHERE state = 'running' GROUP BY loopID HAVING count(*) > 1")

  /// Lesson 9.
  static let oneItemPerLoop = StoredRule(
    sentence: "a loop has at most one live queue item",
    sql: """
      SELECT 'L' || loopID FROM queueItem WHERE state IN ('queued', 'claimed')
      GROUP BY loopID HAVING count(*) > 1
      """)

  /// Lesson 1.
  static let oneEffectPerKey = StoredRule(
    sentence: "a key names its repository, subject and loop, and is on its way or done at most once",
    sql: """
      SELECT key FROM effect WHERE state IN ('pending', 'sending', 'done') GROUP BY key HAVING count(*) > 1
      UNION ALL
      SELECT effect.key FROM effect JOIN loop ON loop.id = effect.loopID JOIN project ON project.id = loop.projectID
      WHERE instr(effect.key, project.key || '/' || loop.subjectKind || '-' || loop.subjectNumber || '/L' || loop.id
        || '/') <> 1
      """)

  /// Lesson 14: the table of states.
  static let onePlacePerSubject = StoredRule(
    sentence: "a subject is in exactly one of queue, running, waiting, blocked, done",
    sql: """
      SELECT 'L' || id || ' is ' || state || ', items ' || queued || ' queued ' || claimed || ' claimed, runs ' || live
      FROM (SELECT loop.id, loop.state,
        (SELECT count(*) FROM queueItem WHERE loopID = loop.id AND state = 'queued') AS queued,
        (SELECT count(*) FROM queueItem WHERE loopID = loop.id AND state = 'claimed') AS claimed,
        (SELECT count(*) FROM run WHERE loopID = loop.id AND state = 'running') AS live FROM loop)
      WHERE queued || ' ' || claimed || ' ' || live <> CASE state
        WHEN 'queued' THEN '1 0 0' WHEN 'running' THEN '0 1 1' ELSE '0 0 0' END
      """)

  /// Lesson 13.
  static let noSlotLeaks = StoredRule(
    sentence: "nothing holds a slot that nobody runs",
    sql: """
      SELECT 'item ' || id FROM queueItem WHERE state = 'claimed'
        AND NOT EXISTS (SELECT 1 FROM run WHERE run.itemID = queueItem.id AND run.state = 'running')
      """)

  /// Lesson 11.
  static let leasesHaveOneHolder = StoredRule(
    sentence: "a live run holds the lease of its loop, with the newest generation",
    sql: """
      SELECT 'R' || run.id FROM run LEFT JOIN lease ON lease.loopID = run.loopID
      WHERE run.state = 'running' AND (lease.runID IS NOT run.id OR lease.generation IS NOT run.generation
        OR run.generation <> (SELECT max(generation) FROM run AS other WHERE other.loopID = run.loopID))
      """)

  /// Lesson 7: what ended is only acknowledged.
  static let endedLoopsOnlyTell = StoredRule(
    sentence: "a loop that ended has nothing left to do but to tell people",
    sql: """
      SELECT 'L' || loop.id || ' ' || effect.kind FROM loop JOIN effect ON effect.loopID = loop.id
      WHERE loop.state = 'done' AND effect.state = 'pending'
        AND effect.kind NOT IN ('status-comment', 'add-label', 'remove-label', 'withdraw-merge')
      """)

  /// The first breach of each rule that is broken.
  static func breaches(_ db: Database) throws -> [SimulationBreach] {
    try all.compactMap { rule in
      try String.fetchOne(try db.cachedStatement(sql: rule.sql)).map {
        SimulationBreach(rule: rule.sentence, what: $0)
      }
    }
  }
}
