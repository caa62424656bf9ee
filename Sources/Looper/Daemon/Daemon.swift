import Foundation
import Logging

/// The composition root: the only place that wires.
///
/// Order: configuration, instance lock, what an earlier daemon left running, database, recovery, then the services.
/// They shut down in reverse under one deadline; agents are stopped, their runs go on in the next daemon.
enum Daemon {
  /// Serves until SIGTERM or SIGINT.
  ///
  /// - Throws: ``LooperError``: `validation` for a bad configuration, `conflict` for a held lock, a taken port or a
  ///   newer database.
  static func run(_ sources: ConfigurationSources) async throws {
    DescriptorLimit.lower()
    let source = try configuration(sources)
    let loaded = source.loaded
    let house = try House(loaded.paths)
    let rotation = LogRotation(path: ServiceLog.filePath(inDataDirectory: loaded.paths.dataDirectory))
    rotation.rotateIfFull()
    let known = KnownSecrets()
    // Without the API's token, which is not there before the lock is ours.
    known.learn(
      OperatorSecrets(environment: sources.environment, token: "", configuration: { loaded.configuration }))
    let log = LogSetup.logger(loaded.configuration.daemon, rotation, known)
    for warning in loaded.warnings { log.warning("configuration", metadata: ["problem": "\(warning)"]) }
    for warning in house.warnings { log.warning("permissions", metadata: ["problem": "\(warning)"]) }
    let lock = try claim(loaded.paths)
    defer { lock.release() }
    let assembly = try await Assembly(
      source: source, house: house, environment: sources.environment, known: known, log: log)
    try await assembly.serve()
  }

  private static func configuration(_ sources: ConfigurationSources) throws(LooperError)
    -> ConfigurationSource
  {
    do {
      return try ConfigurationSource(sources)
    } catch {
      throw error.looperError
    }
  }

  private static func claim(_ paths: ConfigurationPaths) throws(LooperError) -> InstanceLock {
    do {
      return try InstanceLock.acquire(
        path: "\(paths.databasePath).lock",
        holder: InstanceLock.Holder.description(ofSocket: paths.socketPath))
    } catch {
      throw LooperError(.conflict, error.description)
    }
  }
}

/// The data directory and what lies in it.
struct House: Sendable {
  let paths: ConfigurationPaths
  /// Input and output files of short commands; emptied at start.
  let scratch: String
  let sessions: String
  /// What others could read and no longer can.
  let warnings: [String]

  /// Makes the directories, 0700, and closes what is there already to everyone else.
  init(_ paths: ConfigurationPaths) throws {
    self.paths = paths
    scratch = "\(paths.dataDirectory)/tmp"
    sessions = "\(paths.dataDirectory)/sessions"
    let databaseDirectory = URL(filePath: paths.databasePath).deletingLastPathComponent().path
    let socketDirectory = URL(filePath: paths.socketPath).deletingLastPathComponent().path
    for path in [paths.dataDirectory, databaseDirectory, socketDirectory, scratch, sessions] {
      do {
        try FileManager.default.createDirectory(
          atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      } catch {
        throw LooperError(.internal, "cannot make the directory \(path): \(error.localizedDescription)")
      }
    }
    warnings = [
      try Self.close(paths.dataDirectory, to: 0o700), try Self.close(paths.tokenPath, to: 0o600),
    ].compactMap(\.self)
  }

  /// Takes from everyone else what they may do with a file or directory of ours.
  ///
  /// - Returns: what was done; nil when nothing had to be.
  private static func close(_ path: String, to mode: Int) throws(LooperError) -> String? {
    let files = FileManager.default
    guard let found = (try? files.attributesOfItem(atPath: path))?[.posixPermissions] as? Int,
      found & 0o077 != 0
    else { return nil }
    let command = "chmod \(String(mode, radix: 8)) \(path)"
    do {
      try files.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    } catch {
      throw LooperError(.forbidden, "others can read \(path); run: \(command)")
    }
    return "others could read \(path); done: \(command)"
  }

  /// Throws away what commands of an earlier daemon left; only for the holder of the lock.
  func sweepScratch() {
    // Best effort: a file that stays takes room and nothing else.
    for name in (try? FileManager.default.contentsOfDirectory(atPath: scratch)) ?? [] {
      try? FileManager.default.removeItem(atPath: "\(scratch)/\(name)")
    }
  }

  /// The bearer token of the TCP API, made the first time, 0600.
  func token() throws(LooperError) -> String {
    let path = paths.tokenPath
    if let text = try? String(contentsOfFile: path, encoding: .utf8) {
      let token = text.trimmingCharacters(in: .whitespacesAndNewlines)
      if !token.isEmpty { return token }
    }
    var random = SystemRandomNumberGenerator()
    let token = (0..<4).map { _ in String(random.next() as UInt64, radix: 36) }.joined()
    let isWritten = FileManager.default.createFile(
      atPath: path, contents: Data((token + "\n").utf8), attributes: [.posixPermissions: 0o600])
    guard isWritten else { throw LooperError(.internal, "cannot write the API token to \(path)") }
    return token
  }
}
