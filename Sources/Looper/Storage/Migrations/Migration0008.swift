/// What a session is accounted with: its time without waits and jumps, what is set aside for it, what it left; and a
/// vendor's account as a cause that closes its gate. Frozen: a later change is a later migration.
enum Migration0008 {
  static let name = "0008-accounts"

  static let sql = """
    ALTER TABLE session ADD COLUMN activeMilliseconds INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE session ADD COLUMN reservedTokens INTEGER;
    ALTER TABLE session ADD COLUMN reservedCostUSD REAL;
    ALTER TABLE session ADD COLUMN survivors TEXT;
    UPDATE session SET activeMilliseconds = max(endedAt - startedAt, 0) WHERE endedAt IS NOT NULL;

    ALTER TABLE stage ADD COLUMN surroundingsJSON TEXT;

    CREATE INDEX usageByKind ON usage (vendor, role, id);

    CREATE TABLE newVendorGate (
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
    INSERT INTO newVendorGate (vendor, state, failures, cause, until, since, tries, message, runID)
    SELECT vendor, state, failures, cause, until, since, tries, message, runID FROM vendorGate;
    DROP TABLE vendorGate;
    ALTER TABLE newVendorGate RENAME TO vendorGate;
    """
}
