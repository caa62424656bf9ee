/// Puts the values of documents and texts into a `Root`, key by key, and notes every problem instead of stopping.
struct ConfigurationReader<Root: Sendable> {
  private(set) var root: Root
  /// By full key path.
  private(set) var origins: [String: ConfigurationOrigin] = [:]
  var problems: [ConfigurationProblem] = []
  private let keys: [String: ConfigurationKey<Root>]
  private let paths: [String]
  private let sections: Set<String>
  /// What full key paths begin with, such as `projects[0].`.
  var prefix = ""

  init(_ root: Root, keys: [ConfigurationKey<Root>]) {
    self.root = root
    self.keys = Dictionary(keys.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
    paths = keys.map(\.path)
    sections = Set(keys.flatMap { ConfigurationReader.ancestors(of: $0.path) })
  }

  /// Reads a table of a document.
  ///
  /// - Parameters:
  ///   - origin: names the source of a line.
  ///   - reserved: members of the top that somebody else reads.
  mutating func read(
    _ table: ConfigurationNode,
    below section: String? = nil,
    reserved: Set<String> = [],
    origin: (Int?) -> ConfigurationOrigin
  ) {
    switch table.content {
    case .table(let members):
      for member in members where !(section == nil && reserved.contains(member.key)) {
        let path = section.map { "\($0).\(member.key)" } ?? member.key
        if keys[path] != nil {
          store(member.node.json, at: path, origin: origin(member.node.line))
        } else if sections.contains(path) {
          read(member.node, below: path, origin: origin)
        } else {
          unknown(path, reserved: reserved, origin: origin(member.node.line))
        }
      }
    // YAML writes an empty section as nothing.
    case .scalar(.null): break
    case .scalar, .array: report(section, origin(table.line), "must be a table")
    }
  }

  /// Takes a text from the environment or the command line.
  mutating func read(text: String, at path: String, origin: ConfigurationOrigin) {
    guard let key = keys[path] else { return unknown(path, origin: origin) }
    store(key.interpret(text), at: path, origin: origin)
  }

  mutating func report(_ path: String?, _ origin: ConfigurationOrigin, _ message: String) {
    let full = path.map { prefix + $0 } ?? (prefix.isEmpty ? nil : String(prefix.dropLast()))
    problems.append(ConfigurationProblem(path: full, origin: origin, message: message))
  }

  private mutating func store(_ value: JSONValue, at path: String, origin: ConfigurationOrigin) {
    guard let key = keys[path] else { return }
    if let rejection = key.store(value, &root) {
      report(path, origin, rejection.message)
    } else {
      origins[prefix + path] = origin
    }
  }

  private mutating func unknown(_ path: String, reserved: Set<String> = [], origin: ConfigurationOrigin) {
    let isNested = path.contains(".")
    let known =
      isNested
      ? paths + sections.sorted() : paths.filter { !$0.contains(".") } + topSections + reserved.sorted()
    let nearest = ConfigurationSuggestion.nearest(to: path, among: known.isEmpty ? paths : known)
    report(path, origin, "unknown key" + (nearest.map { "; the nearest known one is \(prefix)\($0)" } ?? ""))
  }

  private var topSections: [String] { sections.filter { !$0.contains(".") }.sorted() }

  private static func ancestors(of path: String) -> [String] {
    path.indices.filter { path[$0] == "." }.map { String(path[..<$0]) }
  }
}
