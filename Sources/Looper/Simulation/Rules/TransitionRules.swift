/// Rules about what may follow what, kept by temporary triggers that write down every breach.
enum TransitionRules {
  static let sql = """
    CREATE TEMP TABLE broken (id INTEGER PRIMARY KEY, rule TEXT NOT NULL, what TEXT NOT NULL);
    \([endOnce, staleGenerations, attempts, claims, earliness, settled, answered, order, newest].joined(separator: "\n"))
    """

  static let endOnceSentence = "terminal states are written once"
  static let staleSentence = "a stale generation never acts"
  static let attemptsSentence = "an infrastructure failure consumes no attempt"
  static let claimsSentence = "nothing begins for a loop that a person keeps"
  static let earlinessSentence = "a jump of the clock makes nothing begin early"
  static let settledSentence = "what was settled is not raised again"
  static let answeredSentence = "a fixer answers everything that it was asked about"
  static let orderSentence = "writes of a loop are sent in the order in which they were decided"
  static let newestSentence = "a status that a newer one waits to replace is not sent"
  static let sentences = [
    endOnceSentence, staleSentence, attemptsSentence, claimsSentence, earlinessSentence, settledSentence,
    answeredSentence, orderSentence, newestSentence,
  ]

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

  /// Lesson 35: an infrastructure failure consumes no attempt: the run's failure is the agent's, and there are no more
  /// attempts than sessions.
  private static let attempts = """
    CREATE TEMP TRIGGER attemptsAreTheAgents AFTER UPDATE OF agentFailures ON main.loop
    WHEN NEW.agentFailures > OLD.agentFailures AND ((SELECT json_extract(failureJSON, '$.kind.agent') FROM main.run
      WHERE loopID = NEW.id ORDER BY id DESC LIMIT 1) IS NULL
      OR NEW.agentFailures > (SELECT count(*) FROM main.session WHERE loopID = NEW.id))
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

  /// Lesson 10: a clock that jumps makes nothing begin before the time it was put off by has passed. A daemon's clock may
  /// run faster by a tenth while it makes up for a jump; one that is started takes the clock as it is.
  private static let earliness = """
    CREATE TEMP TABLE putOff (itemID INTEGER PRIMARY KEY, wait INTEGER NOT NULL, at INTEGER NOT NULL, life INTEGER NOT NULL);
    CREATE TEMP TRIGGER putOffAtFirst AFTER INSERT ON main.queueItem BEGIN
      INSERT OR REPLACE INTO putOff VALUES (NEW.id, NEW.dueAt - machineTime(), trueTime(), daemonLife());
    END;
    CREATE TEMP TRIGGER putOffAnew AFTER UPDATE OF dueAt ON main.queueItem BEGIN
      INSERT OR REPLACE INTO putOff VALUES (NEW.id, NEW.dueAt - machineTime(), trueTime(), daemonLife());
    END;
    CREATE TEMP TRIGGER nothingBeginsEarly AFTER UPDATE OF state ON main.queueItem
    WHEN NEW.state = 'claimed' AND EXISTS (SELECT 1 FROM putOff WHERE itemID = NEW.id AND life = daemonLife()
      AND (trueTime() - at + 1) * \(SystemTime.slewPart + 1) < wait * \(SystemTime.slewPart))
    BEGIN
      INSERT INTO broken (rule, what) VALUES ('\(earlinessSentence)', 'L' || NEW.loopID || ': ' || (SELECT
        (trueTime() - at) / 1000 || ' s instead of ' || wait / 1000 FROM putOff WHERE itemID = NEW.id));
    END;
    """

  /// Lesson 39: what was dismissed stays dismissed, whatever the reviewer says later.
  private static let settled = """
    CREATE TEMP TABLE settled (findingID INTEGER PRIMARY KEY);
    CREATE TEMP TRIGGER settledOnce AFTER UPDATE OF isSettled ON main.finding WHEN NEW.isSettled = 1 BEGIN
      INSERT OR IGNORE INTO settled VALUES (NEW.id);
    END;
    CREATE TEMP TRIGGER settledStays AFTER UPDATE OF state ON main.finding
    WHEN NEW.state = 'open' AND EXISTS (SELECT 1 FROM settled WHERE findingID = NEW.id) BEGIN
      INSERT INTO broken (rule, what) VALUES ('\(settledSentence)', 'F' || NEW.id || ' of L' || NEW.loopID);
    END;
    """

  /// Lesson 39: no reply by the fixer is a failure of that item. One who asks a person answers later.
  private static let answered = """
    CREATE TEMP TRIGGER everythingIsAnswered AFTER UPDATE OF state ON main.run
    WHEN NEW.state = 'succeeded' AND NEW.job IN ('fix-findings', 'fix-spec-findings') AND EXISTS (SELECT 1 FROM main.finding
      WHERE loopID = NEW.loopID AND state = 'open' AND severity <> 'nit'
        AND phase = CASE NEW.job WHEN 'fix-findings' THEN 'code-review' ELSE 'spec-review' END)
      AND NOT EXISTS (SELECT 1 FROM main.question WHERE runID = NEW.id)
    BEGIN
      INSERT INTO broken (rule, what) VALUES ('\(answeredSentence)', 'R' || NEW.id);
    END;
    """

  /// Lesson 4: in order per subject. What takes back an order of a loop that a person keeps does not wait for the rest.
  private static let order = """
    CREATE TEMP TABLE decided (place INTEGER PRIMARY KEY AUTOINCREMENT, effectID INTEGER NOT NULL UNIQUE);
    CREATE TEMP TRIGGER decidedNow AFTER INSERT ON main.effect BEGIN
      INSERT INTO decided (effectID) VALUES (NEW.id);
    END;
    CREATE TEMP TRIGGER decidedThen AFTER UPDATE OF id ON main.effect BEGIN
      UPDATE decided SET effectID = NEW.id WHERE effectID = OLD.id;
    END;
    CREATE TEMP TRIGGER inOrder AFTER UPDATE OF state ON main.effect
    WHEN NEW.state = 'sending' AND NEW.kind <> 'withdraw-merge' AND EXISTS (SELECT 1 FROM main.effect AS earlier
      JOIN decided ON decided.effectID = earlier.id WHERE earlier.loopID = NEW.loopID
        AND earlier.state IN ('pending', 'sending')
        AND decided.place < (SELECT place FROM decided WHERE effectID = NEW.id))
    BEGIN
      INSERT INTO broken (rule, what) VALUES ('\(orderSentence)', NEW.kind || ' ' || NEW.id || ' of L' || NEW.loopID);
    END;
    """

  /// Lesson 4: edits of the status comment coalesce to the last one.
  private static let newest = """
    CREATE TEMP TRIGGER newestStatus AFTER UPDATE OF state ON main.effect
    WHEN NEW.state = 'sending' AND NEW.kind = 'status-comment' AND EXISTS (SELECT 1 FROM main.effect AS later
      WHERE later.loopID = NEW.loopID AND later.kind = NEW.kind AND later.state = 'pending' AND later.id > NEW.id)
    BEGIN
      INSERT INTO broken (rule, what) VALUES ('\(newestSentence)', NEW.id || ' of L' || NEW.loopID);
    END;
    """
}
