import Yams

/// Reads YAML by the rules of its core schema, so that `no` and `1:30` are texts as they are in TOML and JSON.
enum ConfigurationYAMLParser {
  /// Aliases can make a small file mean a huge document; one that means more than this is refused.
  static let nodesMax = 10_000

  static func parse(_ text: String) -> Result<ConfigurationNode, ConfigurationSyntaxError> {
    do {
      guard let root = try Yams.compose(yaml: text, .basic) else {
        return .success(ConfigurationNode(content: .table([])))
      }
      var budget = nodesMax
      let node = try convert(root, line: root.mark?.line, budget: &budget)
      guard case .scalar(.null) = node.content else { return .success(node) }
      return .success(ConfigurationNode(content: .table([]), line: node.line))
    } catch let error as ConfigurationSyntaxError {
      return .failure(error)
    } catch {
      return .failure(describe(error))
    }
  }

  private static func convert(
    _ node: Node, line: Int?, budget: inout Int
  ) throws(ConfigurationSyntaxError) -> ConfigurationNode {
    budget -= 1
    guard budget > 0 else { throw ConfigurationSyntaxError(line: line, message: "too many values") }
    switch node {
    case .scalar(let scalar):
      return ConfigurationNode(content: .scalar(value(of: scalar)), line: line)
    case .sequence(let sequence):
      var elements: [ConfigurationNode] = []
      for element in sequence {
        elements.append(try convert(element, line: element.mark?.line ?? line, budget: &budget))
      }
      return ConfigurationNode(content: .array(elements), line: line)
    case .mapping(let mapping):
      var members: [ConfigurationNode.Member] = []
      for (key, value) in mapping {
        let keyLine = key.mark?.line ?? line
        guard case .scalar(let name) = key else {
          throw ConfigurationSyntaxError(line: keyLine, message: "a key must be a plain word")
        }
        let node = try convert(value, line: keyLine, budget: &budget)
        members.append(.init(key: name.string, node: node))
      }
      return ConfigurationNode(content: .table(members), line: line)
    case .alias:
      throw ConfigurationSyntaxError(line: line, message: "an alias must come after its anchor")
    }
  }

  private static func value(of scalar: Node.Scalar) -> JSONValue {
    guard scalar.style == .plain else { return .string(scalar.string) }
    switch scalar.string {
    case "true", "True", "TRUE": return .bool(true)
    case "false", "False", "FALSE": return .bool(false)
    case "", "~", "null", "Null", "NULL": return .null
    default: return ConfigurationNumber.yaml(scalar.string) ?? .string(scalar.string)
    }
  }

  private static func describe(_ error: any Error) -> ConfigurationSyntaxError {
    guard let error = error as? YamlError else {
      return ConfigurationSyntaxError(line: nil, message: "not valid YAML")
    }
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      return ConfigurationSyntaxError(line: mark.line, message: problem)
    case .duplicatedKeysInMapping(let duplicates, let context):
      return ConfigurationSyntaxError(
        line: context.mark.line, message: "key \(duplicates.sorted().joined(separator: ", ")) is there twice")
    case .reader(let problem, let offset, _, let text):
      let before = text.utf8.prefix(offset ?? 0)
      return ConfigurationSyntaxError(line: before.count { $0 == UInt8(ascii: "\n") } + 1, message: problem)
    case .no, .memory, .writer, .emitter, .representer, .dataCouldNotBeDecoded:
      return ConfigurationSyntaxError(line: nil, message: "not valid YAML")
    }
  }
}
