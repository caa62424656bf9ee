/// Writes values as TOML.
enum TOMLText {
  /// One line, whatever the value; null becomes an empty text, which TOML lacks otherwise.
  static func literal(_ value: JSONValue) -> String {
    switch value {
    case .null: return "\"\""
    case .bool(let flag): return String(flag)
    case .integer(let number): return String(number)
    case .double(let number): return String(number)
    case .string(let text): return quoted(text)
    case .array(let elements): return "[" + elements.map(literal).joined(separator: ", ") + "]"
    case .object(let members):
      let pairs = members.sorted { $0.key < $1.key }.map { "\(key($0.key)) = \(literal($0.value))" }
      return "{ " + pairs.joined(separator: ", ") + " }"
    }
  }

  private static func key(_ text: String) -> String {
    let isBare = text.unicodeScalars.allSatisfy { scalar in
      scalar.isASCII
        && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil
          || "-_".unicodeScalars.contains(scalar))
    }
    return isBare && !text.isEmpty ? text : quoted(text)
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      default:
        if scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) {
          let digits = String(scalar.value, radix: 16, uppercase: true)
          result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        } else {
          result.unicodeScalars.append(scalar)
        }
      }
    }
    return result + "\""
  }
}
