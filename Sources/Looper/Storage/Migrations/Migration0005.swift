/// Indexes for what ten thousand loops made slow: lists by state, and whether a subject had a loop before. Frozen.
enum Migration0005 {
  static let name = "0005-indexes"

  static let sql = """
    CREATE INDEX loopBySubject ON loop (projectID, subjectKind, subjectNumber);
    CREATE INDEX questionByLoop ON question (loopID, id);
    CREATE INDEX runByState ON run (state, id);
    CREATE INDEX sessionByEnd ON session (endedAt);
    CREATE INDEX effectRefused ON effect (endedAt) WHERE state = 'refused';
    """
}
