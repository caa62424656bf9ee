import ArgumentParser

/// `looper version`: needs no daemon.
struct VersionCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "version", abstract: "Print the version.",
    discussion: "Example: looper version")

  /// What `--json` prints.
  struct Result: Codable, Equatable, Sendable {
    /// Of what every command prints with `--json`, see docs/cli-json.md. It rises when a member goes or changes.
    static let jsonVersionCurrent = 1

    var version: String
    var jsonVersion: Int
  }

  @OptionGroup var global: GlobalOptions

  func run() async throws {
    let result = Result(version: LooperVersion.current, jsonVersion: Result.jsonVersionCurrent)
    try global.show(result) { _ in "looper \(result.version)" }
  }
}
