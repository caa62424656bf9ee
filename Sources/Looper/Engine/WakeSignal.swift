import Synchronization

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

/// Drives a tick: at once, on every wake-up, and at the time the tick asks for; at least every `ceiling`. Returns when
/// its task is cancelled.
///
/// Nothing wakes while nothing is due: an idle daemon sleeps.
///
/// - Parameter tick: returns when something becomes due by time alone; nil when nothing will.
func drive(
  on wakes: [AsyncStream<Void>], atLeastEvery ceiling: Duration, time: any TimeSource,
  tick: @Sendable () async -> Timestamp?
) async {
  let signal = WakeSignal()
  let alarms = Alarms()
  signal.send()
  await withDiscardingTaskGroup { group in
    for wake in wakes {
      group.addTask { for await _ in wake { signal.send() } }
    }
    for await _ in signal.stream {
      if Task.isCancelled { break }
      let due = await tick()
      let now = time.now
      let alarm = Alarms.next(due: due, ceiling: ceiling, at: now)
      guard alarms.set(alarm, at: now) else { continue }
      group.addTask {
        // Best effort: a cancelled sleep is the end of the service, which nobody has to be woken for.
        try? await time.sleep(until: alarm)
        alarms.wentOff(alarm)
        signal.send()
      }
    }
    group.cancelAll()
  }
}

/// The same for a service that only knows how often it wants to look.
func drive(
  on wakes: [AsyncStream<Void>], every cadence: Duration, time: any TimeSource,
  tick: @Sendable () async -> Void
) async {
  await drive(on: wakes, atLeastEvery: cadence, time: time) {
    await tick()
    return nil
  }
}

/// The times a driven service is going to be woken at, so that a later one is not set beside an earlier one.
final class Alarms: Sendable {
  /// What is due already and still there waits for something else than time; it is not looked at without pause.
  static let overduePause: Duration = .seconds(1)

  private let pending = Mutex<[Timestamp]>([])

  /// When to look again.
  static func next(due: Timestamp?, ceiling: Duration, at now: Timestamp) -> Timestamp {
    guard let due else { return now + ceiling }
    return min(due > now ? due : now + overduePause, now + ceiling)
  }

  /// Whether somebody has to go to sleep until `alarm`: nobody wakes before it.
  ///
  /// One that should have gone off is not counted on: the clock was set.
  func set(_ alarm: Timestamp, at now: Timestamp) -> Bool {
    pending.withLock { pending in
      if pending.contains(where: { $0 > now && $0 <= alarm }) { return false }
      pending.append(alarm)
      return true
    }
  }

  func wentOff(_ alarm: Timestamp) {
    pending.withLock { pending in
      if let index = pending.firstIndex(of: alarm) { pending.remove(at: index) }
    }
  }
}
