CREATE TABLE apiRequest (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  key TEXT NOT NULL UNIQUE,
  fingerprint TEXT NOT NULL,
  at INTEGER NOT NULL,
  status INTEGER,
  body TEXT,
  CHECK ((status IS NULL) = (body IS NULL))
) STRICT;

CREATE INDEX apiRequestByAge ON apiRequest (at);

CREATE TABLE checkRecord (
  loopID INTEGER NOT NULL REFERENCES loop (id),
  sha TEXT NOT NULL,
  name TEXT NOT NULL,
  app TEXT NOT NULL,
  isBase INTEGER NOT NULL CHECK (isBase IN (0, 1)),
  hasPassed INTEGER NOT NULL CHECK (hasPassed IN (0, 1)),
  at INTEGER NOT NULL,
  PRIMARY KEY (loopID, sha, name, app, isBase, hasPassed)
) STRICT, WITHOUT ROWID;

CREATE TABLE effect (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  loopID INTEGER NOT NULL REFERENCES loop (id),
  runID INTEGER REFERENCES run (id),
  stage TEXT NOT NULL,
  key TEXT NOT NULL,
  kind TEXT NOT NULL,
  isMaterial INTEGER NOT NULL CHECK (isMaterial IN (0, 1)),
  writeJSON TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('pending', 'sending', 'done', 'refused', 'cancelled')),
  attempts INTEGER NOT NULL DEFAULT 0,
  notBefore INTEGER NOT NULL,
  sentAt INTEGER,
  receiptJSON TEXT,
  failureJSON TEXT,
  createdAt INTEGER NOT NULL,
  endedAt INTEGER
) STRICT;

CREATE INDEX effectByLoop ON effect (loopID, id);

CREATE INDEX effectByRun ON effect (runID, id);

CREATE UNIQUE INDEX effectOncePerKey ON effect (key) WHERE state IN ('pending', 'sending', 'done');

CREATE INDEX effectOpen ON effect (loopID, id) WHERE state IN ('pending', 'sending');

CREATE INDEX effectRefused ON effect (endedAt) WHERE state = 'refused';

CREATE INDEX effectSent ON effect (sentAt) WHERE sentAt IS NOT NULL;

CREATE TABLE event (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  projectID INTEGER,
  loopID INTEGER,
  runID INTEGER,
  message TEXT NOT NULL
) STRICT;

CREATE INDEX eventByLoop ON event (loopID, sequence);

CREATE TABLE finding (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  loopID INTEGER NOT NULL REFERENCES loop (id),
  phase TEXT NOT NULL CHECK (phase IN ('spec-review', 'code-review')),
  identity TEXT NOT NULL,
  round INTEGER NOT NULL,
  headSHA TEXT NOT NULL,
  severity TEXT NOT NULL CHECK (severity IN ('blocker', 'major', 'minor', 'nit')),
  draftJSON TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'fixed', 'declined', 'deferred', 'closed')),
  explanation TEXT NOT NULL DEFAULT '',
  updatedAt INTEGER NOT NULL, declines INTEGER NOT NULL DEFAULT 0, isSettled INTEGER NOT NULL DEFAULT 0 CHECK (isSettled IN (0, 1)),
  UNIQUE (loopID, phase, identity)
) STRICT;

CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);

CREATE TABLE lease (
  loopID INTEGER NOT NULL PRIMARY KEY REFERENCES loop (id),
  runID INTEGER NOT NULL REFERENCES run (id),
  generation INTEGER NOT NULL,
  acquiredAt INTEGER NOT NULL
) STRICT;

