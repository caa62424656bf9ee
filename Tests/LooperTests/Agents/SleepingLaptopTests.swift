import Foundation
import Synchronization
import Testing

@testable import Looper

@Suite("a laptop that sleeps for eight hours with an agent at work ends nothing")
struct SleepingLaptopTests {
  /// What the clocks say of the sleep.
  enum Sleep: CaseIterable, Sendable {
    /// The machine was suspended: both clocks have gone on.
    case suspended
    /// Only the wall clock is ahead, as in a guest that was stopped with its machine.
    case wallOnly
  }

  /// The daemon's steadied clock over clocks that move when somebody sleeps on it, and that jump at one look.
  private final class Laptop: TimeSource {
    private struct Clocks {
      var wall: Int64 = 1_795_345_200_000_000_000
      var steadfast: Int64 = 0
      var looks = 0
    }

    private final class Machine: Sendable {
      let state = Mutex(Clocks())

      var clocks: MachineClocks {
        MachineClocks(
          wall: { [self] in state.withLock { $0.wall } },
          steadfast: { [self] in state.withLock { $0.steadfast } })
      }
    }

    private static let jumpAt = 5
    private static let wakeAt = 10
    private static let hours8: Int64 = 8 * 3600 * 1_000_000_000

    private let machine = Machine()
    private let time: SystemTime
    private let slept: Sleep
    private let wake: @Sendable () -> Void

    /// - Parameter wake: called a few looks after the jump.
    init(_ slept: Sleep, wake: @escaping @Sendable () -> Void) {
      self.slept = slept
      self.wake = wake
      time = SystemTime(clocks: machine.clocks)
    }

    var now: Timestamp { time.now }

    /// Returns at once, with the machine's clocks moved on: no test waits by it.
    func sleep(until deadline: Timestamp) async throws {
      try Task.checkCancellation()
      let wait = (deadline - now).components
      let look = machine.state.withLock { state in
        state.looks += 1
        guard state.looks <= Self.wakeAt else {
          // It stands, so that the agent may take its time to end.
          return state.looks
        }
        let nanoseconds = wait.seconds * 1_000_000_000 + wait.attoseconds / 1_000_000_000
        let jump = state.looks == Self.jumpAt ? Self.hours8 : 0
        state.wall += nanoseconds + jump
        state.steadfast += nanoseconds + (slept == .suspended ? jump : 0)
        return state.looks
      }
      if look == Self.wakeAt { wake() }
      await Task.yield()
    }
  }

  @Test(
    "a live child that says nothing meanwhile is not idle, is not overtime, and goes on",
    arguments: Sleep.allCases)
  func live(sleep: Sleep) async throws {
    try await AgentBench.withBench { bench in
      // It stands still, using neither output nor processor, until it is written to.
      let go = "\(bench.worktree)/go"
      try #require(mkfifo(go, 0o600) == 0)
      let end = try #require(FileHandle(forUpdatingAtPath: go))
      defer { try? end.close() }
      let laptop = Laptop(sleep) { end.write(Data("go\n".utf8)) }
      var spec = bench.spec(
        "read word < go; printf '{\"summary\":\"s\"}' > \"$LOOPER_RESULT_FILE\"")
      spec.limits = SessionLimits(
        idle: .seconds(300), runtime: .seconds(3600), grace: .seconds(1), poll: .seconds(2))
      let before = laptop.now
      let result = await bench.runner(time: laptop).run(spec)
      #expect(result.outcome.result == AgentBench.reported)
      #expect(result.ending == "exit status 0")
      // Eight hours of sleep are no work, whatever the clocks say: one look counts ten seconds at most.
      #expect(result.active <= .seconds(30))
      switch sleep {
      case .suspended: #expect(laptop.now - before >= .seconds(8 * 3600))
      case .wallOnly: #expect(laptop.now - before <= .seconds(30))
      }
    }
  }
}
