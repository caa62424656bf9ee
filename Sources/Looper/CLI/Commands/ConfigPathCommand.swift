import ArgumentParser

/// `looper config path`: which file is read.
struct ConfigPathCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "path", abstract: "Print the path of the configuration file that is read.",
    discussion: "Example: looper config path")

  /// What `--json` prints.
  struct Result: Codable, Equatable, Sendable {
    var path: String?
    /// Directories, in the order in which they are looked at.
    var searched: [String]
  }

  @OptionGroup var global: GlobalOptions

  func run() async throws {
    // Works also when the file is broken: that is when one looks for it.
    let file = ConfigurationFile(global.sources)
    // A file that was named and is not there is not the same as none.
    if file.path == nil, !file.problems.isEmpty {
      throw ConfigurationError(problems: file.problems).looperError
    }
    let result = Result(path: file.path, searched: global.sources.searchDirectories)
    if global.json || result.path != nil { try global.show(result) { _ in result.path ?? "" } }
    if result.path == nil {
      try global.note(
        "there is no configuration file; looked for looper.toml in \(result.searched.joined(separator: ", "))"
      )
    }
  }
}
