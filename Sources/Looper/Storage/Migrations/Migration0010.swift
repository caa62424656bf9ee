/// The label that asked for a loop, and how often its threads were answered without a commit. Frozen.
enum Migration0010 {
  static let name = "0010-trigger-label"

  static let sql = """
    ALTER TABLE loop ADD COLUMN triggerLabel TEXT;
    ALTER TABLE loop ADD COLUMN threadFixes INTEGER NOT NULL DEFAULT 0;
    """
}
