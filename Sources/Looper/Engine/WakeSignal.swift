/// News without content: "look again".
///
/// Buffer newest(1): a wake-up that is lost because one is pending already loses nothing; the service that waits also
/// looks at its own cadence.
struct WakeSignal: Sendable {
  let stream: AsyncStream<Void>
  private let continuation: AsyncStream<Void>.Continuation

  init() {
    (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
  }

  func send() { continuation.yield() }
}

/// Drives a tick: at once, on every wake-up, and at least every `cadence`. Returns when its task is cancelled.
func drive(
  on wakes: [AsyncStream<Void>], every cadence: @escaping @Sendable () -> Duration, time: any TimeSource,
  tick: @Sendable () async -> Void
) async {
  let signal = WakeSignal()
  signal.send()
  await withDiscardingTaskGroup { group in
    for wake in wakes {
      group.addTask { for await _ in wake { signal.send() } }
    }
    group.addTask {
      while !Task.isCancelled {
        // Best effort: a cancelled sleep ends the loop at its condition.
        try? await time.sleep(until: time.now + cadence())
        signal.send()
      }
    }
    for await _ in signal.stream {
      if Task.isCancelled { break }
      await tick()
    }
    group.cancelAll()
  }
}
