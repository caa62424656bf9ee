import ArgumentParser

/// `looper config unset`: takes one key out of the file.
struct ConfigUnsetCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "unset", abstract: "Take one key out of the configuration file; its default holds again.",
    discussion: "Example: looper config unset limits.runs")

  @OptionGroup var global: GlobalOptions
  @Argument(
    help: "The key, for example server.port.",
    completion: .list(ConfigurationSchema.keys.map(\.path)))
  var key: String

  func run() async throws {
    let disk = ConfigurationDisk(sources: global.sources)
    guard disk.present != nil else {
      _ = try ConfigurationEditor.known(key)
      throw LooperError(.notFound, "there is no configuration file; nothing sets \(key)")
    }
    let (path, change) = try disk.change { editor throws(LooperError) in try editor.unsetting(key) }
    let result = ConfigSetCommand.Result(
      key: key, path: path, value: nil, previous: change.previous.map { ConfigurationView.masked($0) })
    try global.show(result) { _ in
      "took \(key) out of \(path)" + (result.previous.map { " (was \(TOMLText.literal($0)))" } ?? "")
    }
  }
}
