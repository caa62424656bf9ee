import ArgumentParser

/// `looper serve`: the daemon, in the foreground.
struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve", abstract: "Run the daemon in the foreground until SIGTERM or SIGINT.",
    discussion: "Example: looper serve --set daemon.log-format=json")

  @OptionGroup var global: GlobalOptions

  func run() async throws {
    try await Daemon.run(global.sources)
  }
}
