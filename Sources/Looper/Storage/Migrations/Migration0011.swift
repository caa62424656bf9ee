/// A day's budget blocks: loops that waited for the next day are decided anew. Frozen.
enum Migration0011 {
  static let name = "0011-day-budget"

  static let sql = """
    UPDATE loop SET stateReason = 'observation', wakeAt = 0 WHERE state = 'waiting' AND stateReason IN ('limit', 'retry');
    """
}
