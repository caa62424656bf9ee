import ArgumentParser
import Foundation

/// `looper upgrade`: another version in the place of this one.
struct UpgradeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "upgrade", abstract: "Replace this looper by a newer one, and put it back when that fails.",
    discussion: """
      The package's checksum, <package>.sha256, is verified and the database copied before anything changes.

      Example: looper upgrade --from looper-0.2.0-linux-x86_64.tar.gz
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup var options: DaemonOptions
  @Flag(help: "Only tell whether there is a newer one.") var check = false
  @Option(
    help: ArgumentHelp(
      "A package, as a file or an https address; the newest release of upgrade.source without it.",
      valueName: "file-or-url"), completion: .file(extensions: ["gz"]))
  var from: String?

  func run() async throws {
    let loaded = try global.loadConfiguration()
    let executable = Self.executable
    let tell = global.progress
    if !check { try PackageStamp.check(executable) }
    guard let version = UpgradeVersion(LooperVersion.current) else {
      throw LooperError(.internal, "\(LooperVersion.current) is no version")
    }
    let origin = try origin(loaded.configuration)
    let report = try await Self.withStaging { directory, commands in
      let fetcher = UpgradeFetcher(
        commands: commands, gh: loaded.configuration.github.ghPath,
        environment: CommandEnvironment.current.variables)
      tell("fetching the package")
      let fetched = try await fetcher.fetch(origin, into: directory)
      tell("checking the package")
      let package = try await UpgradePackage.open(fetched, in: directory, commands: commands)
      if check {
        return Upgrade.Report(
          from: version.description, to: package.version.description, path: executable, isUpgraded: false)
      }
      let target = try options.target(global)
      let upgrade = Upgrade(
        executable: executable, version: version, databasePath: target.paths.databasePath,
        daemon: await Self.daemon(target), commands: commands, telling: tell)
      return try await upgrade.run(package)
    }
    try global.show(report) { _ in UpgradeText.text(report, isCheck: check, from: from) }
  }

  private func origin(_ configuration: Configuration) throws(LooperError) -> UpgradeOrigin {
    if let from {
      return try UpgradeOrigin(from, currentDirectory: CommandEnvironment.current.currentDirectory)
    }
    guard let repository = ProjectName(configuration.upgrade.source) else {
      throw LooperError(
        .preconditionFailed,
        "nothing says where releases come from; use --from, or: looper config set upgrade.source owner/name")
    }
    return .releases(of: repository)
  }

  /// How long a daemon may take to say who it is.
  private static let patience = Duration.seconds(10)

  /// The daemon that runs, and its service when that is what runs it.
  private static func daemon(_ target: DaemonOptions.Target) async -> UpgradeDaemon {
    // Nobody there and an answer that makes no sense are the same here: not the wanted version.
    var daemon = UpgradeDaemon(version: { try? await ask(target) { try await $0.version().version } })
    guard let pid = try? await ask(target, { try await $0.status().pid }), await target.host.runs(pid) else {
      return daemon
    }
    daemon.service = UpgradeDaemon.Service(
      start: { () async throws(LooperError) in try await target.host.start(target.program) },
      stop: { () async throws(LooperError) in try await target.host.stop(target.program) })
    return daemon
  }

  private static func ask<Value>(
    _ target: DaemonOptions.Target, _ question: (LooperClient) async throws -> Value
  ) async throws -> Value {
    try await LooperClient.connected(to: target.paths.socketPath, patience: patience, question)
  }

  /// This program's own file, links followed.
  private static var executable: String {
    URL(filePath: CommandEnvironment.current.shimPath).resolvingSymlinksInPath().path
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