CREATE TABLE loop (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  projectID INTEGER NOT NULL REFERENCES project (id),
  subjectKind TEXT NOT NULL CHECK (subjectKind IN ('issue', 'pull')),
  subjectNumber INTEGER NOT NULL CHECK (subjectNumber > 0),
  title TEXT NOT NULL,
  lane TEXT NOT NULL CHECK (lane IN ('manual', 'planned', 'auto')),
  phase TEXT NOT NULL
    CHECK (phase IN ('plan', 'spec-review', 'work', 'code-review', 'ready', 'done')),
  state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'waiting', 'blocked', 'done')),
  stateReason TEXT,
  stateMessage TEXT NOT NULL DEFAULT '',
  stateSince INTEGER NOT NULL,
  wakeAt INTEGER,
  skipsPlan INTEGER NOT NULL CHECK (skipsPlan IN (0, 1)),
  isReviewOnly INTEGER NOT NULL DEFAULT 0 CHECK (isReviewOnly IN (0, 1)),
  pullNumber INTEGER,
  branch TEXT,
  specPath TEXT,
  pushedSHA TEXT,
  replacedSHA TEXT,
  vendor TEXT,
  model TEXT,
  agentFailures INTEGER NOT NULL DEFAULT 0,
  infrastructureFailures INTEGER NOT NULL DEFAULT 0,
  specRounds INTEGER NOT NULL DEFAULT 0,
  codeRounds INTEGER NOT NULL DEFAULT 0,
  checkFixes INTEGER NOT NULL DEFAULT 0,
  retryAt INTEGER,
  stopReason TEXT,
  stopMessage TEXT NOT NULL DEFAULT '',
  isPaused INTEGER NOT NULL DEFAULT 0 CHECK (isPaused IN (0, 1)),
  isTakenOver INTEGER NOT NULL DEFAULT 0 CHECK (isTakenOver IN (0, 1)),
  wroteAt INTEGER NOT NULL DEFAULT 0,
  createdAt INTEGER NOT NULL,
  endedAt INTEGER,
  generation INTEGER NOT NULL DEFAULT 1,
  changeSeq INTEGER NOT NULL DEFAULT 1,
  evaluatedSeq INTEGER NOT NULL DEFAULT 0, conflictFixes INTEGER NOT NULL DEFAULT 0, retriedAt INTEGER, headSHA TEXT, headSince INTEGER, checksSince INTEGER, autoRule TEXT, labelledAt INTEGER, extraArgsJSON TEXT, triggerLabel TEXT, threadFixes INTEGER NOT NULL DEFAULT 0, stopFor TEXT,
  CHECK ((state IN ('waiting', 'blocked', 'done')) = (stateReason IS NOT NULL)),
  CHECK ((state = 'done') = (endedAt IS NOT NULL))
) STRICT;

CREATE INDEX loopByState ON loop (state, id);

CREATE INDEX loopBySubject ON loop (projectID, subjectKind, subjectNumber);

CREATE INDEX loopDirty ON loop (id) WHERE state <> 'done' AND changeSeq > evaluatedSeq;

CREATE UNIQUE INDEX loopOneLivePerSubject ON loop (projectID, subjectKind, subjectNumber) WHERE state <> 'done';

CREATE INDEX loopWake ON loop (wakeAt) WHERE state <> 'done' AND wakeAt IS NOT NULL;

CREATE TABLE mergeSize (
  loopID INTEGER NOT NULL PRIMARY KEY REFERENCES loop (id),
  headSHA TEXT NOT NULL,
  baseSHA TEXT NOT NULL,
  at INTEGER NOT NULL,
  bodyJSON TEXT NOT NULL
) STRICT;

CREATE TABLE observation (
  loopID INTEGER NOT NULL PRIMARY KEY REFERENCES loop (id),
  at INTEGER NOT NULL,
  issueFingerprint TEXT NOT NULL,
  pullFingerprint TEXT NOT NULL,
  bodyJSON TEXT NOT NULL
) STRICT;

CREATE TABLE project (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  key TEXT NOT NULL,
  name TEXT NOT NULL,
  checkoutPath TEXT,
  baseBranch TEXT,
  factsJSON TEXT,
  addedAt INTEGER NOT NULL,
  removedAt INTEGER
) STRICT;

