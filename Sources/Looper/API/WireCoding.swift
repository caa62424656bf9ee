import Foundation

/// How wire types become JSON: snake_case keys, ISO 8601 times, sorted keys, so that answers compare as text.
///
/// A property is spelled as Swift wants it (`loopID`, `costUSD`) and crosses the wire as `loop_id`, `cost_usd`.
/// Members of a dictionary keep their names.
enum WireCoding {
  /// Parts of a name that Swift writes in capitals when they do not come first.
  private static let acronyms: Set<String> = ["id", "url", "sha", "usd", "pid", "pr"]

  static var encoder: JSONEncoder {
    let encoder = spelledEncoder
    encoder.keyEncodingStrategy = .custom { Key(snakeCase(($0.last?.stringValue ?? ""))) }
    return encoder
  }

  /// For a value of this type: names are converted one by one, which takes most of the time of a long page, so what is
  /// ``WireSpelled`` goes without.
  static func encoder<Value: Encodable>(for type: Value.Type) -> JSONEncoder {
    type is any WireSpelled.Type ? spelledEncoder : encoder
  }

  private static var spelledEncoder: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return encoder
  }

  /// For people who read `--json` on a terminal.
  static var prettyEncoder: JSONEncoder {
    let encoder = encoder
    encoder.outputFormatting.insert(.prettyPrinted)
    return encoder
  }

  static var decoder: JSONDecoder {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .custom { Key(camelCase(($0.last?.stringValue ?? ""))) }
    return decoder
  }

  /// `waitsFor` → `waits_for`, `pullURL` → `pull_url`.
  ///
  /// Names of properties are ASCII; by bytes, because every key of every answer comes through here.
  static func snakeCase(_ name: String) -> String {
    let capitals = UInt8(ascii: "A")...UInt8(ascii: "Z")
    guard name.utf8.contains(where: capitals.contains) else { return name }
    var result: [UInt8] = []
    var wasUpper = true
    for byte in name.utf8 {
      let isUpper = capitals.contains(byte)
      if isUpper, !wasUpper { result.append(UInt8(ascii: "_")) }
      result.append(isUpper ? byte | 0x20 : byte)
      wasUpper = isUpper
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// `waits_for` → `waitsFor`, `pull_url` → `pullURL`.
  static func camelCase(_ name: String) -> String {
    guard name.utf8.contains(UInt8(ascii: "_")) else { return name }
    let parts = name.split(separator: "_").map(String.init)
    guard parts.count > 1, let first = parts.first else { return name }
    let rest = parts.dropFirst().map { part in
      acronyms.contains(part) ? part.uppercased() : part.prefix(1).uppercased() + part.dropFirst()
    }
    return ([first] + rest).joined()
  }

  /// A key that is only its text.
  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(_ text: String) { stringValue = text }
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }
}

/// A type that encodes its keys, and those of all it holds, as they cross the wire.
protocol WireSpelled: Encodable {}
