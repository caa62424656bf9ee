import Foundation

/// Encoding of the immutable payload columns. Keys are sorted, so that equal values are equal text.
enum JSONColumn {
  static func encode(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  /// Nothing for no arguments, as in rows that are older than the column.
  static func encodeArguments(_ arguments: [String]) throws -> String? {
    arguments.isEmpty ? nil : try encode(arguments)
  }

  static func decode<Value: Decodable>(_ type: Value.Type, from text: String) throws -> Value {
    try JSONDecoder().decode(type, from: Data(text.utf8))
  }

  static func decodeIfPresent<Value: Decodable>(_ type: Value.Type, from text: String?) throws -> Value? {
    guard let text else { return nil }
    return try decode(type, from: text)
  }
}

extension DecodingError {
  /// What could not be read, for people.
  var place: String {
    func path(_ context: Context, _ last: String? = nil) -> String {
      let names = context.codingPath.map(\.stringValue) + [last].compactMap(\.self)
      return names.isEmpty ? "it" : names.joined(separator: ".")
    }
    switch self {
    case .keyNotFound(let key, let context): return "\(path(context, key.stringValue)) is missing"
    case .valueNotFound(_, let context): return "\(path(context)) has no value"
    case .typeMismatch(_, let context): return "\(path(context)) is of another kind"
    case .dataCorrupted(let context): return "\(path(context)) is damaged"
    @unknown default: return "\(self)"
    }
  }
}
