import Foundation

/// Encoding and the small formats GitHub uses everywhere.
enum ForgeJSON {
  static func encode(_ value: JSONValue) -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Encoding a JSONValue fails only for a number that JSON cannot write; none is ever made here.
    return (try? encoder.encode(value)) ?? Data("null".utf8)
  }

  /// `2026-11-22T10:35:28Z`: whole seconds, as GitHub writes every time.
  static func time(_ timestamp: Timestamp) -> JSONValue {
    .string(timestamp.date.formatted(Date.ISO8601FormatStyle()))
  }

  static func time(_ timestamp: Timestamp?) -> JSONValue { timestamp.map { time($0) } ?? .null }
  static func text(_ text: String?) -> JSONValue { text.map(JSONValue.string) ?? .null }
  static func number(_ number: Int) -> JSONValue { .integer(Int64(number)) }
  static func number(_ value: Int?) -> JSONValue { value.map { number($0) } ?? .null }
}
