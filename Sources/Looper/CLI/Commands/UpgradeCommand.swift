import ArgumentParser
import Foundation

/// `looper upgrade`: another version in the place of this one.
struct UpgradeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "upgrade", abstract: "Replace this looper by a newer one, and put it back when that fails.",
    discussion: """
      looper upgrade --check
      looper upgrade --from looper-0.2.0-linux-x86_64.tar.gz

      The package's checksum, <package>.sha256, is verified and the database copied before anything changes.
      """)

  @OptionGroup var global: GlobalOptions
  @Flag(help: "Only tell whether there is a newer one.") var check = false
  @Option(
    help: ArgumentHelp(
      "A package, as a file or an https address; the newest release of upgrade.source without it.",
      valueName: "file-or-url"), completion: .file(extensions: ["gz"]))
  var from: String?

  func run() async throws {
    let loaded = try global.loadConfiguration()
    let executable = Self.executable
    if !check { try Upgrade.refuseDevelopmentBuild(executable) }
    guard let version = UpgradeVersion(LooperVersion.current) else {
      throw LooperError(.internal, "\(LooperVersion.current) is no version")
    }
    let origin = try origin(loaded.configuration)
    let report = try await Self.withStaging { directory, commands in
      let fetcher = UpgradeFetcher(
        commands: commands, gh: loaded.configuration.github.ghPath,
        environment: CommandEnvironment.current.variables)
      let fetched = try await fetcher.fetch(origin, into: directory)
      let package = try await UpgradePackage.open(fetched, in: directory, commands: commands)
      if check {
        return Upgrade.Report(
          from: version.description, to: package.version.description, path: executable, isUpgraded: false)
      }
      let upgrade = Upgrade(
        executable: executable, version: version, databasePath: loaded.paths.databasePath,
        daemon: daemon(loaded.paths), commands: commands)
      return try await upgrade.run(package)
    }
    try global.show(report) { _ in UpgradeText.text(report, isCheck: check) }
  }

  private func origin(_ configuration: Configuration) throws(LooperError) -> UpgradeOrigin {
    if let from {
      return try UpgradeOrigin(from, currentDirectory: CommandEnvironment.current.currentDirectory)
    }
    guard let repository = ProjectName(configuration.upgrade.source) else {
      throw LooperError(
        .validation,
        "nothing says where releases come from; use --from, or: looper config set upgrade.source owner/name")
    }
    return .releases(of: repository)
  }

  private func daemon(_ paths: ConfigurationPaths) -> UpgradeDaemon {
    UpgradeDaemon(
      version: {
        // Nobody there and an answer that makes no sense are the same here: not the wanted version.
        try? await LooperClient.connected(to: paths.socketPath, patience: .seconds(10)) {
          try await $0.version().version
        }
      }, service: nil)
  }

  /// This program's own file, links followed.
  private static var executable: String {
    let link = ShimLauncher.ownExecutablePath
    return (try? FileManager.default.destinationOfSymbolicLink(atPath: link)) ?? link
  }

  /// Runs `body` with a directory of its own that is gone afterwards.
  private static func withStaging<Value: Sendable>(
    _ body: (String, CommandRunner) async throws -> Value
  ) async throws -> Value {
    let directory = FileManager.default.temporaryDirectory.appending(
      path: "looper-upgrade-\(UUID().uuidString)")
    try FileManager.default.createDirectory(
      at: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    defer { try? FileManager.default.removeItem(at: directory) }
    let shim = ShimLauncher(
      executablePath: CommandEnvironment.current.shimPath, scratchDirectory: directory.path, tag: [:])
    return try await body(directory.path, CommandRunner(shim: shim))
  }
}
