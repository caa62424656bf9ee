/// Reads a list of tables, such as `[[projects]]`, whose elements have keys of their own.
struct ConfigurationTables<Element: Sendable>: Sendable {
  private(set) var elements: [Element] = []
  /// By full key path: `projects[0].name`.
  private(set) var origins: [String: ConfigurationOrigin] = [:]
  private let key: String
  /// What an element is before anything of it is read.
  private let blank: Element
  private let keys: [ConfigurationKey<Element>]
  /// The key without which an element means nothing.
  private let required: String?

  init(_ key: String, blank: Element, keys: [ConfigurationKey<Element>], required: String? = nil) {
    self.key = key
    self.blank = blank
    self.keys = keys
    self.required = required
  }

  /// A later list replaces an earlier one whole: entries have no key to be merged by.
  ///
  /// - Returns: what is wrong with it.
  mutating func read(
    _ node: ConfigurationNode, origin: (Int?) -> ConfigurationOrigin
  ) -> [ConfigurationProblem] {
    elements = []
    origins = [:]
    let found: [ConfigurationNode]
    switch node.content {
    case .array(let nodes): found = nodes
    case .scalar(.null): return []
    case .scalar, .table:
      let message = "must be a list of tables, written [[\(key)]] in TOML"
      return [ConfigurationProblem(path: key, origin: origin(node.line), message: message)]
    }
    var problems: [ConfigurationProblem] = []
    let reader = ConfigurationReader(blank, keys: keys)
    for (index, element) in found.enumerated() {
      var part = reader
      part.prefix = "\(key)[\(index)]."
      if case .table(let members) = element.content {
        part.read(element, origin: origin)
        if let required, !members.contains(where: { $0.key == required }) {
          part.report(required, origin(element.line), "is missing")
        }
      } else {
        part.report(nil, origin(element.line), "must be a table")
      }
      elements.append(part.root)
      origins.merge(part.origins) { $1 }
      problems += part.problems
    }
    return problems
  }
}
