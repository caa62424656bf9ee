/// A configuration document as read, with the line of everything in it: what TOML, YAML and JSON have in common.
struct ConfigurationNode: Hashable, Sendable {
  var content: Content
  /// Of the key, for a member of a table; counts from 1.
  var line: Int?

  /// What is there.
  enum Content: Hashable, Sendable {
    /// Never an array or object.
    case scalar(JSONValue)
    case array([ConfigurationNode])
    case table([Member])
  }

  /// One key of a table, in the order of the file.
  struct Member: Hashable, Sendable {
    var key: String
    var node: ConfigurationNode
  }

  /// The same without lines.
  var json: JSONValue {
    switch content {
    case .scalar(let value): value
    case .array(let elements): .array(elements.map(\.json))
    case .table(let members):
      .object(Dictionary(members.map { ($0.key, $0.node.json) }, uniquingKeysWith: { $1 }))
    }
  }
}

/// Why a document could not be read at all.
struct ConfigurationSyntaxError: Error, Hashable, Sendable {
  var line: Int?
  var message: String
}

/// How a configuration file is written; all three mean the same.
enum ConfigurationFormat: String, Sendable, CaseIterable {
  case toml, yaml, yml, json

  /// Reads a document; an empty one is an empty table.
  func parse(_ text: String) -> Result<ConfigurationNode, ConfigurationSyntaxError> {
    if ConfigurationText.trimmed(text).isEmpty { return .success(ConfigurationNode(content: .table([]))) }
    let result =
      switch self {
      case .toml: ConfigurationTOMLParser.parse(text)
      case .yaml, .yml: ConfigurationYAMLParser.parse(text)
      case .json: ConfigurationJSONParser.parse(text)
      }
    return result.flatMap { node in
      guard case .table = node.content else {
        return .failure(
          ConfigurationSyntaxError(line: node.line, message: "must be a table of sections at the top"))
      }
      return .success(node)
    }
  }
}
