/// What started a loop: the rule, and when the label was set by GitHub's clock. Frozen.
enum Migration0007 {
  static let name = "0007-triggers"

  static let sql = """
    ALTER TABLE loop ADD COLUMN autoRule TEXT;
    ALTER TABLE loop ADD COLUMN labelledAt INTEGER;
    """
}
