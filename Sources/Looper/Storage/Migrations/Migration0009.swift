/// The arguments somebody asked for with a loop, and the version of the agent that did a session. Frozen.
enum Migration0009 {
  static let name = "0009-agent-terms"

  static let sql = """
    ALTER TABLE loop ADD COLUMN extraArgsJSON TEXT;
    ALTER TABLE run ADD COLUMN extraArgsJSON TEXT;
    ALTER TABLE session ADD COLUMN version TEXT;
    """
}
