import Synchronization
import Testing

@testable import Looper

@Suite("A service sleeps until something is due")
struct WakeSignalTests {
  private static let start = ForgeScene.startedAt

  @Test(
    "it looks again when something is due, with a pause when that is past, and at the latest after its cadence",
    arguments: [
      (nil, 30), (5, 5), (0, 1), (-60, 1), (29, 29), (86_400, 30),
    ] as [(Int64?, Int64)])
  func next(due: Int64?, wait: Int64) {
    let now = Self.start
    let alarm = Alarms.next(due: due.map { now + .seconds($0) }, ceiling: .seconds(30), at: now)
    #expect(alarm == now + .seconds(wait))
  }

  @Test("an alarm is set only when none goes off before it, and one that was missed does not count")
  func set() {
    let alarms = Alarms()
    let now = Self.start
    #expect(alarms.set(now + .seconds(10), at: now))
    #expect(!alarms.set(now + .seconds(20), at: now))
    #expect(alarms.set(now + .seconds(5), at: now))
    alarms.wentOff(now + .seconds(5))
    #expect(!alarms.set(now + .seconds(12), at: now + .seconds(5)))
    // The clock was set: what should have rung by now did not.
    #expect(alarms.set(now + .seconds(90_000), at: now + .seconds(86_400)))
  }

  @Test("it ticks at once, at the time it asked for, and on a wake-up, and never in between")
  func drives() async throws {
    let time = SteppedTime()
    let wake = WakeSignal()
    let ticks = Ticks()
    await withTaskGroup(of: Void.self) { group in
      group.addTask {
        await drive(on: [wake.stream], atLeastEvery: .seconds(30), time: time) {
          // Due in ten seconds at first, then never.
          ticks.next() == 1 ? Self.start + .seconds(10) : nil
        }
      }
      #expect(await time.nextSleep() == Self.start + .seconds(10))
      #expect(ticks.count == 1)
      time.advance(by: .seconds(10))
      #expect(await time.nextSleep() == Self.start + .seconds(40))
      #expect(ticks.count == 2)
      time.advance(by: .seconds(1))
      wake.send()
      while ticks.count < 3 { await Task.yield() }
      // The alarm from before is early enough for the new one.
      #expect(time.sleepers == 1)
      group.cancelAll()
    }
    #expect(ticks.count == 3)
  }
}

/// Counts across tasks.
private final class Ticks: Sendable {
  private let state = Mutex(0)

  var count: Int { state.withLock { $0 } }

  func next() -> Int {
    state.withLock {
      $0 += 1
      return $0
    }
  }
}
