import Foundation

/// A configuration that is free of problems, and where each of its values came from.
struct LoadedConfiguration: Sendable, Equatable {
  var configuration: Configuration
  /// By key path; what is missing is a default.
  var origins: [String: ConfigurationOrigin]
  var warnings: [ConfigurationProblem]
  /// The file that was read; nil when there is none.
  var fileURL: URL?
  /// The configured paths, absolute.
  var paths: ConfigurationPaths
}

/// Puts the layers together: defaults, the file, the environment, `--set`; the later one wins, key by key.
enum ConfigurationLoader {
  /// Variables that begin with this are looked at.
  private static let environmentPrefix = "LOOPER_"
  /// Mistyped variables of unknown sections are only warned about when this close to a known one.
  private static let typoEditsMax = 2

  /// - Throws: every problem there is, in the order of the layers.
  static func load(_ sources: ConfigurationSources) throws(ConfigurationError) -> LoadedConfiguration {
    let (loaded, problems) = read(sources, ConfigurationFile(sources))
    guard problems.isEmpty else { throw ConfigurationError(problems: problems) }
    return loaded
  }

  /// What can be read in spite of problems; what cannot is at its default.
  ///
  /// Only for who looks for a daemon that runs with what was good before. Nothing may be run by it.
  static func salvage(_ sources: ConfigurationSources) -> LoadedConfiguration {
    read(sources, ConfigurationFile(sources, isSalvaging: true)).loaded
  }

  private static func read(
    _ sources: ConfigurationSources, _ file: ConfigurationFile
  ) -> (loaded: LoadedConfiguration, problems: [ConfigurationProblem]) {
    var state = State()
    state.problems = file.problems
    state.warnings = file.warnings
    if let path = file.path { state.read(file.document, origin: { .file(path: path, line: $0) }) }
    readEnvironment(sources.environment, into: &state)
    for override in sources.overrides { read(override: override, into: &state) }

    let configuration = state.configuration
    let origins = state.origins
    let paths = configuration.paths(homeDirectory: sources.homeDirectory)
    let rules = ConfigurationRules(configuration: configuration, paths: paths, origins: origins)
    let loaded = LoadedConfiguration(
      configuration: configuration,
      origins: origins,
      warnings: state.warnings + rules.warnings,
      fileURL: file.path.map { URL(filePath: $0) },
      paths: paths)
    return (loaded, state.problems + rules.problems)
  }

  /// Reads a document alone, as if it were the only layer: what `config check <file>` and tests want.
  static func load(document: ConfigurationNode, path: String, homeDirectory: String)
    throws(ConfigurationError)
    -> LoadedConfiguration
  {
    var state = State()
    state.read(document, origin: { .file(path: path, line: $0) })
    let paths = state.configuration.paths(homeDirectory: homeDirectory)
    let rules = ConfigurationRules(configuration: state.configuration, paths: paths, origins: state.origins)
    let problems = state.problems + rules.problems
    guard problems.isEmpty else { throw ConfigurationError(problems: problems) }
    return LoadedConfiguration(
      configuration: state.configuration, origins: state.origins, warnings: rules.warnings,
      fileURL: URL(filePath: path), paths: paths)
  }

  private static func readEnvironment(_ environment: [String: String], into state: inout State) {
    let names = Dictionary(
      ConfigurationSchema.keys.map { ($0.environmentName, $0.path) }, uniquingKeysWith: { first, _ in first })
    let lists = Dictionary(
      ConfigurationSchema.listKeys.map { (environmentPrefix + $0.uppercased(), $0) },
      uniquingKeysWith: { first, _ in first })
    let sections = ConfigurationSchema.sections.map { environmentPrefix + $0.name.uppercased() + "_" }
    let ours = environment.filter {
      $0.key.hasPrefix(environmentPrefix) && $0.key != ConfigurationSources.fileVariable
    }
    for (name, value) in ours.sorted(by: { $0.key < $1.key }) {
      let origin = ConfigurationOrigin.environment(name: name)
      if let path = names[name] {
        state.read(text: value, at: path, origin: origin)
      } else if let list = lists[name] {
        state.read(text: value, at: list, origin: origin)
      } else if let nearest = ConfigurationSuggestion.nearest(to: name, among: names.keys.sorted()) {
        let problem = ConfigurationProblem(
          path: nil, origin: origin, message: "unknown key; the nearest known one is \(nearest)")
        if sections.contains(where: name.hasPrefix) {
          state.problems.append(problem)
        } else if ConfigurationSuggestion.edits(Array(name.utf8), Array(nearest.utf8)) <= typoEditsMax {
          // Looper's own variables for agents begin the same way, so only a near miss is worth a word.
          state.warnings.append(problem)
        }
      }
    }
  }

  private static func read(override: String, into state: inout State) {
    guard let equals = override.firstIndex(of: "=") else {
      state.problems.append(
        ConfigurationProblem(path: nil, origin: .override, message: "expected key=value, not \(override)"))
      return
    }
    let path = ConfigurationText.trimmed(String(override[..<equals]))
    state.read(text: String(override[override.index(after: equals)...]), at: path, origin: .override)
  }
}

extension ConfigurationLoader {
  /// What the layers have added up to so far.
  private struct State {
    private var reader = ConfigurationReader(Configuration(), keys: ConfigurationSchema.keys)
    private var projects = ConfigurationTables(
      ConfigurationSchema.projectsKey, blank: Configuration.Project.blank, keys: ConfigurationSchema.project,
      required: "name")
    private var auto = ConfigurationTables(
      ConfigurationSchema.autoKey, blank: Configuration.Auto(), keys: ConfigurationSchema.auto)
    var warnings: [ConfigurationProblem] = []

    var problems: [ConfigurationProblem] {
      get { reader.problems }
      set { reader.problems = newValue }
    }

    var configuration: Configuration {
      var result = reader.root
      result.projects = projects.elements
      result.auto = auto.elements
      return result
    }

    var origins: [String: ConfigurationOrigin] {
      reader.origins.merging(projects.origins) { $1 }.merging(auto.origins) { $1 }
    }

    mutating func read(_ document: ConfigurationNode, origin: (Int?) -> ConfigurationOrigin) {
      reader.read(document, reserved: Set(ConfigurationSchema.listKeys), origin: origin)
      guard case .table(let members) = document.content else { return }
      for member in members { readTables(member.node, of: member.key, origin: origin) }
    }

    mutating func read(text: String, at path: String, origin: ConfigurationOrigin) {
      guard ConfigurationSchema.listKeys.contains(path) else {
        return reader.read(text: text, at: path, origin: origin)
      }
      switch ConfigurationJSONParser.parse(text) {
      case .success(let node): readTables(node, of: path, origin: { _ in origin })
      case .failure(let error): reader.report(path, origin, "must be a JSON list of tables: \(error.message)")
      }
    }

    private mutating func readTables(
      _ node: ConfigurationNode, of key: String, origin: (Int?) -> ConfigurationOrigin
    ) {
      switch key {
      case ConfigurationSchema.projectsKey: reader.problems += projects.read(node, origin: origin)
      case ConfigurationSchema.autoKey: reader.problems += auto.read(node, origin: origin)
      default: break
      }
    }
  }
}

extension Configuration.Project {
  /// What a project is before anything of it is read.
  fileprivate static var blank: Self {
    guard let name = ProjectName("owner/name") else { preconditionFailure("the literal is a valid name") }
    return Self(name: name)
  }
}
