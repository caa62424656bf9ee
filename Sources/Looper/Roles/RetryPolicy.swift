/// The only place that turns a failure into a delay.
enum RetryPolicy {
  static let base: Duration = .seconds(5)
  static let cap: Duration = .seconds(300)
  /// Part of the delay that is random, so that many loops do not come back at once.
  static let jitter = 0.2
  /// A time further away than this was misread.
  static let namedMax: Duration = .seconds(40 * 24 * 3600)

  /// When to try again after the `count`-th failure in a row (from 1): 5 s · 2^(count−1), capped, with jitter; a
  /// time that the other side named is obeyed.
  ///
  /// - Parameter unit: random, 0 to 1.
  static func next(after failure: Failure.Kind, count: Int, unit: Double, at now: Timestamp) -> Timestamp {
    if let until = named(failure, at: now) { return until }
    return now + .milliseconds(Int64(grown(base, cap, count) * (1 - jitter + jitter * unit)))
  }

  /// When one run finds out whether a vendor works again. Each try costs the start of an agent, and there is one for
  /// all loops: hence long pauses, and no jitter. 42 minutes of outage are three tries. Where only a person can help,
  /// who hurries it afterwards, a try is for the case that he forgets to: each ends a loop's work.
  static func probe(after failure: Failure.Kind, count: Int, at now: Timestamp) -> Timestamp {
    if let until = named(failure, at: now) { return until }
    let (first, most): (Duration, Duration) =
      switch failure {
      case .usageLimited, .rateLimited: (.seconds(60), .seconds(1200))
      case .transient, .conflict, .agent, .permanent, .bug: (.seconds(600), .seconds(1200))
      case .needsHuman: (.seconds(4 * 3600), .seconds(24 * 3600))
      }
    return now + .milliseconds(Int64(grown(first, most, count)))
  }

  /// The time the other side named, when it lies ahead: one that has passed would be obeyed again and again.
  private static func named(_ failure: Failure.Kind, at now: Timestamp) -> Timestamp? {
    guard let until = failure.until, until > now, until - now <= namedMax else { return nil }
    return until
  }

  /// `first` · 2^(count−1) in milliseconds, at most `most`.
  private static func grown(_ first: Duration, _ most: Duration, _ count: Int) -> Double {
    let exponent = min(max(count - 1, 0), 10)
    return min(Double(most.milliseconds), Double(first.milliseconds) * Double(1 << exponent))
  }
}
