import Foundation

/// Puts another looper in the place of the installed one, in an order in which every step can be taken back.
///
/// ```
///   try the new one ─▶ copy the database ─▶ swap ─▶ restart ─▶ ask ─▶ done
///                                             └──────┴──── any failure ─▶ stop ─▶ swap and database back ─▶ restart
/// ```
struct Upgrade: Sendable {
  /// What is to be replaced: the real file, links followed.
  let executable: String
  let version: UpgradeVersion
  let databasePath: String
  var daemon: UpgradeDaemon
  let commands: CommandRunner

  /// What was done; what `--json` prints.
  struct Report: Codable, Equatable, Sendable {
    var from: String
    var to: String
    /// The replaced executable.
    var path: String
    var isUpgraded: Bool
    /// The copy of the database as it was; nil when there was none or nothing was changed.
    var backup: String?
    /// Whether the daemon runs the new version; false also when none ran.
    var isRestarted = false
    /// A daemon that nobody restarted runs on with the old version.
    var needsRestart = false
  }

  /// Where the replaced executable is kept, so that it can be put back.
  private var previous: String { "\(executable).previous" }

  /// - Throws: `conflict` for an older package; anything else after everything was put back.
  func run(_ package: UpgradePackage) async throws(LooperError) -> Report {
    var report = Report(
      from: version.description, to: package.version.description, path: executable, isUpgraded: false)
    guard package.version != version else { return report }
    guard package.version > version else {
      throw LooperError(
        .conflict,
        "\(package.version) is older than \(version), and its database could be newer; nothing was changed")
    }
    let isRunning = await daemon.version() != nil
    report.backup = try copyDatabase(before: package.version)
    try swap(in: package.program)
    do throws(LooperError) {
      guard try await UpgradePackage.version(of: executable, commands) == package.version else {
        throw LooperError(.internal, "\(executable) is not the new version")
      }
      if isRunning, let service = daemon.service {
        try await service.restart()
        try await checkAnswer(package.version)
        report.isRestarted = true
      }
    } catch {
      throw try await putBack(report.backup, isRunning: isRunning, because: error)
    }
    report.isUpgraded = true
    report.needsRestart = isRunning && !report.isRestarted
    return report
  }

  /// A build in a source tree is its builder's; replacing it would be undone by the next build, or confuse it.
  static func refuseDevelopmentBuild(_ executable: String) throws(LooperError) {
    guard executable.contains("/.build/") else { return }
    throw LooperError(
      .conflict,
      "\(executable) was built from sources and is not replaced; build it anew, or install a package")
  }

  private func copyDatabase(before version: UpgradeVersion) throws(LooperError) -> String? {
    guard FileManager.default.fileExists(atPath: databasePath) else { return nil }
    let copy = "\(databasePath).before-upgrade-\(version)"
    do {
      try Store.copy(databasePath, to: copy)
    } catch {
      throw LooperError(
        .internal, "the database \(databasePath) cannot be copied, nothing was changed: \(error)")
    }
    return copy
  }

  /// The new file is brought beside the old one first: the last step is a rename, so there is a whole program there
  /// at any moment.
  private func swap(in program: String) throws(LooperError) {
    let files = FileManager.default
    let new = "\(executable).new"
    do {
      for leftover in [new, previous] where files.fileExists(atPath: leftover) {
        try files.removeItem(atPath: leftover)
      }
      try files.copyItem(atPath: program, toPath: new)
      try files.setAttributes([.posixPermissions: 0o755], ofItemAtPath: new)
      try files.linkItem(atPath: executable, toPath: previous)
    } catch {
      try? files.removeItem(atPath: new)
      throw LooperError(
        .internal, "cannot write beside \(executable), nothing was changed: \(error.localizedDescription)")
    }
    try rename(new, to: executable)
  }

  private func rename(_ source: String, to target: String) throws(LooperError) {
    guard Foundation.rename(source, target) == 0 else {
      throw LooperError(.internal, "cannot replace \(target); check its directory")
    }
  }

  private func checkAnswer(_ wanted: UpgradeVersion) async throws(LooperError) {
    let found = await daemon.version()
    guard found == wanted.description else {
      throw LooperError(.internal, "the restarted daemon answers as \(found ?? "nobody")")
    }
  }

  /// - Returns: what to tell.
  private func putBack(
    _ backup: String?, isRunning: Bool, because reason: LooperError
  ) async throws(LooperError) -> LooperError {
    let service = isRunning ? daemon.service : nil
    try await service?.stop()
    try rename(previous, to: executable)
    if service != nil, let backup { try restore(backup) }
    try await service?.start()
    return LooperError(.internal, "\(reason.message); looper \(version) was put back")
  }

  /// The new version may have brought the database into a form that the old one refuses.
  private func restore(_ backup: String) throws(LooperError) {
    let files = FileManager.default
    do {
      for suffix in ["-wal", "-shm"] where files.fileExists(atPath: databasePath + suffix) {
        try files.removeItem(atPath: databasePath + suffix)
      }
      let copy = "\(databasePath).restored"
      try? files.removeItem(atPath: copy)
      try files.copyItem(atPath: backup, toPath: copy)
      try rename(copy, to: databasePath)
    } catch {
      throw LooperError(
        .internal, "the database could not be put back from \(backup), copy it over \(databasePath): \(error)"
      )
    }
  }
}

/// The daemon that an upgrade has to take along.
struct UpgradeDaemon: Sendable {
  /// What the running one answers with; nil when none runs.
  var version: @Sendable () async -> String?
  /// The service manager that runs it; nil when nobody but its user does.
  var service: Service?

  /// How a managed daemon is moved. Each answers when it is so.
  struct Service: Sendable {
    var start: @Sendable () async throws(LooperError) -> Void
    var stop: @Sendable () async throws(LooperError) -> Void
    var restart: @Sendable () async throws(LooperError) -> Void
  }
}
