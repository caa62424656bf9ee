import Foundation
import GRDB
import Synchronization
import Testing

@testable import Looper

/// An installed program that is a shell script, its database, packages, and a daemon that is only said to run.
final class UpgradeScene: Sendable {
  let directory: String
  let commands: CommandRunner
  private let state = Mutex(State())

  private struct State {
    /// The version the pretended daemon answers with; nil when it does not run.
    var running: String?
    /// What happened to the service, in order.
    var moves: [String] = []
    /// A start of this version leaves nobody answering.
    var broken: String?
  }

  var executable: String { "\(directory)/bin/looper" }
  var database: String { "\(directory)/data/looper.db" }
  var moves: [String] { state.withLock { $0.moves } }
  var running: String? { state.withLock { $0.running } }

  private init(_ directory: String) {
    self.directory = directory
    commands = CommandRunner(
      shim: ShimLauncher(
        executablePath: ShimLocation.executablePath, scratchDirectory: "\(directory)/scratch", tag: [:]))
  }

  /// Runs `body` with version 0.1.0 installed and a database with one project.
  @discardableResult
  static func with<Value>(_ body: (UpgradeScene) async throws -> Value) async throws -> Value {
    let directory = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
    for name in ["bin", "data", "scratch"] {
      try FileManager.default.createDirectory(
        atPath: "\(directory)/\(name)", withIntermediateDirectories: true)
    }
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let scene = UpgradeScene(directory)
    try Self.writeProgram("0.1.0", to: scene.executable)
    let store = try Store(path: scene.database)
    let name = try #require(ProjectName("acme/shop"))
    _ = try await store.addProject(name, checkoutPath: nil, baseBranch: nil, facts: nil, at: Sample.now)
    try store.close()
    return try await body(scene)
  }

  /// Lets a daemon of the installed version run.
  func runDaemon() { state.withLock { $0.running = installed } }
  /// A daemon of this version does not come up.
  func breakVersion(_ version: String) { state.withLock { $0.broken = version } }

  /// What the installed program says it is.
  var installed: String? {
    let text = try? String(contentsOfFile: executable, encoding: .utf8)
    return text?.split(separator: " ").last.map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }
  }

  var files: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: "\(directory)/bin")) ?? []).sorted()
  }

  static func writeProgram(_ version: String, to path: String) throws {
    try "#!/bin/sh\necho looper \(version)\n".write(toFile: path, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
  }

  /// Packs `program` as a release would and writes its checksum beside it.
  ///
  /// - Returns: the package's path.
  func package(_ version: String, program: String? = nil) async throws -> String {
    let name = "looper-\(version)-linux-x86_64"
    try FileManager.default.createDirectory(
      atPath: "\(directory)/\(name)/bin", withIntermediateDirectories: true)
    let inside = "\(directory)/\(name)/bin/looper"
    try Self.writeProgram(version, to: inside)
    if let program { try program.write(toFile: inside, atomically: false, encoding: .utf8) }
    let line = "tar -czf \(name).tar.gz \(name) && sha256sum \(name).tar.gz > \(name).tar.gz.sha256"
    let made = try await commands.run(
      Command(
        executable: "/bin/sh", arguments: ["-c", line], environment: ["PATH": "/usr/bin:/bin"],
        workingDirectory: directory), deadline: .seconds(30), outputLimit: .kibibytes(64))
    guard made.status.isSuccess else { throw LooperError(.internal, "the package was not made") }
    return "\(directory)/\(name).tar.gz"
  }

  func open(_ path: String) async throws(LooperError) -> UpgradePackage {
    let staging = "\(directory)/staging-\(UUID().uuidString)"
    do {
      try FileManager.default.createDirectory(atPath: staging, withIntermediateDirectories: true)
    } catch {
      throw LooperError(.internal, "\(error)")
    }
    let fetcher = UpgradeFetcher(commands: commands, gh: "gh", environment: [:])
    let fetched = try await fetcher.fetch(.file(path), into: staging)
    return try await UpgradePackage.open(fetched, in: staging, commands: commands)
  }

  /// - Parameter isManaged: whether a service manager runs the daemon.
  func upgrade(isManaged: Bool = true) throws -> Upgrade {
    guard let version = UpgradeVersion("0.1.0") else {
      throw LooperError(.internal, "the literal is a version")
    }
    let service = UpgradeDaemon.Service(
      start: { self.move("start") }, stop: { self.move("stop") })
    return Upgrade(
      executable: executable, version: version, databasePath: database,
      daemon: UpgradeDaemon(version: { self.running }, service: isManaged ? service : nil), commands: commands
    )
  }

  private func move(_ word: String) {
    let installed = installed
    state.withLock { state in
      state.moves.append(word)
      state.running = word == "stop" || installed == state.broken ? nil : installed
    }
  }
}
