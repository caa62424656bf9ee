/// What a repository says about itself in `.looper/looper.toml`, read from its default branch.
struct RepositoryConfiguration: Sendable, Equatable {
  /// Where it lies in the repository.
  static let path = ".looper/looper.toml"

  /// In place of the commands of the daemon's configuration; nil when not given.
  var validationCommands: [String]?
  var validationTimeout: Duration?
  var instructions = Instructions()
  /// Globs of paths whose change only a person merges.
  var protectedPaths: [String] = []

  /// Text that is put into the prompts of one role, or of all.
  struct Instructions: Sendable, Equatable {
    var all = ""
    var planner = ""
    var reviewer = ""
    var worker = ""
    var fixer = ""
  }

  /// What `role` is told: the text for all, then its own; empty when there is none.
  func instructions(for role: Role) -> String {
    let own =
      switch role {
      case .planner: instructions.planner
      case .reviewer: instructions.reviewer
      case .worker: instructions.worker
      case .fixer: instructions.fixer
      }
    return [instructions.all, own].filter { !$0.isEmpty }.joined(separator: "\n\n")
  }
}

extension RepositoryConfiguration {
  static let keys: [ConfigurationKey<Self>] = [
    .init(
      optional: "validation.commands", \.validationCommands, .list(.whole),
      "In place of validation.commands of the daemon."),
    .init(
      optional: "validation.timeout-secs", \.validationTimeout, .duration(.seconds, 1...86_400),
      "In place of validation.timeout-secs of the daemon."),
    .init("instructions.all", \.instructions.all, .text(), "What every role is told."),
    .init("instructions.planner", \.instructions.planner, .text(), "What the planner is told besides."),
    .init("instructions.reviewer", \.instructions.reviewer, .text(), "What the reviewer is told besides."),
    .init("instructions.worker", \.instructions.worker, .text(), "What the worker is told besides."),
    .init("instructions.fixer", \.instructions.fixer, .text(), "What the fixer is told besides."),
    .init(
      "paths.protected", \.protectedPaths, .list(.names),
      "Globs of paths whose change only a person merges."),
  ]

  /// Reads the file's bytes; what is wrong is reported and left at its default, never guessed.
  ///
  /// - Parameter source: how problems name the file.
  static func parse(_ bytes: [UInt8], source: String = Self.path) -> (
    configuration: Self, problems: [ConfigurationProblem]
  ) {
    guard bytes.count <= ConfigurationFile.bytesMax else {
      let message = "is larger than \(ConfigurationFile.bytesMax) bytes"
      return (Self(), [.init(path: nil, origin: .file(path: source, line: nil), message: message)])
    }
    switch ConfigurationBytes.text(bytes).flatMap(ConfigurationFormat.toml.parse) {
    case .failure(let error):
      return (
        Self(), [.init(path: nil, origin: .file(path: source, line: error.line), message: error.message)]
      )
    case .success(let document):
      var reader = ConfigurationReader(Self(), keys: keys)
      reader.read(document, origin: { .file(path: source, line: $0) })
      return (reader.root, reader.problems)
    }
  }

  static func parse(_ text: String, source: String = Self.path) -> (
    configuration: Self, problems: [ConfigurationProblem]
  ) {
    parse(Array(text.utf8), source: source)
  }
}
