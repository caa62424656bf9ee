import ArgumentParser

/// `looper config set`: one key of the file.
struct ConfigSetCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "set", abstract: "Set one key of the configuration file; comments and order stay.",
    discussion:
      "The value is read as in --set: a list as JSON or as words. A file that does not exist is made. The result "
      + "is checked before the file is replaced; a running daemon takes it up by itself."
      + "\n\nExample: looper config set limits.runs 2")

  /// What `--json` prints.
  struct Result: Codable, Equatable, Sendable {
    var key: String
    var path: String
    /// What the file says now; nil after an unset.
    var value: JSONValue?
    /// What it said before.
    var previous: JSONValue?
  }

  @OptionGroup var global: GlobalOptions
  @Argument(
    help: "The key, for example server.port.",
    completion: .list(ConfigurationSchema.keys.map(\.path)))
  var key: String
  @Argument(help: "The value.") var value: String

  func run() async throws {
    let (path, change) = try ConfigurationDisk(sources: global.sources).change {
      editor throws(LooperError) in try editor.setting(key, to: value)
    }
    let result = Result(
      key: key, path: path, value: change.value.map { ConfigurationView.masked($0) },
      previous: change.previous.map { ConfigurationView.masked($0) })
    try global.show(result) { _ in
      let was = result.previous.map { " (was \(TOMLText.literal($0)))" } ?? ""
      return "set \(key) = \(TOMLText.literal(result.value ?? .null))\(was) in \(path)"
    }
    try noteWinner()
  }

  /// Says so when something else decides about the key after all.
  private func noteWinner() throws {
    guard let loaded = try? global.loadConfiguration() else { return }
    switch loaded.origins[key] {
    case .environment(let name): try global.note("note: \(name) is set and wins over the file")
    case .override: try global.note("note: --set wins over the file")
    case .file, .option, .defaults, nil: break
    }
  }
}
