/// How text is written: for which width, with or without colour, seen from which moment.
struct TextStyle: Sendable {
  /// Colour repeats what a word says already.
  enum Color: String, Sendable {
    case bold = "1"
    case dim = "2"
    case red = "31"
    case green = "32"
    case yellow = "33"
  }

  /// What has no last column: a file, a pipe.
  static let unlimited = Int.max

  var width: Int
  var isColored: Bool
  var now: Timestamp

  func paint(_ text: String, _ color: Color?) -> String {
    guard isColored, let color, !text.isEmpty else { return text }
    return "\u{1B}[\(color.rawValue)m\(text)\u{1B}[0m"
  }

  /// `3m ago`, `now`.
  func ago(_ time: Timestamp) -> String {
    let passed = now - time
    return passed < .seconds(1) ? "now" : "\(Self.duration(passed)) ago"
  }

  /// `in 5m`, `now`.
  func until(_ time: Timestamp) -> String {
    let left = time - now
    return left < .seconds(1) ? "now" : "in \(Self.duration(left))"
  }

  /// The two largest units: `45s`, `12m`, `3h 5m`, `2d 4h`.
  static func duration(_ duration: Duration) -> String {
    let seconds = max(0, duration.milliseconds / 1000)
    func pair(_ first: Int64, _ unit: String, _ second: Int64, _ smaller: String) -> String {
      second == 0 ? "\(first)\(unit)" : "\(first)\(unit) \(second)\(smaller)"
    }
    switch seconds {
    case 0..<60: return "\(seconds)s"
    case 60..<3600: return "\(seconds / 60)m"
    case 3600..<86400: return pair(seconds / 3600, "h", seconds % 3600 / 60, "m")
    default: return pair(seconds / 86400, "d", seconds % 86400 / 3600, "h")
    }
  }

  /// `$1.20`; `-` when unknown.
  static func money(_ dollars: Double?) -> String {
    guard let dollars, dollars.isFinite else { return "-" }
    let cents = Int64((dollars * 100).rounded())
    let rest = cents % 100
    return "$\(cents / 100).\(rest < 10 ? "0" : "")\(rest)"
  }

  /// `950`, `12k`, `3.4M`; `-` when unknown.
  static func count(_ number: Int?) -> String {
    guard let number else { return "-" }
    switch number {
    case ..<10_000: return String(number)
    case ..<1_000_000: return "\(number / 1000)k"
    default: return "\(number / 1_000_000).\(number % 1_000_000 / 100_000)M"
    }
  }

  /// The colour of a state's word.
  static func color(ofState state: String) -> Color? {
    switch state {
    case "running", "succeeded", "done", "ok", "sending": .green
    case "blocked", "failed", "refused", "degraded": .red
    case "interrupted", "superseded", "cancelled", "open": .yellow
    default: nil
    }
  }
}
