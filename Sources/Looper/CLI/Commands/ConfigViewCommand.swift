import ArgumentParser

/// `looper config view`: the effective configuration.
struct ConfigViewCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "view", abstract: "Show every key with its effective value; secrets are masked.",
    discussion: "Example: looper config view --origin")

  @OptionGroup var global: GlobalOptions
  @Flag(help: "Say where each value comes from.") var origin = false

  func run() async throws {
    let view = try global.configurationView()
    let json = view.json
    let value = origin ? json : json["configuration"] ?? json
    try global.show(value) { _ in view.toml(withOrigins: origin) }
  }
}
