/// Rules about what may follow what, kept by temporary triggers that write down every breach.
enum TransitionRules {
  static let sql = """
    CREATE TEMP TABLE broken (id INTEGER PRIMARY KEY, rule TEXT NOT NULL, what TEXT NOT NULL);
    \([endOnce, staleGenerations, attempts, claims].joined(separator: "\n"))
    """

  static let endOnceSentence = "terminal states are written once"
  static let staleSentence = "a stale generation never acts"
  static let attemptsSentence = "an infrastructure failure consumes no attempt"
  static let claimsSentence = "nothing begins for a loop that a person keeps"
  static let sentences = [endOnceSentence, staleSentence, attemptsSentence, claimsSentence]

  /// Lesson 12: terminal states are written once.
  private static let endOnce =
    [
      ("run", "OLD.state <> 'running'"), ("loop", "OLD.state = 'done'"),
      ("queueItem", "OLD.state IN ('done', 'cancelled')"),
      ("effect", "OLD.state IN ('done', 'refused', 'cancelled')"), ("session", "OLD.state = 'ended'"),
    ].map { table, isTerminal in
      """
      CREATE TEMP TRIGGER \(table)EndsOnce BEFORE UPDATE OF state ON main.\(table)
      WHEN \(isTerminal) AND NEW.state <> OLD.state BEGIN
        INSERT INTO broken (rule, what) VALUES ('\(endOnceSentence)',
          '\(table) ' || OLD.id || ': ' || OLD.state || ' became ' || NEW.state);
      END;
      """
    }.joined(separator: "\n")

  /// Lesson 11: a run that lost its lease records and publishes nothing.
  private static let staleGenerations =
    [("stage", "INSERT"), ("stage", "UPDATE"), ("effect", "INSERT")].map { table, change in
      """
      CREATE TEMP TRIGGER \(table)\(change)ByHolder AFTER \(change) ON main.\(table)
      WHEN NEW.runID IS NOT NULL AND NOT EXISTS (SELECT 1 FROM main.run JOIN main.lease ON lease.loopID = run.loopID
        WHERE run.id = NEW.runID AND run.state = 'running' AND lease.runID = run.id)
      BEGIN
        INSERT INTO broken (rule, what) VALUES ('\(staleSentence)', '\(table) of R' || NEW.runID);
      END;
      """
    }.joined(separator: "\n")

  /// Lesson 35: an infrastructure failure consumes no attempt.
  private static let attempts = """
    CREATE TEMP TRIGGER attemptsAreTheAgents AFTER UPDATE OF agentFailures ON main.loop
    WHEN NEW.agentFailures > OLD.agentFailures AND (SELECT json_extract(failureJSON, '$.kind.agent') FROM main.run
      WHERE loopID = NEW.id ORDER BY id DESC LIMIT 1) IS NULL
    BEGIN
      INSERT INTO broken (rule, what) VALUES ('\(attemptsSentence)', 'L' || NEW.id);
    END;
    """

  /// Lesson 7: nothing begins for a loop that a person keeps.
  private static let claims = """
    CREATE TEMP TRIGGER nothingBeginsFenced AFTER INSERT ON main.run
    WHEN EXISTS (SELECT 1 FROM main.loop WHERE id = NEW.loopID AND (isPaused = 1 OR isTakenOver = 1))
    BEGIN
      INSERT INTO broken (rule, what) VALUES ('\(claimsSentence)', 'L' || NEW.loopID);
    END;
    """
}
