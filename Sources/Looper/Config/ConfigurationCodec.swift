/// Why a value was not taken: the rest of a sentence that begins with the key, `must be …`.
struct ConfigurationRejection: Error, Hashable, Sendable {
  var message: String

  /// `must be <what>, not <value>`.
  static func expected(_ what: String, not value: JSONValue) -> Self {
    Self(message: "must be \(what), not \(ConfigurationView.masked(value).configurationExcerpt)")
  }
}

/// How one kind of value is read from a file or a text, checked, and written back.
struct ConfigurationCodec<Value: Sendable>: Sendable {
  /// What a value must be, for messages and the reference: `a whole number from 0 to 65535`.
  let expectation: String
  let decode: @Sendable (JSONValue) -> Result<Value, ConfigurationRejection>
  let encode: @Sendable (Value) -> JSONValue
  /// What a text from the environment or `--set` says, as the value a file would hold.
  let interpret: @Sendable (String) -> JSONValue
}

extension ConfigurationCodec {
  /// A codec whose values are what `convert` accepts.
  init(
    _ expectation: String,
    convert: @escaping @Sendable (JSONValue) -> Value?,
    encode: @escaping @Sendable (Value) -> JSONValue,
    interpret: @escaping @Sendable (String) -> JSONValue
  ) {
    self.init(
      expectation: expectation,
      decode: { value in
        guard let result = convert(value) else { return .failure(.expected(expectation, not: value)) }
        return .success(result)
      },
      encode: encode,
      interpret: interpret)
  }
}

extension JSONValue {
  /// Longest part of a rejected value that is repeated in a message.
  private static let excerptLengthMax = 60

  /// The value as a message shows it: short, on one line, tables and lists by their kind only.
  var configurationExcerpt: String {
    switch self {
    case .null: return "empty"
    case .array: return "a list"
    case .object: return "a table"
    case .bool, .integer, .double, .string:
      let text = TOMLText.literal(self)
      return text.count <= Self.excerptLengthMax ? text : "\(text.prefix(Self.excerptLengthMax))…"
    }
  }
}
