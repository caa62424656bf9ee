import Synchronization

/// Where randomness comes from: seeded in tests and the simulator.
final class RandomSource: Sendable {
  private let generator: Mutex<SplitMix>
  /// Without a seed tokens come from the system, which nobody can predict.
  private let isSeeded: Bool

  /// - Parameter seed: nil takes the system's randomness.
  init(seed: UInt64? = nil) {
    generator = Mutex(SplitMix(state: seed ?? UInt64.random(in: .min ... .max)))
    isSeeded = seed != nil
  }

  /// 0 up to 1.
  func unit() -> Double { generator.withLock { Double($0.next() >> 11) / Double(1 << 53) } }

  /// 128 random bits as hexadecimal text.
  func token() -> String {
    let (high, low) =
      isSeeded
      ? generator.withLock { ($0.next(), $0.next()) }
      : (UInt64.random(in: .min ... .max), UInt64.random(in: .min ... .max))
    func digits(_ value: UInt64) -> String {
      let text = String(value, radix: 16)
      return String(repeating: "0", count: 16 - text.count) + text
    }
    return digits(high) + digits(low)
  }
}

/// SplitMix64 (Steele, Lea and Flood 2014): small, fast, good enough for jitter and schedules.
struct SplitMix: RandomNumberGenerator, Sendable {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
