/// Since when waits are measured: the head, its running checks, and an operator's fresh start. Frozen.
enum Migration0006 {
  static let name = "0006-waits"

  static let sql = """
    ALTER TABLE loop ADD COLUMN retriedAt INTEGER;
    ALTER TABLE loop ADD COLUMN headSHA TEXT;
    ALTER TABLE loop ADD COLUMN headSince INTEGER;
    ALTER TABLE loop ADD COLUMN checksSince INTEGER;
    """
}