CREATE UNIQUE INDEX projectOneLivePerKey ON project (key) WHERE removedAt IS NULL;

CREATE TABLE question (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  loopID INTEGER NOT NULL REFERENCES loop (id),
  runID INTEGER NOT NULL REFERENCES run (id),
  text TEXT NOT NULL,
  optionsJSON TEXT NOT NULL,
  defaultOption TEXT,
  askedAt INTEGER NOT NULL,
  deadlineAt INTEGER,
  answer TEXT,
  answeredBy TEXT,
  answeredAt INTEGER
) STRICT;

CREATE INDEX questionByLoop ON question (loopID, id);

CREATE UNIQUE INDEX questionOneOpenPerLoop ON question (loopID) WHERE answeredAt IS NULL;

CREATE TABLE queueItem (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  loopID INTEGER NOT NULL REFERENCES loop (id),
  job TEXT NOT NULL,
  lane TEXT NOT NULL CHECK (lane IN ('manual', 'planned', 'auto')),
  state TEXT NOT NULL CHECK (state IN ('queued', 'claimed', 'done', 'cancelled')),
  dueAt INTEGER NOT NULL,
  enqueuedAt INTEGER NOT NULL,
  isBumped INTEGER NOT NULL DEFAULT 0 CHECK (isBumped IN (0, 1))
) STRICT;

CREATE INDEX queueItemDue ON queueItem (dueAt) WHERE state = 'queued';

CREATE UNIQUE INDEX queueItemOneLivePerLoop ON queueItem (loopID) WHERE state IN ('queued', 'claimed');

CREATE TABLE review (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  loopID INTEGER NOT NULL REFERENCES loop (id),
  runID INTEGER NOT NULL UNIQUE REFERENCES run (id),
  phase TEXT NOT NULL CHECK (phase IN ('spec-review', 'code-review')),
  headSHA TEXT NOT NULL,
  round INTEGER NOT NULL,
  verdict TEXT NOT NULL CHECK (verdict IN ('clean', 'changes', 'human')),
  summary TEXT NOT NULL,
  at INTEGER NOT NULL,
  UNIQUE (loopID, phase, round)
) STRICT;

CREATE TABLE run (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  loopID INTEGER NOT NULL REFERENCES loop (id),
  itemID INTEGER NOT NULL REFERENCES queueItem (id),
  job TEXT NOT NULL,
  state TEXT NOT NULL
    CHECK (state IN ('running', 'succeeded', 'failed', 'superseded', 'cancelled', 'interrupted')),
  message TEXT NOT NULL DEFAULT '',
  failureJSON TEXT,
  vendor TEXT NOT NULL CHECK (vendor IN ('claude-code', 'codex', 'opencode', 'cursor', 'custom')),
  model TEXT,
  generation INTEGER NOT NULL,
  configurationHash TEXT NOT NULL,
  pipelineVersion INTEGER NOT NULL,
  nonce TEXT NOT NULL,
  stopRequested TEXT,
  startedAt INTEGER NOT NULL,
  endedAt INTEGER, extraArgsJSON TEXT,
  CHECK ((state = 'running') = (endedAt IS NULL))
) STRICT;

CREATE INDEX runByLoop ON run (loopID, id);

CREATE INDEX runByState ON run (state, id);

CREATE UNIQUE INDEX runOneLivePerLoop ON run (loopID) WHERE state = 'running';

