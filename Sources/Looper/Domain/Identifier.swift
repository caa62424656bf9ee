/// A row's identity, typed by what the row is, so that a run's id cannot be passed for a loop's.
///
/// Values are SQLite row ids: positive, never reused while the row exists.
struct Identifier<Entity>: Hashable, Comparable, Sendable, RawRepresentable {
  let rawValue: Int64

  init(rawValue: Int64) { self.rawValue = rawValue }
  init(_ rawValue: Int64) { self.rawValue = rawValue }

  static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

extension Identifier: Codable {
  init(from decoder: any Decoder) throws {
    rawValue = try decoder.singleValueContainer().decode(Int64.self)
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(rawValue)
  }
}

/// A thing people name with a letter and a number: `L12` for a loop, `R34` for a run.
protocol Handled {
  /// The letter before the number, in upper case.
  static var handleLetter: Character { get }
}

extension Identifier: CustomStringConvertible {
  var description: String { String(rawValue) }
}

extension Identifier where Entity: Handled {
  /// `L12`, `R34`: how people see and type this id.
  var handle: String { "\(Entity.handleLetter)\(rawValue)" }

  /// Reads `L12`, `l12` or `12`; nil for anything else.
  init?(handle text: String) {
    var digits = Substring(text)
    if let first = digits.first, first.uppercased() == String(Entity.handleLetter) {
      digits = digits.dropFirst()
    }
    guard let number = Int64(digits), number > 0, digits.allSatisfy(\.isNumber) else { return nil }
    rawValue = number
  }
}
