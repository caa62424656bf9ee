/// The only place that turns a failure into a delay.
enum RetryPolicy {
  static let base: Duration = .seconds(5)
  static let cap: Duration = .seconds(300)
  /// Part of the delay that is random, so that many loops do not come back at once.
  static let jitter = 0.2

  /// When to try again after the `count`-th failure in a row (from 1): 5 s · 2^(count−1), capped, with jitter; a
  /// time that the other side named is obeyed.
  ///
  /// - Parameter unit: random, 0 to 1.
  static func next(after failure: Failure.Kind, count: Int, unit: Double, at now: Timestamp) -> Timestamp {
    if let until = failure.until { return max(until, now) }
    let exponent = min(max(count - 1, 0), 10)
    let full = min(Double(cap.milliseconds), Double(base.milliseconds) * Double(1 << exponent))
    return now + .milliseconds(Int64(full * (1 - jitter + jitter * unit)))
  }
}
