/// The full name of a git commit: 40 (SHA-1) or 64 (SHA-256) lower-case hexadecimal digits.
struct CommitSHA: Hashable, Sendable, RawRepresentable, CustomStringConvertible {
  let rawValue: String

  init?(rawValue: String) {
    guard rawValue.utf8.count == 40 || rawValue.utf8.count == 64,
      rawValue.utf8.allSatisfy({ byte in
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
          || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
      })
    else { return nil }
    self.rawValue = rawValue
  }

  init?(_ text: String) { self.init(rawValue: text) }

  /// The first seven digits, for people.
  var short: String { String(rawValue.prefix(7)) }
  var description: String { rawValue }
}

extension CommitSHA: Codable {
  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let value = CommitSHA(rawValue: text) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a commit name: \(text)")
    }
    self = value
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(rawValue)
  }
}
