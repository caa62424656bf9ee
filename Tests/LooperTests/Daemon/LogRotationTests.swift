import Foundation
import Testing

@testable import Looper

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

@Suite("The log of a daemon in the background is a bounded number of bounded files")
struct LogRotationTests {
  /// Runs `body` with a directory and an open log in it.
  private func withLog(_ body: (String, Int32) throws -> Void) throws {
    let directory = NSTemporaryDirectory() + "ll-\(UInt32.random(in: 0 ... .max))"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let path = "\(directory)/daemon.log"
    let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    defer { close(descriptor) }
    try body(path, descriptor)
  }

  private func write(_ text: String, to descriptor: Int32) throws {
    try FileHandle(fileDescriptor: descriptor).write(contentsOf: Data(text.utf8))
  }

  private func files(beside path: String) throws -> [String: String] {
    let directory = URL(filePath: path).deletingLastPathComponent()
    var found: [String: String] = [:]
    for name in try FileManager.default.contentsOfDirectory(atPath: directory.path) {
      found[name] = try String(contentsOf: directory.appending(path: name), encoding: .utf8)
    }
    return found
  }

  @Test("a full file is put aside, what is written on goes to the new one, the oldest is dropped")
  func rotates() throws {
    try withLog { path, descriptor in
      let rotation = LogRotation(path: path, bytesMax: ByteCount(bytes: 4), descriptors: [descriptor])
      for number in 1...7 {
        try write("line \(number)\n", to: descriptor)
        rotation.rotateIfFull()
      }
      try write("now", to: descriptor)
      rotation.rotateIfFull()
      #expect(
        try files(beside: path) == [
          "daemon.log": "now", "daemon.log.1": "line 7\n", "daemon.log.2": "line 6\n",
          "daemon.log.3": "line 5\n",
          "daemon.log.4": "line 4\n",
        ])
      let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
      #expect(mode == 0o600)
    }
  }

  @Test("a file that somebody else chose is left alone")
  func foreign() throws {
    try withLog { path, descriptor in
      let other = path + ".other"
      try FileManager.default.moveItem(atPath: path, toPath: other)
      try "not ours to touch".write(toFile: path, atomically: false, encoding: .utf8)
      try write("0123456789", to: descriptor)
      LogRotation(path: path, bytesMax: ByteCount(bytes: 4), descriptors: [descriptor]).rotateIfFull()
      #expect(
        try files(beside: path) == ["daemon.log": "not ours to touch", "daemon.log.other": "0123456789"])
    }
  }
}
