/// A number of bytes, so that a limit cannot be mistaken for a count of lines or characters.
struct ByteCount: Hashable, Comparable, Codable, Sendable {
  var bytes: Int

  init(bytes: Int) { self.bytes = bytes }

  static func kibibytes(_ count: Int) -> Self { Self(bytes: count * 1024) }
  static func mebibytes(_ count: Int) -> Self { Self(bytes: count * 1024 * 1024) }

  static func < (left: Self, right: Self) -> Bool { left.bytes < right.bytes }

  init(from decoder: any Decoder) throws {
    bytes = try decoder.singleValueContainer().decode(Int.self)
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(bytes)
  }
}
