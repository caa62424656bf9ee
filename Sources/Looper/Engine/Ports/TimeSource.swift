import Foundation
import Synchronization

/// Where the time comes from, so that tests and the simulator can own it.
protocol TimeSource: Sendable {
  var now: Timestamp { get }
  /// Returns at `deadline`, or at once when it has passed.
  /// - Throws: `CancellationError`.
  func sleep(until deadline: Timestamp) async throws
}

/// The machine's clock, steadied: wall time that is carried on by a clock nobody sets and that also runs while the machine
/// sleeps (`CLOCK_BOOTTIME`).
///
/// It begins with the wall clock. When the two part, because somebody set the wall clock, it never jumps: it goes a tenth
/// faster or slower until they agree again, six minutes an hour. So it never goes back, nothing that was to wait an hour
/// fires before 54 minutes or after 66, and nothing waits for a time that was the future once. A day's jump is made up in ten
/// days; a restart takes the wall clock as it is.
struct SystemTime: TimeSource {
  /// The part of real time by which it may run faster or slower.
  static let slewPart: Int64 = 10
  /// Sleeps in pieces, for a timer need not follow this clock.
  static let pieceMax: Duration = .seconds(60)

  private let clocks: MachineClocks
  private let anchor: Anchor

  init(clocks: MachineClocks = .machine) {
    self.clocks = clocks
    anchor = Anchor(clocks)
  }

  var now: Timestamp { Timestamp(milliseconds: anchor.read(clocks) / 1_000_000) }

  func sleep(until deadline: Timestamp) async throws {
    while true {
      let wait = deadline - now
      guard wait > .zero else { return }
      try await Task.sleep(for: min(wait, Self.pieceMax))
    }
  }

  /// Where the steadied clock was when it was read last. In nanoseconds.
  private final class Anchor: Sendable {
    private struct State {
      var steady: Int64
      var steadfast: Int64
    }

    private let state: Mutex<State>

    init(_ clocks: MachineClocks) {
      state = Mutex(State(steady: clocks.wall(), steadfast: clocks.steadfast()))
    }

    func read(_ clocks: MachineClocks) -> Int64 {
      state.withLock { state in
        let steadfast = max(clocks.steadfast(), state.steadfast)
        let elapsed = steadfast - state.steadfast
        let expected = state.steady + elapsed
        let most = elapsed / SystemTime.slewPart
        state = State(
          steady: expected + min(max(clocks.wall() - expected, -most), most), steadfast: steadfast)
        return state.steady
      }
    }
  }
}

/// The clocks of a machine, in nanoseconds.
struct MachineClocks: Sendable {
  /// Since 1970; may be set at any moment.
  var wall: @Sendable () -> Int64
  /// Since any moment; never set.
  var steadfast: @Sendable () -> Int64

  static let machine: Self = {
    let start = ContinuousClock().now
    return Self(
      wall: { Int64(Date().timeIntervalSince1970 * 1_000_000_000) },
      steadfast: {
        let (seconds, attoseconds) = start.duration(to: ContinuousClock().now).components
        return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
      })
  }()
}
