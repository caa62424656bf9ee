/// A version of looper: `0.2.0`, compared part by part as numbers.
struct UpgradeVersion: Comparable, Sendable, CustomStringConvertible {
  let description: String
  private let parts: [Int]

  /// Nil for what is no version; a leading `v`, as tags have it, does not matter.
  init?(_ text: String) {
    let bare = text.hasPrefix("v") ? text.dropFirst() : text[...]
    let parts = bare.split(separator: ".", omittingEmptySubsequences: false).map { Int($0) }
    let numbers = parts.compactMap(\.self)
    guard numbers.count == 3, parts.count == 3, numbers.allSatisfy({ $0 >= 0 }) else { return nil }
    description = String(bare)
    self.parts = numbers
  }

  static func < (left: Self, right: Self) -> Bool { left.parts.lexicographicallyPrecedes(right.parts) }
  static func == (left: Self, right: Self) -> Bool { left.parts == right.parts }
}
