import Foundation
import Testing

@testable import Looper

@Suite("a second daemon on the same data directory names the first and changes nothing")
struct SecondDaemonTests {
  @Test("it ends with a conflict before anything is read or written")
  func refused() async throws {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: url) }
    let home = url.resolvingSymlinksInPath().path
    let sources = ConfigurationSources(
      environment: [:], homeDirectory: home, currentDirectory: home, overrides: [])
    let paths = try ConfigurationLoader.load(sources).paths
    _ = try House(paths)
    let store = try Store(path: paths.databasePath)
    try store.close()
    let lock = try InstanceLock.acquire(path: "\(paths.databasePath).lock", holder: "socket /run/first.sock")
    defer { lock.release() }
    let before = try content(of: home)

    let error = await #expect(throws: LooperError.self) { try await Daemon.run(sources) }
    #expect(error?.code == .conflict)
    #expect(error?.message.contains("/run/first.sock") == true)
    #expect(try content(of: home) == before)
  }

  /// Every file below a directory with its bytes.
  private func content(of directory: String) throws -> [String: Data] {
    var files: [String: Data] = [:]
    for name in try FileManager.default.subpathsOfDirectory(atPath: directory) {
      files[name] = FileManager.default.contents(atPath: "\(directory)/\(name)") ?? Data()
    }
    return files
  }
}
