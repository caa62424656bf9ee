/// What a loop is being stopped for. A day's budget blocks: loops that waited for the next day are decided anew. Frozen.
enum Migration0011 {
  static let name = "0011-stops"

  static let sql = """
    ALTER TABLE loop ADD COLUMN stopFor TEXT;
    UPDATE loop SET stopFor = 'pause-all' WHERE isPaused = 1 AND state <> 'done'
      AND EXISTS (SELECT 1 FROM setting WHERE key = 'paused-since');
    UPDATE loop SET stateReason = 'observation', wakeAt = 0 WHERE state = 'waiting' AND stateReason IN ('limit', 'retry');
    """
}
