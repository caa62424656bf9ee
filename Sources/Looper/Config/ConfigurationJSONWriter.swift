/// Writes a document as JSON in the order it has.
enum ConfigurationJSONWriter {
  static func text(_ node: ConfigurationNode) -> String { lines(node, indent: "") + "\n" }

  private static func lines(_ node: ConfigurationNode, indent: String) -> String {
    let inner = indent + "  "
    switch node.content {
    // TOML's literals of scalars are JSON's, but for null.
    case .scalar(.null): return "null"
    case .scalar(let value): return TOMLText.literal(value)
    case .array(let elements):
      guard !elements.isEmpty else { return "[]" }
      let parts = elements.map { inner + lines($0, indent: inner) }
      return "[\n" + parts.joined(separator: ",\n") + "\n\(indent)]"
    case .table(let members):
      guard !members.isEmpty else { return "{}" }
      let parts = members.map { member in
        "\(inner)\(TOMLText.literal(.string(member.key))): \(lines(member.node, indent: inner))"
      }
      return "{\n" + parts.joined(separator: ",\n") + "\n\(indent)}"
    }
  }
}

extension ConfigurationNode {
  /// The document with a key at a value; nil takes the key out.
  func changing(_ path: ArraySlice<String>, to value: JSONValue?) -> ConfigurationNode {
    guard let name = path.first else { return value.map { ConfigurationNode($0) } ?? self }
    var members: [Member]
    switch content {
    case .table(let own): members = own
    // A section that says nothing, as YAML writes it.
    case .scalar(.null): members = []
    case .scalar, .array: return self
    }
    let rest = path.dropFirst()
    let index = members.firstIndex { $0.key == name }
    if let index, rest.isEmpty, value == nil {
      members.remove(at: index)
    } else if let index {
      members[index].node = members[index].node.changing(rest, to: value)
    } else if let value {
      let empty = ConfigurationNode(content: .table([]))
      members.append(Member(key: name, node: empty.changing(rest, to: value)))
    }
    var result = self
    result.content = .table(members)
    return result
  }

  /// What stands at a key; nil when nothing does.
  func node(at path: [String]) -> ConfigurationNode? {
    var node = self
    for name in path {
      guard case .table(let members) = node.content,
        let member = members.last(where: { $0.key == name })
      else { return nil }
      node = member.node
    }
    return node
  }

  /// A value without lines.
  init(_ value: JSONValue) {
    switch value {
    case .null, .bool, .integer, .double, .string: self.init(content: .scalar(value))
    case .array(let elements): self.init(content: .array(elements.map { ConfigurationNode($0) }))
    case .object(let members):
      self.init(
        content: .table(
          members.sorted { $0.key < $1.key }.map { Member(key: $0.key, node: ConfigurationNode($0.value)) }))
    }
  }
}
