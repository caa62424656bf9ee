import ArgumentParser
import Foundation

/// `looper config check`: every problem at once.
struct ConfigCheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Check the configuration and report every problem.",
    discussion: "Example: looper config check --config ./looper.toml")

  /// What `--json` prints.
  struct Result: Codable, Equatable, Sendable {
    var path: String?
    var warnings: [String]
  }

  @OptionGroup var global: GlobalOptions

  func run() async throws {
    let loaded = try global.loadConfiguration()
    let result = Result(
      path: loaded.fileURL?.path(percentEncoded: false), warnings: loaded.warnings.map(\.description))
    try global.show(result) { _ in "the configuration is sound: " + (result.path ?? "no file, defaults only")
    }
    if !global.json { for warning in result.warnings { try global.note("warning: \(warning)") } }
  }
}
