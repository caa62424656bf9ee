/// What checks said and how trial merges went, and how often a finding was declined. Frozen.
enum Migration0004 {
  static let name = "0004-evidence"

  static let sql = """
    ALTER TABLE finding ADD COLUMN declines INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE finding ADD COLUMN isSettled INTEGER NOT NULL DEFAULT 0 CHECK (isSettled IN (0, 1));
    ALTER TABLE loop ADD COLUMN conflictFixes INTEGER NOT NULL DEFAULT 0;

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

    CREATE TABLE mergeSize (
      loopID INTEGER NOT NULL PRIMARY KEY REFERENCES loop (id),
      headSHA TEXT NOT NULL,
      baseSHA TEXT NOT NULL,
      at INTEGER NOT NULL,
      bodyJSON TEXT NOT NULL
    ) STRICT;
    """
}