CREATE TABLE session (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  runID INTEGER NOT NULL REFERENCES run (id),
  loopID INTEGER NOT NULL REFERENCES loop (id),
  stage TEXT NOT NULL,
  vendor TEXT NOT NULL,
  model TEXT,
  executable TEXT NOT NULL DEFAULT '',
  vendorSessionID TEXT,
  state TEXT NOT NULL CHECK (state IN ('starting', 'running', 'ended')),
  directory TEXT NOT NULL DEFAULT '',
  pid INTEGER,
  startTicks INTEGER,
  bootID TEXT,
  startedAt INTEGER NOT NULL,
  endedAt INTEGER,
  inputTokens INTEGER,
  outputTokens INTEGER,
  costUSD REAL,
  ending TEXT NOT NULL DEFAULT ''
, headSHA TEXT, isResumable INTEGER NOT NULL DEFAULT 0 CHECK (isResumable IN (0, 1)), resumedFrom INTEGER REFERENCES session (id), activeMilliseconds INTEGER NOT NULL DEFAULT 0, reservedTokens INTEGER, reservedCostUSD REAL, survivors TEXT, version TEXT) STRICT;

CREATE INDEX sessionByEnd ON session (endedAt);

CREATE INDEX sessionByLoop ON session (loopID);

CREATE INDEX sessionByRun ON session (runID);

CREATE INDEX sessionLive ON session (state) WHERE state <> 'ended';

CREATE TABLE setting (
  key TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;

CREATE TABLE stage (
  runID INTEGER NOT NULL REFERENCES run (id),
  ordinal INTEGER NOT NULL,
  name TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('started', 'finished')),
  attempts INTEGER NOT NULL DEFAULT 1,
  startedAt INTEGER NOT NULL,
  finishedAt INTEGER,
  resultJSON TEXT, surroundingsJSON TEXT,
  PRIMARY KEY (runID, name)
) STRICT;

CREATE TABLE usage (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  sessionID INTEGER NOT NULL UNIQUE REFERENCES session (id),
  runID INTEGER NOT NULL,
  loopID INTEGER NOT NULL,
  projectID INTEGER NOT NULL,
  role TEXT NOT NULL,
  vendor TEXT NOT NULL,
  at INTEGER NOT NULL,
  inputTokens INTEGER,
  outputTokens INTEGER,
  costUSD REAL
) STRICT;

CREATE INDEX usageByKind ON usage (vendor, role, id);

CREATE INDEX usageByLoop ON usage (loopID);

CREATE INDEX usageByTime ON usage (at);

CREATE TABLE validation (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  runID INTEGER NOT NULL REFERENCES run (id),
  loopID INTEGER NOT NULL REFERENCES loop (id),
  command TEXT NOT NULL,
  exitCode INTEGER,
  headSHA TEXT NOT NULL,
  milliseconds INTEGER NOT NULL,
  tail TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT;

CREATE INDEX validationByLoop ON validation (loopID, id);

CREATE TABLE "vendorGate" (
  vendor TEXT NOT NULL PRIMARY KEY
    CHECK (vendor IN ('claude-code', 'codex', 'opencode', 'cursor', 'custom')),
  state TEXT NOT NULL CHECK (state IN ('open', 'closed', 'probing')),
  failures INTEGER NOT NULL DEFAULT 0,
  cause TEXT CHECK (cause IN ('limit', 'outage', 'account')),
  until INTEGER,
  since INTEGER,
  tries INTEGER NOT NULL DEFAULT 0,
  message TEXT NOT NULL DEFAULT '',
  runID INTEGER REFERENCES run (id),
  CHECK ((state = 'open') = (cause IS NULL)),
  CHECK ((cause IS NULL) = (until IS NULL) AND (cause IS NULL) = (since IS NULL)),
  CHECK ((state = 'probing') = (runID IS NOT NULL))
) STRICT;

CREATE TABLE worktree (
  loopID INTEGER NOT NULL PRIMARY KEY REFERENCES loop (id),
  path TEXT NOT NULL,
  startSHA TEXT,
  state TEXT NOT NULL CHECK (state IN ('creating', 'present', 'removing', 'removed')),
  rescueRef TEXT,
  updatedAt INTEGER NOT NULL
) STRICT;

CREATE INDEX worktreeToRemove ON worktree (state) WHERE state = 'removing';
