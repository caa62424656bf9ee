import Synchronization

/// The time of a simulation: moves when told to, and when somebody sleeps on it.
///
/// GitHub has the true time; the daemon's machine may be off by a jump of its clock, which every daemon steadies as it does
/// on a real machine.
final class SimulatedTime: TimeSource {
  /// When every simulation begins.
  static let start = Timestamp(milliseconds: 1_790_000_000_000)
  /// A steadied clock may be a tenth slow; what is left of a sleep is slept again, ever less.
  private static let sleepPartsMax = 50

  private struct State {
    var isNow = SimulatedTime.start
    var offset = Duration.zero
    var lives = 0
  }

  private let state = Mutex(State())
  private let daemonClock = Mutex<SystemTime?>(nil)

  /// What the daemon's machine says.
  var now: Timestamp { daemonClock.withLock(\.self)?.now ?? wall }

  /// What the machine's clock on the wall says.
  private var wall: Timestamp { state.withLock { $0.isNow + $0.offset } }

  /// What GitHub and people say.
  var trueNow: Timestamp { state.withLock { $0.isNow } }

  var elapsed: Duration { trueNow - Self.start }

  /// Daemons that were started.
  var lives: Int { state.withLock { $0.lives } }

  /// A daemon starts: it takes the clock on the wall as it is, and from then on trusts it but slowly.
  ///
  /// - Parameter trustingTheWall: for a mutation test: it believes every jump.
  func daemonStarts(trustingTheWall: Bool) {
    state.withLock { $0.lives += 1 }
    guard !trustingTheWall else { return }
    let clocks = MachineClocks(
      wall: { [weak self] in (self?.wall.milliseconds ?? 0) * 1_000_000 },
      steadfast: { [weak self] in (self?.trueNow.milliseconds ?? 0) * 1_000_000 })
    let clock = SystemTime(clocks: clocks)
    daemonClock.withLock { $0 = clock }
  }

  func advance(by duration: Duration) { state.withLock { $0.isNow = $0.isNow + max(duration, .zero) } }

  /// Sets the machine's clock wrong, or right again.
  func setOffset(_ offset: Duration) { state.withLock { $0.offset = offset } }

  func sleep(until deadline: Timestamp) async throws {
    for _ in 0..<Self.sleepPartsMax {
      let wait = deadline - now
      guard wait > .zero else { break }
      advance(by: wait)
    }
    try Task.checkCancellation()
  }
}
