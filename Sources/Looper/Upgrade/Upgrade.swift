import Foundation

/// Puts another looper in the place of the installed one, in an order in which every step can be taken back.
///
/// ```
///   try the new one ─▶ stop ─▶ copy the database ─▶ swap ─▶ start ─▶ ask ─▶ done
///                        └─────────────┴──────────────┴───────┴───────┴──── any failure ─▶ stop ─▶ all back ─▶ start
/// ```
///
/// The daemon is stopped before the copy: what it committed after it would be lost on the way back. One that no
/// service manager runs is left alone, and its database is never put back under it.
struct Upgrade: Sendable {
  /// What is to be replaced: the real file, links followed.
  let executable: String
  let version: UpgradeVersion
  let databasePath: String
  var daemon: UpgradeDaemon
  let commands: CommandRunner
  /// Hears of each step before it is taken.
  var telling: @Sendable (String) -> Void = { _ in }

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
    let service = isRunning ? daemon.service : nil
    if let service {
      telling("stopping the daemon and its agents")
      try await service.stop()
    }
    var isSwapped = false
    do throws(LooperError) {
      report.backup = try copyDatabase(before: package.version)
      telling("replacing \(executable)")
      try swap(in: package.program)
      isSwapped = true
      guard try await UpgradePackage.version(of: executable, commands) == package.version else {
        throw LooperError(.internal, "\(executable) is not the new version")
      }
      if let service {
        telling("starting the daemon of \(package.version)")
        try await service.start()
        try await checkAnswer(package.version)
        report.isRestarted = true
      }
    } catch {
      throw await putBack(isSwapped: isSwapped, report.backup, service, because: error)
    }
    report.isUpgraded = true
    report.needsRestart = isRunning && !report.isRestarted
    return report
  }

  private func copyDatabase(before version: UpgradeVersion) throws(LooperError) -> String? {
    guard FileManager.default.fileExists(atPath: databasePath) else { return nil }
    let copy = "\(databasePath).before-upgrade-\(version)"
    telling("copying the database")
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

  /// Nothing here may keep the rest from being tried: a program without its daemon is better than neither.
  ///
  /// - Returns: what to tell.
  private func putBack(
    isSwapped: Bool, _ backup: String?, _ service: UpgradeDaemon.Service?, because reason: LooperError
  ) async -> LooperError {
    var told = [reason.message]
    telling("putting looper \(version) back")
    do throws(LooperError) {
      // The new one may half run, and nobody may have the database open when it is put back.
      if isSwapped { try await service?.stop() }
      if isSwapped { try rename(previous, to: executable) }
      if isSwapped, service != nil, let backup { try restore(backup) }
      try await service?.start()
      if isSwapped { told.append("looper \(version) was put back") }
    } catch {
      // The program first of all; harmless when it is back already.
      let isBack = !isSwapped || Foundation.rename(previous, executable) == 0 || isInstalled
      told.append(
        isBack ? "looper \(version) was put back, but not all of it" : "\(previous) could not be put back")
      told.append(error.message)
      if let backup { told.append("the database before is \(backup)") }
    }
    return LooperError(.internal, told.joined(separator: "; "))
  }

  /// Whether the replaced program is in its place again: then no other one is kept.
  private var isInstalled: Bool { !FileManager.default.fileExists(atPath: previous) }

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
  }
}
