/// Waits for a daemon that went away, so that who follows it goes on where he was.
struct Reconnection {
  /// A restart waits for agents to stop, an upgrade copies the database.
  static let patience = Duration.seconds(300)
  private static let pause = Duration.milliseconds(500)

  let global: GlobalOptions
  let client: LooperClient

  /// Does `body`, and does it again each time the daemon went away meanwhile and came back.
  ///
  /// - Throws: `unavailable` when it does not come back in time; what else `body` throws.
  func holding<Value>(_ body: () async throws -> Value) async throws -> Value {
    while true {
      do {
        return try await body()
      } catch let error as LooperError where error.code == .unavailable {
        try await untilBack(error)
      }
    }
  }

  private func untilBack(_ error: LooperError) async throws {
    let time = CommandEnvironment.current.time
    try global.note("the daemon went away; waiting for it to come back")
    let deadline = time.now + Self.patience
    while time.now < deadline {
      try await time.sleep(until: time.now + Self.pause)
      guard client.isDaemonThere else { continue }
      return try global.note("the daemon is back")
    }
    throw error
  }
}
