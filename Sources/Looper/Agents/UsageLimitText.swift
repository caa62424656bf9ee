import Foundation

/// Reads when a usage limit ends from the words it was told in.
enum UsageLimitText {
  /// A limit further away than this was misread.
  static let waitMax: Duration = .seconds(40 * 24 * 3600)

  /// `usage limit reached|1760000000`: seconds since 1970 after a bar.
  static func epoch(in text: String) -> Timestamp? {
    guard let match = text.firstMatch(of: /\|(\d{10,13})/), let number = Int64(match.1) else { return nil }
    return Timestamp(milliseconds: match.1.count > 10 ? number : number * 1000)
  }

  /// `resets 3pm (Europe/Berlin)`, `resets Nov 25, 9:30am`: the next such moment after `now`.
  ///
  /// - Parameter zone: where a time without a zone is meant.
  /// - Returns: nil when there is none, or none within ``waitMax``.
  static func reset(in text: String, after now: Timestamp, zone: TimeZone) -> Timestamp? {
    let known = epoch(in: text) ?? span(in: text).map { now + $0 } ?? clock(in: text, after: now, zone: zone)
    guard let known, known > now, known - now <= waitMax else { return nil }
    return known
  }

  /// `try again in 2 days 17 hours 14 minutes`, as codex says it.
  private static func span(in text: String) -> Duration? {
    let pattern =
      /try again in ((?:(?:,|\band\b)?\s*\d{1,5}\s*(?:days?|hours?|minutes?|seconds?|d|h|m|s)\b)+)/
      .ignoresCase()
    guard let match = text.firstMatch(of: pattern) else { return nil }
    var seconds: Int64 = 0
    for part in match.1.matches(of: /(\d{1,5})\s*([dhms])/.ignoresCase()) {
      guard let count = Int64(part.1) else { continue }
      switch part.2.lowercased() {
      case "d": seconds += count * 86_400
      case "h": seconds += count * 3600
      case "m": seconds += count * 60
      default: seconds += count
      }
    }
    return .seconds(seconds)
  }

  private static func clock(in text: String, after now: Timestamp, zone: TimeZone) -> Timestamp? {
    let pattern =
      #/
      (?:resets|try\s+again)\s+(?:at\s+)?
      (?:([A-Za-z]{3})[a-z]*\s+(\d{1,2})(?:st|nd|rd|th)?(?:,\s*\d{4})?(?:,|\s+at)?\s+)?
      (\d{1,2})(?::(\d{2}))?\s*(am|pm)(?:\s*\(([^)]{1,40})\))?
      /#.ignoresCase()
    guard let match = text.firstMatch(of: pattern), let hour = Int(match.3), (1...12).contains(hour) else {
      return nil
    }
    var wanted = DateComponents()
    wanted.hour = hour % 12 + (match.5.lowercased() == "pm" ? 12 : 0)
    wanted.minute = match.4.flatMap { Int($0) } ?? 0
    wanted.second = 0
    if let month = match.1, let day = match.2.flatMap({ Int($0) }) {
      guard let number = monthNumber(month) else { return nil }
      wanted.month = number
      wanted.day = day
    }
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = match.6.flatMap { TimeZone(identifier: String($0)) } ?? zone
    guard let date = calendar.nextDate(after: now.date, matching: wanted, matchingPolicy: .nextTime) else {
      return nil
    }
    return Timestamp(milliseconds: Int64((date.timeIntervalSince1970 * 1000).rounded()))
  }

  private static func monthNumber(_ name: Substring) -> Int? {
    let names = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
    return names.firstIndex(of: name.lowercased()).map { $0 + 1 }
  }
}
