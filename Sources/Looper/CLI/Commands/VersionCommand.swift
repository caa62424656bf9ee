import ArgumentParser

/// `looper version`: needs no daemon.
struct VersionCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "version", abstract: "Print the version.")

  @OptionGroup var global: GlobalOptions

  func run() async throws {
    try global.show(VersionView(version: LooperVersion.current)) { _ in "looper \(LooperVersion.current)" }
  }
}
