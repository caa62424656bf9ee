/// Vendors that are limited or down, and what a session needs to be gone on with. Frozen: a later change is a later
/// migration.
enum Migration0003 {
  static let name = "0003-limits"

  static let sql = """
    CREATE TABLE vendorGate (
      vendor TEXT NOT NULL PRIMARY KEY
        CHECK (vendor IN ('claude-code', 'codex', 'opencode', 'cursor', 'custom')),
      state TEXT NOT NULL CHECK (state IN ('open', 'closed', 'probing')),
      failures INTEGER NOT NULL DEFAULT 0,
      cause TEXT CHECK (cause IN ('limit', 'outage')),
      until INTEGER,
      since INTEGER,
      tries INTEGER NOT NULL DEFAULT 0,
      message TEXT NOT NULL DEFAULT '',
      runID INTEGER REFERENCES run (id),
      CHECK ((state = 'open') = (cause IS NULL)),
      CHECK ((cause IS NULL) = (until IS NULL) AND (cause IS NULL) = (since IS NULL)),
      CHECK ((state = 'probing') = (runID IS NOT NULL))
    ) STRICT;

    ALTER TABLE session ADD COLUMN headSHA TEXT;
    ALTER TABLE session ADD COLUMN isResumable INTEGER NOT NULL DEFAULT 0 CHECK (isResumable IN (0, 1));
    ALTER TABLE session ADD COLUMN resumedFrom INTEGER REFERENCES session (id);
    """
}
