/// Requests that are to be done once. Frozen: a later change is a later migration.
enum Migration0002 {
  static let name = "0002-idempotent-requests"

  static let sql = """
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
    """
}
