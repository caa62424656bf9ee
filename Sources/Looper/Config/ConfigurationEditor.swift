/// Changes one key of a configuration file's text; comments, order and everything else stay.
///
/// The result has been read again before it is handed over: it holds exactly the wanted change, and no problem that
/// the file did not have before.
struct ConfigurationEditor {
  /// For messages and for relative meaning of `~`.
  let path: String
  let homeDirectory: String
  let text: String

  /// What a change led to.
  struct Change: Equatable, Sendable {
    var text: String
    /// What the file said before; nil when it said nothing.
    var previous: JSONValue?
    /// What it says now; nil when it says nothing.
    var value: JSONValue?
  }

  /// Sets a key to what `word` says, read as `--set` reads it.
  ///
  /// - Throws: `validation` for an unknown key or a value it cannot have, `conflict` for a file that must be edited by hand.
  func setting(_ key: String, to word: String) throws(LooperError) -> Change {
    let known = try Self.known(key)
    let value = known.interpret(word)
    var scratch = Configuration()
    if let rejection = known.store(value, &scratch) {
      throw LooperError(.validation, "\(key) \(rejection.message)")
    }
    return try changing(key, to: value)
  }

  /// Takes a key out, so that its default holds again. A key nobody knows can be taken out too.
  func unsetting(_ key: String) throws(LooperError) -> Change {
    let document = try document
    guard document.node(at: Self.parts(key)) != nil else {
      _ = try Self.known(key)
      throw LooperError(.notFound, "\(path) does not set \(key); see `looper config view --origin`")
    }
    return try changing(key, to: nil)
  }

  /// The known key of this name.
  static func known(_ key: String) throws(LooperError) -> ConfigurationKey<Configuration> {
    if let found = ConfigurationSchema.keys.first(where: { $0.path == key }) { return found }
    if key == ConfigurationSchema.projectsKey || key.hasPrefix("\(ConfigurationSchema.projectsKey)[") {
      throw LooperError(
        .validation, "projects are a list of tables; use `looper project add` or `looper config edit`")
    }
    if key == ConfigurationSchema.autoKey || key.hasPrefix("\(ConfigurationSchema.autoKey)[") {
      throw LooperError(.validation, "auto is a list of tables; use `looper config edit`")
    }
    let below = ConfigurationSchema.keys.map(\.path).filter { $0.hasPrefix(key + ".") }
    if let first = below.first {
      throw LooperError(.validation, "\(key) is a section; name one of its keys, such as \(first)")
    }
    let nearest = ConfigurationSuggestion.nearest(to: key, among: ConfigurationSchema.keys.map(\.path))
    throw LooperError(
      .validation, "unknown key \(key)" + (nearest.map { "; the nearest known one is \($0)" } ?? ""))
  }

  private var format: ConfigurationFormat {
    let name = path.split(separator: "/").last?.split(separator: ".").last.map(String.init) ?? ""
    return ConfigurationFormat(rawValue: name.lowercased()) ?? .toml
  }

  private var document: ConfigurationNode {
    get throws(LooperError) {
      switch format.parse(text) {
      case .success(let document): return document
      case .failure(let error):
        let place = error.line.map { "\(path):\($0)" } ?? path
        throw LooperError(.validation, "\(place): \(error.message); mend it with `looper config edit`")
      }
    }
  }

  private func changing(_ key: String, to value: JSONValue?) throws(LooperError) -> Change {
    let document = try document
    let parts = Self.parts(key)
    let wanted = document.changing(parts[...], to: value)
    let changed = proposals(parts, to: value, wanted).first { proposal in
      guard case .success(let result) = format.parse(proposal) else { return false }
      return Self.filled(result.json) == Self.filled(wanted.json)
    }
    guard let changed else {
      let line = document.node(at: parts)?.line.map { " on line \($0)" } ?? ""
      throw LooperError(
        .conflict,
        "\(key) is written\(line) of \(path) in a way that is left to you; use `looper config edit`")
    }
    try refuseNewProblems(in: wanted, beside: document)
    return Change(text: changed, previous: document.node(at: parts)?.json, value: value)
  }

  private func proposals(
    _ parts: [String], to value: JSONValue?, _ wanted: ConfigurationNode
  ) -> [String] {
    switch format {
    case .toml:
      let editor = ConfigurationTOMLEditor(text)
      guard let value else { return editor.removing(parts).map { [$0] } ?? [] }
      return editor.setting(parts, to: value)
    // JSON has no comments, so writing it anew loses nothing.
    case .json: return [ConfigurationJSONWriter.text(wanted)]
    case .yaml, .yml:
      let editor = ConfigurationYAMLEditor(text)
      return value.map { editor.setting(parts, to: $0) } ?? editor.removing(parts)
    }
  }

  private func refuseNewProblems(
    in wanted: ConfigurationNode, beside document: ConfigurationNode
  ) throws(LooperError) {
    let old = Set(problems(of: document).map(Self.withoutLine))
    let new = problems(of: wanted).filter { !old.contains(Self.withoutLine($0)) }
    guard new.isEmpty else { throw ConfigurationError(problems: new).looperError }
  }

  private func problems(of document: ConfigurationNode) -> [ConfigurationProblem] {
    do throws(ConfigurationError) {
      _ = try ConfigurationLoader.load(document: document, path: path, homeDirectory: homeDirectory)
      return []
    } catch {
      return error.problems
    }
  }

  private static func withoutLine(_ problem: ConfigurationProblem) -> String {
    "\(problem.path ?? ""): \(problem.message)"
  }

  private static func parts(_ key: String) -> [String] { key.split(separator: ".").map(String.init) }

  /// Without empty tables: a section that lost its last key means the same as none.
  private static func filled(_ value: JSONValue) -> JSONValue {
    guard case .object(let members) = value else { return value }
    return .object(members.mapValues(filled).filter { $0.value != .object([:]) })
  }
}
