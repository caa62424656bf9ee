import ArgumentParser

/// `looper config get`: the effective value of a key or of a section.
struct ConfigGetCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "get", abstract: "Print the effective value of a key, or of every key of a section.",
    discussion: "A text is printed as it is, everything else as in the file. Secrets are masked."
      + "\n\nExample: looper config get server.port")

  /// What `--json` prints: one of these, or a list of them for a section.
  struct Result: Codable, Equatable, Sendable {
    var key: String
    var value: JSONValue
    /// `default`, `/path/looper.toml:3`, `environment LOOPER_SERVER_PORT`, `--set`.
    var origin: String
  }

  @OptionGroup var global: GlobalOptions
  @Argument(
    help: "The key or section, for example server.port, server, projects[0].base.",
    completion: .list(ConfigurationSchema.keys.map(\.path)))
  var key: String

  func run() async throws {
    let entries = try global.configurationView().entries
    let results = entries.filter {
      $0.path == key || $0.path.hasPrefix(key + ".") || $0.path.hasPrefix(key + "[")
    }
    .map { Result(key: $0.path, value: $0.value, origin: $0.origin.description) }
    if let only = results.first, only.key == key {
      try global.show(only) { _ in only.value.stringValue ?? TOMLText.literal(only.value) }
    } else if !results.isEmpty {
      try global.show(results) { _ in
        results.map { "\($0.key) = \(TOMLText.literal($0.value))" }.joined(separator: "\n")
      }
    } else {
      throw try missing()
    }
  }

  /// A known key without a value, or one nobody knows.
  private func missing() throws -> LooperError {
    if key == ConfigurationSchema.projectsKey {
      return LooperError(.notFound, "the configuration names no projects; see `looper project list`")
    }
    if key == ConfigurationSchema.autoKey {
      return LooperError(.notFound, "the configuration has no auto rules; see docs/configuration.md")
    }
    if !ConfigurationSchema.listKeys.contains(where: { key.hasPrefix("\($0)[") }), !isSection {
      _ = try ConfigurationEditor.known(key)
    }
    return LooperError(.notFound, "\(key) is not set; see `looper config view`")
  }

  private var isSection: Bool { ConfigurationSchema.keys.contains { $0.path.hasPrefix(key + ".") } }
}
