import Foundation

/// Reads when a usage limit ends from the words it was told in.
enum UsageLimitText {
  /// A limit further away than this was misread.
  static let waitMax: Duration = .seconds(40 * 24 * 3600)
  /// From this number on a moment is told in milliseconds.
  private static let secondsMax: Int64 = 100_000_000_000

  /// `usage limit reached|1760000000`, `resets_at: 1760000000`: seconds or milliseconds since 1970.
  static func epoch(in text: String) -> Timestamp? {
    let pattern = /(?:\||resets?(?:_?at|_?time)?\b[^\d\n]{1,8})(\d{13}|\d{10})\b/.ignoresCase()
    guard let match = text.firstMatch(of: pattern), let number = Int64(match.1) else { return nil }
    return moment(number)
  }

  /// A moment told as a number: seconds or milliseconds since 1970, which differ in their length for the next
  /// centuries.
  static func moment(_ number: Int64) -> Timestamp {
    number < secondsMax ? Timestamp(seconds: number) : Timestamp(milliseconds: number)
  }

  /// `resets 3pm (Europe/Berlin)`, `resets Nov 25, 15:30 UTC`, `until 2026-11-25T15:30:00Z`, `try again in 2 hours`: the
  /// next such moment after `now`.
  ///
  /// - Parameter zone: where a time without a zone is meant.
  /// - Returns: nil when there is none, or none within ``waitMax``.
  static func reset(in text: String, after now: Timestamp, zone: TimeZone) -> Timestamp? {
    let known =
      epoch(in: text) ?? instant(in: text, zone: zone) ?? span(in: text).map { now + $0 }
      ?? clock(in: text, after: now, zone: zone)
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

  /// ISO 8601, with or without a zone: `2026-11-25T15:30:00.123Z`, `2026-11-25 15:30 +02:00`.
  private static func instant(in text: String, zone: TimeZone) -> Timestamp? {
    let pattern =
      #/
      \b(\d{4})-(\d{2})-(\d{2})[T\ ](\d{2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?
      (?:\s*(Z\b|(?:UTC|GMT)?[+-]\d{1,2}(?::?\d{2})?|[A-Z]{2,5}\b))?
      /#
    guard let match = text.firstMatch(of: pattern), let year = Int(match.1), let month = Int(match.2),
      let day = Int(match.3), let hour = Int(match.4), let minute = Int(match.5)
    else { return nil }
    let second = match.6.flatMap { Int($0) } ?? 0
    guard (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second < 61 else {
      return nil
    }
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = match.7.flatMap { UsageLimitZone.named($0) } ?? zone
    let wanted = DateComponents(
      year: year, month: month, day: day, hour: hour, minute: minute, second: second)
    return calendar.date(from: wanted).map { Timestamp($0) }
  }

  /// A time of day, perhaps of a day; in 24 hours only with minutes.
  private static func clock(in text: String, after now: Timestamp, zone: TimeZone) -> Timestamp? {
    let pattern =
      #/
      (?:resets?|try\s+again|available\s+again|until)\s+(?:(?:at|on|after)\s+)?
      (?:(mon|tue|wed|thu|fri|sat|sun)[a-z]*,?\s+(?:at\s+)?)?
      (?:([A-Za-z]{3})[a-z]*\s+(\d{1,2})(?:st|nd|rd|th)?(?:,\s*\d{4})?(?:,|\s+at)?\s+)?
      (\d{1,2})(?::(\d{2})(?::\d{2})?)?(?:\s*([ap])\.?m\b\.?)?
      (?:\s*\(([^)]{1,40})\)|\s*((?:UTC|GMT)?[+-]\d{1,2}(?::?\d{2})?|[A-Z]{1,5}\b))?
      /#.ignoresCase()
    guard let match = text.firstMatch(of: pattern),
      let hour = hour(match.4, half: match.6, hasMinutes: match.5 != nil)
    else { return nil }
    var wanted = DateComponents()
    wanted.hour = hour
    wanted.minute = match.5.flatMap { Int($0) } ?? 0
    wanted.second = 0
    if let weekday = match.1 { wanted.weekday = number(weekday, among: weekdays) }
    if let month = match.2, let day = match.3.flatMap({ Int($0) }) {
      guard let number = number(month, among: months) else { return nil }
      wanted.month = number
      wanted.day = day
    }
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = (match.7 ?? match.8).flatMap { UsageLimitZone.named($0) } ?? zone
    return calendar.nextDate(after: now.date, matching: wanted, matchingPolicy: .nextTime).map {
      Timestamp($0)
    }
  }

  /// Of the day; `half` is the a or p of am and pm.
  private static func hour(_ text: Substring, half: Substring?, hasMinutes: Bool) -> Int? {
    guard let hour = Int(text) else { return nil }
    guard let half else { return hasMinutes && (0...23).contains(hour) ? hour : nil }
    guard (1...12).contains(hour) else { return nil }
    return hour % 12 + (half.lowercased() == "p" ? 12 : 0)
  }

  private static let months = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
  ]
  private static let weekdays = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]

  private static func number(_ name: Substring, among names: [String]) -> Int? {
    names.firstIndex(of: name.lowercased()).map { $0 + 1 }
  }
}

/// Time zones as people and providers write them.
enum UsageLimitZone {
  /// Hours east of Greenwich. Where two places share a name, the American one is meant: the providers are there.
  private static let hours: [String: Double] = [
    "AEDT": 11, "AEST": 10, "BST": 1, "CDT": -5, "CEST": 2, "CET": 1, "CST": -6, "EDT": -4, "EEST": 3,
    "EET": 2, "EST": -5, "GMT": 0, "IST": 5.5, "JST": 9, "KST": 9, "MDT": -6, "MST": -7, "NZDT": 13,
    "NZST": 12, "PDT": -7, "PST": -8, "SGT": 8, "UTC": 0, "WEST": 1, "WET": 0, "Z": 0,
  ]
  /// Summer or winter, as the day has it.
  private static let places = [
    "CT": "America/Chicago", "ET": "America/New_York", "MT": "America/Denver", "PT": "America/Los_Angeles",
  ]

  /// `UTC`, `PST`, `PT`, `UTC+2`, `-05:00`, `Europe/Berlin`; nil for what is none.
  static func named(_ text: Substring) -> TimeZone? {
    let name = text.uppercased()
    if let hours = hours[name] { return TimeZone(secondsFromGMT: Int(hours * 3600)) }
    if let place = places[name] { return TimeZone(identifier: place) }
    if let match = name.wholeMatch(of: /(?:UTC|GMT)?([+-])(\d{1,2})(?::?(\d{2}))?/), let hours = Int(match.2)
    {
      let seconds = hours * 3600 + (match.3.flatMap { Int($0) } ?? 0) * 60
      return TimeZone(secondsFromGMT: match.1 == "-" ? -seconds : seconds)
    }
    return text.contains("/") ? TimeZone(identifier: String(text)) : nil
  }
}
