import Foundation

/// A point in time: whole milliseconds since 1970-01-01 UTC, as stored in the database.
///
/// Times order nothing that must not break when the clock jumps; sequence numbers do that. Many are told by strangers, so
/// arithmetic never overflows: what would be outside the range becomes its end.
struct Timestamp: Hashable, Comparable, Sendable {
  var milliseconds: Int64

  init(milliseconds: Int64) { self.milliseconds = milliseconds }

  /// - Parameter seconds: since 1970.
  init(seconds: Int64) { milliseconds = seconds.limitedProduct(1000) }

  init(_ date: Date) {
    let exact = (date.timeIntervalSince1970 * 1000).rounded()
    milliseconds = Int64(exactly: exact) ?? (exact < 0 ? .min : .max)
  }

  /// Reads an ISO 8601 date as GitHub writes them (`2026-11-22T10:35:28Z`, fractions allowed).
  init?(iso8601 text: String) {
    let plain = Date.ISO8601FormatStyle()
    let fractional = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
    guard let date = (try? plain.parse(text)) ?? (try? fractional.parse(text)) else { return nil }
    self.init(date)
  }

  /// ISO 8601 in UTC with milliseconds, the form every `--json` and API answer uses.
  var iso8601: String { date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true)) }

  var date: Date { Date(timeIntervalSince1970: Double(milliseconds) / 1000) }

  /// Milliseconds of a day; UTC days are all of one length on this clock.
  private static let dayLength: Int64 = 86_400_000

  /// The beginning of this time's UTC day.
  var midnight: Self { Self(milliseconds: milliseconds - milliseconds % Self.dayLength) }
  var nextMidnight: Self { midnight + .milliseconds(Self.dayLength) }

  static func < (left: Self, right: Self) -> Bool { left.milliseconds < right.milliseconds }
  static func + (left: Self, right: Duration) -> Self {
    Self(milliseconds: left.milliseconds.limitedSum(right.milliseconds))
  }
  static func - (left: Self, right: Duration) -> Self {
    Self(milliseconds: left.milliseconds.limitedDifference(right.milliseconds))
  }
  /// The time from `right` to `left`; negative when `left` is earlier.
  static func - (left: Self, right: Self) -> Duration {
    .milliseconds(left.milliseconds.limitedDifference(right.milliseconds))
  }
}

extension Timestamp: Codable {
  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let value = Timestamp(iso8601: text) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "not an ISO 8601 date: \(text)")
    }
    self = value
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(iso8601)
  }
}

extension Duration {
  /// Whole milliseconds, rounded towards zero.
  var milliseconds: Int64 {
    components.seconds.limitedProduct(1000).limitedSum(components.attoseconds / 1_000_000_000_000_000)
  }

  /// Seconds with their fraction, for metrics and display.
  var inSeconds: Double { Double(milliseconds) / 1000 }
}

/// Arithmetic that ends at the ends of the range.
extension Int64 {
  fileprivate func limitedProduct(_ factor: Int64) -> Int64 {
    let (product, isTooFar) = multipliedReportingOverflow(by: factor)
    return isTooFar ? ((self < 0) == (factor < 0) ? .max : .min) : product
  }

  fileprivate func limitedSum(_ other: Int64) -> Int64 {
    let (sum, isTooFar) = addingReportingOverflow(other)
    return isTooFar ? (other < 0 ? .min : .max) : sum
  }

  fileprivate func limitedDifference(_ other: Int64) -> Int64 {
    let (difference, isTooFar) = subtractingReportingOverflow(other)
    return isTooFar ? (other < 0 ? .max : .min) : difference
  }
}
