import TOMLKit

/// Reads TOML with TOMLKit, which gives the values, and ``ConfigurationTOMLLines``, which gives their lines.
enum ConfigurationTOMLParser {
  static func parse(_ text: String) -> Result<ConfigurationNode, ConfigurationSyntaxError> {
    let lines = ConfigurationTOMLLines(text)
    if let error = lines.fatal { return .failure(error) }
    do {
      let table = try TOMLTable(string: text)
      let node = try withExtendedLifetime(table) {
        try convert(table, path: [], line: nil, lines: lines)
      }
      return .success(node)
    } catch let error as TOMLParseError {
      return .failure(
        ConfigurationSyntaxError(
          line: error.source.begin.line, message: ConfigurationText.trimmed(error.description))
      )
    } catch let error as ConfigurationSyntaxError {
      return .failure(error)
    } catch {
      return .failure(ConfigurationSyntaxError(line: nil, message: "not valid TOML"))
    }
  }

  /// Members come in the order of the file, for the sake of messages; those of one line by name.
  private static func convert(
    _ table: TOMLTable, path: [String], line: Int?, lines: ConfigurationTOMLLines
  ) throws -> ConfigurationNode {
    var members: [ConfigurationNode.Member] = []
    for key in table.keys.sorted() {
      guard let value = table[key] else { continue }
      let memberPath = path + [key]
      let memberLine = lines[memberPath] ?? line
      members.append(
        .init(key: key, node: try convert(value, path: memberPath, line: memberLine, lines: lines)))
    }
    let ordered = members.enumerated().sorted { left, right in
      (left.element.node.line ?? 0, left.offset) < (right.element.node.line ?? 0, right.offset)
    }
    return ConfigurationNode(content: .table(ordered.map(\.element)), line: line)
  }

  private static func convert(
    _ value: any TOMLValueConvertible, path: [String], line: Int?, lines: ConfigurationTOMLLines
  ) throws -> ConfigurationNode {
    if let table = value.table { return try convert(table, path: path, line: line, lines: lines) }
    if let array = value.array {
      let elements = try array.enumerated().map { index, element in
        let elementPath = path + [ConfigurationTOMLLines.part(index: index)]
        return try convert(element, path: elementPath, line: lines[elementPath] ?? line, lines: lines)
      }
      return ConfigurationNode(content: .array(elements), line: line)
    }
    let scalar: JSONValue? =
      switch value.type {
      case .bool: value.bool.map(JSONValue.bool)
      case .int: value.int.map { .integer(Int64($0)) }
      case .double: value.double.map(JSONValue.double)
      case .string: value.string.map(JSONValue.string)
      case .table, .array, .date, .time, .dateTime: nil
      }
    guard let scalar else {
      let name = path.joined(separator: ".")
      throw ConfigurationSyntaxError(line: line, message: "\(name) is a date; write a text or a number")
    }
    return ConfigurationNode(content: .scalar(scalar), line: line)
  }
}
