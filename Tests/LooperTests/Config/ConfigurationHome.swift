import Foundation

@testable import Looper

/// A throw-away home directory with configuration files in it.
struct ConfigurationHome {
  let path: String

  /// Runs `body` with a fresh home, which is gone afterwards.
  static func with<Result>(_ body: (Self) throws -> Result) throws -> Result {
    let url = FileManager.default.temporaryDirectory.appending(path: "looper-config-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: url) }
    return try body(Self(path: url.path))
  }

  /// Writes a file below the home, readable by its owner only unless `mode` says otherwise.
  @discardableResult
  func write(_ text: String, to name: String = ".config/looper/looper.toml", mode: Int = 0o600) throws
    -> String
  {
    try write(Data(text.utf8), to: name, mode: mode)
  }

  @discardableResult
  func write(_ data: Data, to name: String, mode: Int = 0o600) throws -> String {
    let url = URL(filePath: path).appending(path: name)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try data.write(to: url)
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: url.path)
    return url.path
  }

  /// A file that nobody may read; for root, whom no mode keeps out, one that fails when it is read.
  static func makeUnreadable(_ path: String) throws {
    if geteuid() == 0 {
      try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "/proc/self/mem")
    } else {
      _ = FileManager.default.createFile(
        atPath: path, contents: Data("x".utf8), attributes: [.posixPermissions: 0])
    }
  }

  /// 50 MiB, none of it on the disk.
  static func makeHuge(_ path: String) throws {
    _ = FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600])
    let handle = try FileHandle(forWritingTo: URL(filePath: path))
    try handle.truncate(atOffset: 50 << 20)
    try handle.close()
  }

  func sources(_ environment: [String: String] = [:], set overrides: [String] = []) -> ConfigurationSources {
    ConfigurationSources(
      environment: environment, homeDirectory: path, currentDirectory: path, overrides: overrides)
  }

  func load(_ environment: [String: String] = [:], set overrides: [String] = []) throws -> LoadedConfiguration
  {
    try ConfigurationLoader.load(sources(environment, set: overrides))
  }

  /// The problems of loading, one a line, with the home written as `~`; empty when there are none.
  func problems(_ environment: [String: String] = [:], set overrides: [String] = []) -> [String] {
    do {
      _ = try ConfigurationLoader.load(sources(environment, set: overrides))
      return []
    } catch {
      return error.lines.map(tilde)
    }
  }

  func tilde(_ text: String) -> String { text.replacingOccurrences(of: path, with: "~") }
}
