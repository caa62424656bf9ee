extension ConfigurationCodec<Bool> {
  /// `true` or `false`; in the environment also `yes`, `no`, `on`, `off`, `1` and `0`.
  static var boolean: Self {
    Self(
      "true or false",
      convert: \.boolValue,
      encode: { .bool($0) },
      interpret: { text in
        switch text.lowercased() {
        case "true", "yes", "on", "1": .bool(true)
        case "false", "no", "off", "0": .bool(false)
        default: .string(text)
        }
      })
  }
}

extension ConfigurationCodec<Int> {
  static func integer(_ range: ClosedRange<Int>) -> Self {
    Self(
      range.upperBound == .max
        ? "a whole number of at least \(range.lowerBound)"
        : "a whole number from \(range.lowerBound) to \(range.upperBound)",
      convert: { value in
        guard case .integer(let number) = value, let result = Int(exactly: number), range.contains(result)
        else { return nil }
        return result
      },
      encode: { .integer(Int64($0)) },
      interpret: { text in Int64(text).map(JSONValue.integer) ?? .string(text) })
  }
}

extension ConfigurationCodec<Double> {
  /// A finite number of at least 0.
  static var amount: Self {
    Self(
      "a number of at least 0",
      convert: { value in
        guard let number = value.doubleValue, number.isFinite, number >= 0 else { return nil }
        return number
      },
      encode: { .double($0) },
      interpret: { text in Double(text).map(JSONValue.double) ?? .string(text) })
  }
}

extension ConfigurationCodec<ByteCount> {
  /// Whole mebibytes.
  static func mebibytes(_ range: ClosedRange<Int>) -> Self {
    let number = ConfigurationCodec<Int>.integer(range)
    return Self(
      expectation: number.expectation,
      decode: { number.decode($0).map(ByteCount.mebibytes) },
      encode: { .integer(Int64($0.bytes / 1024 / 1024)) },
      interpret: number.interpret)
  }
}

/// The unit a duration's key ends in.
enum ConfigurationTimeUnit: Sendable {
  case milliseconds, seconds, minutes, days

  var milliseconds: Int64 {
    switch self {
    case .milliseconds: 1
    case .seconds: 1000
    case .minutes: 60_000
    case .days: 86_400_000
    }
  }

  /// The milliseconds that `30s`, `500ms`, `5m`, `2h` or `7d` say; nil for anything else.
  static func milliseconds(in text: String) -> Int64? {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    let factor: Int64
    switch text.dropFirst(digits.count) {
    case "ms": factor = 1
    case "s": factor = 1000
    case "m": factor = 60_000
    case "h": factor = 3_600_000
    case "d": factor = 86_400_000
    default: return nil
    }
    guard let number = Int64(digits) else { return nil }
    let (product, overflow) = number.multipliedReportingOverflow(by: factor)
    return overflow ? nil : product
  }
}

extension ConfigurationCodec<Duration> {
  /// A whole number of `unit`, or a text such as `"30s"` that comes to one.
  static func duration(_ unit: ConfigurationTimeUnit, _ range: ClosedRange<Int>) -> Self {
    let number = ConfigurationCodec<Int>.integer(range)
    return Self(
      "\(number.expectation), or a text such as \"30s\" within that",
      convert: { value in
        var plain = value
        if case .string(let text) = value {
          guard let total = ConfigurationTimeUnit.milliseconds(in: text), total % unit.milliseconds == 0
          else { return nil }
          plain = .integer(total / unit.milliseconds)
        }
        guard case .success(let count) = number.decode(plain) else { return nil }
        return .milliseconds(Int64(count) * unit.milliseconds)
      },
      encode: { .integer($0.milliseconds / unit.milliseconds) },
      interpret: number.interpret)
  }
}

extension ConfigurationCodec where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
  /// One of the enum's words.
  static var choice: Self {
    let words = Value.allCases.map { "\"\($0.rawValue)\"" }
    return Self(
      words.dropLast().joined(separator: ", ") + (words.count > 1 ? " or " : "") + (words.last ?? ""),
      convert: { $0.stringValue.flatMap(Value.init(rawValue:)) },
      encode: { .string($0.rawValue) },
      interpret: { .string(ConfigurationText.unquoted($0)) })
  }
}

extension ConfigurationCodec<ProjectName> {
  static var projectName: Self {
    Self(
      "a repository as \"owner/name\" or \"host/owner/name\"",
      convert: { $0.stringValue.flatMap { ProjectName(typed: $0) } },
      encode: { .string($0.display) },
      interpret: { .string(ConfigurationText.unquoted($0)) })
  }
}
