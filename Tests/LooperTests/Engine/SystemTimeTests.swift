import Synchronization
import Testing

@testable import Looper

@Suite("a clock that is set by a day fires nothing early and strands nothing")
struct SystemTimeTests {
  /// A machine whose two clocks are moved by hand, in seconds.
  private final class Machine: Sendable {
    private let state = Mutex((wall: Int64(1_790_000_000), steadfast: Int64(5000)))

    var clocks: MachineClocks {
      MachineClocks(
        wall: { [self] in state.withLock { $0.wall * 1_000_000_000 } },
        steadfast: { [self] in state.withLock { $0.steadfast * 1_000_000_000 } })
    }

    func pass(_ seconds: Int64) {
      state.withLock { state in
        state.wall += seconds
        state.steadfast += seconds
      }
    }

    func setWall(by seconds: Int64) { state.withLock { $0.wall += seconds } }
  }

  private static let start = Timestamp(milliseconds: 1_790_000_000_000)
  private static let day: Int64 = 86_400

  @Test("while nobody sets the wall clock it is the wall clock, also after eight hours of sleep")
  func undisturbed() {
    let machine = Machine()
    let time = SystemTime(clocks: machine.clocks)
    #expect(time.now == Self.start)
    machine.pass(8 * 3600)
    #expect(time.now == Self.start + .seconds(8 * 3600))
  }

  @Test("an hour stays an hour within a tenth, whichever way the wall clock was set", arguments: [day, -day])
  func jumped(_ jump: Int64) {
    let machine = Machine()
    let time = SystemTime(clocks: machine.clocks)
    machine.setWall(by: jump)
    #expect(time.now == Self.start)
    var last = time.now
    for _ in 0..<3600 {
      machine.pass(1)
      #expect(time.now > last)
      last = time.now
    }
    #expect(last == Self.start + .seconds(jump > 0 ? 3960 : 3240))
  }

  @Test("it agrees with the wall clock again, and a jump that is taken back leaves no trace")
  func agrees() {
    let machine = Machine()
    let time = SystemTime(clocks: machine.clocks)
    machine.setWall(by: Self.day)
    machine.setWall(by: -Self.day)
    machine.pass(60)
    #expect(time.now == Self.start + .seconds(60))
    machine.setWall(by: 2)
    machine.pass(20)
    #expect(time.now == Self.start + .seconds(82))
    machine.pass(60)
    #expect(time.now == Self.start + .seconds(142))
  }

  @Test("a sleep whose time has come returns at once")
  func sleeps() async throws {
    let machine = Machine()
    let time = SystemTime(clocks: machine.clocks)
    machine.pass(10)
    try await time.sleep(until: Self.start + .seconds(10))
  }

  @Test(
    "what was recorded by a clock that was a day ahead is due after a restart, and the loop goes on to ready")
  func restart() async throws {
    let agents = ScriptedAgents.unerring()
    try await EngineScene.with(agents) { first in
      try await first.watch()
      first.time.advance(by: .seconds(Self.day))
      try await first.forge.addLabel("looper:plan", to: 1, in: EngineScene.repository, as: "alice")
      try await first.rounds { $0.phase == .specReview && $0.state != .running }
      // The restarted scene's clock is GitHub's.
      let second = try await first.restarted()
      try await second.rounds(until: { $0.phase == .ready }, most: 100)
    }
  }
}
