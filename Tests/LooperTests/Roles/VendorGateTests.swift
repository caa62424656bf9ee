import Testing

@testable import Looper

@Suite("a vendor that is limited or down gets one probe when it may work again, and nothing before")
struct VendorGateTests {
  private static let now = Timestamp(milliseconds: 1_790_000_000_000)
  private static let reset = now + .seconds(3600)
  private static let probe = Run.ID(1)
  private static let other = Run.ID(2)

  private static func closure(
    _ cause: VendorGate.Cause, until: Timestamp, tries: Int = 1
  ) -> VendorGate.Closure {
    .init(cause: cause, until: until, since: now, tries: tries, message: "m")
  }

  private static let limited = VendorGate.State.closed(closure(.limit, until: reset))
  private static let down = VendorGate.State.closed(closure(.outage, until: reset))
  private static let shut = VendorGate.State.closed(closure(.account, until: now + .seconds(4 * 3600)))
  private static let due = VendorGate.State.closed(closure(.limit, until: now))
  private static let probing = VendorGate.State.probing(closure(.limit, until: now), by: probe)

  @Test(
    "every event in every state",
    arguments: [
      (
        VendorGate.State.open(failures: 0), VendorGate.Event.claimed(probe),
        VendorGate.State.open(failures: 0)
      ),
      (.open(failures: 0), .refused(probe, until: reset, message: "m"), limited),
      (
        .open(failures: 0), .refused(probe, until: nil, message: "m"),
        .closed(closure(.limit, until: now + .seconds(60)))
      ),
      // A time that has passed would be obeyed again and again.
      (
        .open(failures: 0), .refused(probe, until: now, message: "m"),
        .closed(closure(.limit, until: now + .seconds(60)))
      ),
      (.open(failures: 0), .failed(probe, message: "m"), .open(failures: 1)),
      (
        .open(failures: 1), .failed(probe, message: "m"),
        .closed(closure(.outage, until: now + .seconds(600)))
      ),
      (.open(failures: 1), .answered(probe), .open(failures: 0)),
      (.open(failures: 1), .ended(probe), .open(failures: 1)),
      (.open(failures: 1), .hurried, .open(failures: 1)),
      (limited, .claimed(probe), limited),
      (due, .claimed(probe), probing),
      (
        limited, .refused(other, until: reset + .seconds(60), message: "m"),
        .closed(closure(.limit, until: reset + .seconds(60)))
      ),
      (limited, .refused(other, until: nil, message: "m"), limited),
      (limited, .failed(other, message: "x"), limited),
      (limited, .answered(other), limited),
      (down, .answered(other), .open(failures: 0)),
      (limited, .ended(other), limited),
      (limited, .hurried, due),
      (probing, .claimed(other), probing),
      (
        probing, .refused(probe, until: reset, message: "m"),
        .closed(closure(.limit, until: reset, tries: 2))
      ),
      (
        probing, .refused(probe, until: nil, message: "m"),
        .closed(closure(.limit, until: now + .seconds(120), tries: 2))
      ),
      (
        probing, .failed(probe, message: "m"),
        .closed(closure(.outage, until: now + .seconds(1200), tries: 2))
      ),
      (probing, .failed(other, message: "x"), probing),
      (probing, .answered(probe), .open(failures: 0)),
      (probing, .answered(other), probing),
      (probing, .ended(probe), due),
      (probing, .ended(other), probing),
      (probing, .hurried, probing),
      (.open(failures: 1), .unanswered(probe), .open(failures: 1)),
      (limited, .unanswered(other), limited),
      (
        probing, .unanswered(probe),
        .closed(closure(.limit, until: now + .seconds(120), tries: 2))
      ),
      (probing, .unanswered(other), probing),
      (.open(failures: 0), .shut(probe, message: "m"), shut),
      (limited, .shut(probe, message: "m"), shut),
      (shut, .shut(other, message: "x"), shut),
      (shut, .answered(other), shut),
      (
        probing, .shut(probe, message: "m"),
        .closed(closure(.account, until: now + .seconds(8 * 3600), tries: 2))
      ),
    ])
  func table(state: VendorGate.State, event: VendorGate.Event, next: VendorGate.State) {
    var gate = VendorGate(state)
    _ = gate.apply(event, at: Self.now)
    #expect(gate.state == next)
  }

  @Test("only closing an open gate and opening a closed one is news")
  func changes() {
    var gate = VendorGate()
    #expect(gate.apply(.failed(Self.probe, message: "m"), at: Self.now) == .none)
    #expect(
      gate.apply(.failed(Self.other, message: "m"), at: Self.now)
        == .closed(Self.closure(.outage, until: Self.now + .seconds(600))))
    let later = Self.now + .seconds(600)
    #expect(gate.apply(.claimed(Self.probe), at: later) == .none)
    #expect(gate.apply(.failed(Self.probe, message: "m"), at: later) == .none)
    #expect(gate.apply(.claimed(Self.probe), at: later + .seconds(1200)) == .none)
    #expect(gate.apply(.answered(Self.probe), at: later + .seconds(1201)) == .opened)
  }

  @Test("a gate lets one in as the probe when it is due, and its own probe always")
  func admission() {
    #expect(VendorGate().admission(at: Self.now) == .free)
    #expect(VendorGate(Self.limited).admission(at: Self.now) == .no)
    #expect(VendorGate(Self.limited).admission(at: Self.reset) == .asProbe)
    #expect(VendorGate(Self.probing).admission(at: Self.reset) == .no)
    #expect(VendorGate(Self.probing).refusal(of: Self.probe, at: Self.now) == nil)
    #expect(
      VendorGate(Self.limited).refusal(of: Self.other, at: Self.now)
        == Failure(.usageLimited(until: Self.reset), "m"))
    #expect(VendorGate(Self.down).refusal(of: Self.other, at: Self.now) == Failure(.transient, "m"))
  }

  @Test("tries of a vendor that is down cost at most three starts in 42 minutes, and never stop")
  func outage() {
    let times = (1...12).reduce(into: [Self.now]) { times, count in
      times.append(RetryPolicy.probe(after: .transient, count: count, at: times[times.count - 1]))
    }
    #expect(times.dropFirst().count { $0 - Self.now <= .seconds(42 * 60) } <= 2)
    #expect(zip(times, times.dropFirst()).allSatisfy { $1 - $0 <= .seconds(1200) })
  }
}
