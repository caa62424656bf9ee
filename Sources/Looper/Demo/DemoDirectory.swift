import Foundation

/// Where one demonstration keeps everything: the local GitHub, the daemon's data, its configuration, the agent.
struct DemoDirectory: Sendable, Hashable {
  let path: String

  var configuration: String { "\(path)/looper.toml" }
  /// The daemon's data directory.
  var data: String { "\(path)/data" }
  var socket: String { "\(data)/looper.sock" }
  var database: String { "\(data)/looper.db" }
  var transcripts: String { "\(data)/sessions" }
  /// Bare repositories, one directory per owner.
  var forge: String { "\(path)/forge" }
  var forgeSocket: String { "\(path)/github.sock" }
  /// `GH_CONFIG_DIR`: sends every request of `gh` to ``forgeSocket``.
  var gh: String { "\(path)/gh" }
  var agent: String { "\(path)/agent.sh" }
  var daemonOutput: String { "\(path)/serve.out" }
  var daemonLog: String { "\(path)/serve.log" }
  /// For the files of short commands and for checkouts of the checks.
  var scratch: String { "\(path)/tmp" }

  /// Makes a fresh directory, 0700, below `parent`, with everything in it that does not change afterwards.
  static func create(in parent: String) throws -> DemoDirectory {
    let name = "looper-demo-\(UUID().uuidString.prefix(8).lowercased())"
    let directory = DemoDirectory(path: "\(parent)/\(name)")
    let ours: [FileAttributeKey: Any] = [.posixPermissions: 0o700]
    for path in [directory.path, directory.forge, directory.gh, directory.scratch] {
      try FileManager.default.createDirectory(
        atPath: path, withIntermediateDirectories: true, attributes: ours)
    }
    try directory.write("http_unix_socket: \(directory.forgeSocket)\n", to: "\(directory.gh)/config.yml")
    return directory
  }

  func write(_ text: String, to path: String, permissions: Int = 0o600) throws {
    let isWritten = FileManager.default.createFile(
      atPath: path, contents: Data(text.utf8), attributes: [.posixPermissions: permissions])
    guard isWritten else { throw LooperError(.internal, "cannot write \(path); is the disk full?") }
  }

  func remove() {
    // Best effort: what stays takes room in the temporary directory and nothing else.
    try? FileManager.default.removeItem(atPath: path)
  }

  /// The last lines the daemon logged.
  func lastLogLines(_ count: Int) -> [String] {
    guard let data = FileManager.default.contents(atPath: daemonLog) else { return [] }
    return String(decoding: data.suffix(64 * 1024), as: UTF8.self).split(separator: "\n").suffix(count).map(
      String.init)
  }
}
