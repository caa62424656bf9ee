/// What agents consumed. Unknown is unknown, never zero.
struct Usage: Codable, Equatable, Sendable {
  /// More than any agent consumes; sums stay at it, so that a stranger's numbers overflow nothing, in SQLite's sums of
  /// millions of sessions neither.
  static let tokensMax = 1_000_000_000_000
  static let costMax = 1_000_000_000.0

  var inputTokens: Int?
  var outputTokens: Int?
  /// US dollars, as the vendor computed it.
  var costUSD: Double?

  /// Both kinds together, as a budget counts them; nil when neither was told.
  var tokens: Int? {
    guard inputTokens != nil || outputTokens != nil else { return nil }
    return (inputTokens ?? 0) + (outputTokens ?? 0)
  }

  static let unknown = Usage(inputTokens: nil, outputTokens: nil, costUSD: nil)

  /// Adds what is known on either side; unknown plus unknown stays unknown.
  static func + (left: Self, right: Self) -> Self {
    func sum<Number: AdditiveArithmetic & Comparable>(
      _ first: Number?, _ second: Number?, most: Number
    ) -> Number? {
      guard let first else { return second }
      return min(min(first, most) + min(second ?? .zero, most), most)
    }
    return Usage(
      inputTokens: sum(left.inputTokens, right.inputTokens, most: tokensMax),
      outputTokens: sum(left.outputTokens, right.outputTokens, most: tokensMax),
      costUSD: sum(left.costUSD, right.costUSD, most: costMax))
  }

  /// What is left of a sum when a part of it was counted before; never less than nothing.
  func without(_ counted: Self) -> Self {
    func rest<Number: AdditiveArithmetic & Comparable>(_ whole: Number?, _ part: Number?) -> Number? {
      whole.map { max($0 - (part ?? .zero), .zero) }
    }
    return Usage(
      inputTokens: rest(inputTokens, counted.inputTokens),
      outputTokens: rest(outputTokens, counted.outputTokens),
      costUSD: rest(costUSD, counted.costUSD))
  }
}
