/// A text that must not be seen: whatever prints, logs or encodes it shows a mask.
struct Secret: Hashable, Sendable {
  private let text: String

  init(_ text: String) { self.text = text }

  static let mask = "********"

  var isEmpty: Bool { text.isEmpty }

  /// The text itself, for the one place that needs it.
  func revealed() -> String { text }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  var description: String { isEmpty ? "" : Self.mask }
  var debugDescription: String { description }
  var customMirror: Mirror { Mirror(self, children: [:]) }
}

extension Secret: Encodable {
  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
