import Foundation

/// A point in time: whole milliseconds since 1970-01-01 UTC, as stored in the database.
///
/// Times order nothing that must not break when the clock jumps; sequence numbers do that.
struct Timestamp: Hashable, Comparable, Sendable {
  var milliseconds: Int64

  init(milliseconds: Int64) { self.milliseconds = milliseconds }

  /// Reads an ISO 8601 date as GitHub writes them (`2026-11-22T10:35:28Z`, fractions allowed).
  init?(iso8601 text: String) {
    let plain = Date.ISO8601FormatStyle()
    let fractional = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
    guard let date = (try? plain.parse(text)) ?? (try? fractional.parse(text)) else { return nil }
    milliseconds = Int64((date.timeIntervalSince1970 * 1000).rounded())
  }

  /// ISO 8601 in UTC with milliseconds, the form every `--json` and API answer uses.
  var iso8601: String { date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true)) }

  var date: Date { Date(timeIntervalSince1970: Double(milliseconds) / 1000) }

  /// Milliseconds of a day; UTC days are all of one length on this clock.
  private static let dayLength: Int64 = 86_400_000

  /// The beginning of this time's UTC day.
  var midnight: Self { Self(milliseconds: milliseconds - milliseconds % Self.dayLength) }
  var nextMidnight: Self { Self(milliseconds: midnight.milliseconds + Self.dayLength) }

  static func < (left: Self, right: Self) -> Bool { left.milliseconds < right.milliseconds }
  static func + (left: Self, right: Duration) -> Self {
    Self(milliseconds: left.milliseconds + right.milliseconds)
  }
  static func - (left: Self, right: Duration) -> Self {
    Self(milliseconds: left.milliseconds - right.milliseconds)
  }
  /// The time from `right` to `left`; negative when `left` is earlier.
  static func - (left: Self, right: Self) -> Duration {
    .milliseconds(left.milliseconds - right.milliseconds)
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
    components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
  }

  /// Seconds with their fraction, for metrics and display.
  var inSeconds: Double { Double(milliseconds) / 1000 }
}
