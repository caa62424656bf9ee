import ArgumentParser
import Foundation

/// `looper config init`: the sample as a file of one's own.
struct ConfigInitCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init",
    abstract: "Write a configuration file that shows every key at its default, switched off.",
    discussion: "Example: looper config init")

  /// What `--json` prints.
  struct Result: Codable, Equatable, Sendable {
    var path: String
  }

  @OptionGroup var global: GlobalOptions

  func run() async throws {
    let disk = ConfigurationDisk(sources: global.sources)
    let path = disk.present ?? disk.destination
    if FileManager.default.fileExists(atPath: path) {
      throw LooperError(.conflict, "\(path) exists already; change it with `looper config edit`")
    }
    guard URL(filePath: path).pathExtension.lowercased() == "toml" else {
      throw LooperError(.validation, "the sample is TOML; name a file that ends in .toml, not \(path)")
    }
    try ConfigurationDisk.write(ConfigurationReference.sample, to: path)
    try global.show(Result(path: path)) { _ in
      "wrote \(path); change it with `looper config set <key> <value>` or `looper config edit`"
    }
  }
}
