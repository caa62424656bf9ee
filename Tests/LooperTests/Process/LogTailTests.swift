import Foundation
import Testing

@testable import Looper

@Suite("a log is read line by line from an offset, without loss, repetition or unbounded memory")
struct LogTailTests {
  private func write(_ text: String, to path: String) throws {
    if !FileManager.default.fileExists(atPath: path) {
      #expect(FileManager.default.createFile(atPath: path, contents: nil))
    }
    let handle = try #require(FileHandle(forWritingAtPath: path))
    try handle.seekToEnd()
    try handle.write(contentsOf: Data(text.utf8))
    try handle.close()
  }

  @Test("lines come once they are complete, with their offsets")
  func growing() async throws {
    try await ProcessScene.with { scene in
      let path = scene.path("log")
      var tail = LogTail(path: path)
      #expect(try tail.nextLines() == [])
      try write("one\n\ntw", to: path)
      #expect(
        try tail.nextLines() == [
          LogLine(offset: 0, bytes: Data("one".utf8), isTruncated: false),
          LogLine(offset: 4, bytes: Data(), isTruncated: false),
        ])
      #expect(tail.offset == 5)
      try write("o\nthree", to: path)
      #expect(try tail.nextLines().map(\.text) == ["two"])
      #expect(tail.isAtEnd())
      #expect(tail.finalPartialLine()?.text == "three")
      #expect(tail.finalPartialLine() == nil)
      #expect(tail.offset == 14)
    }
  }

  @Test("a tail made at the offset of another goes on with the line that one had begun")
  func resume() async throws {
    try await ProcessScene.with { scene in
      let path = scene.path("log")
      try write("one\ntwo", to: path)
      var first = LogTail(path: path)
      _ = try first.nextLines()
      try write(" more\nthree\n", to: path)
      var second = LogTail(path: path, offset: first.offset)
      #expect(try second.nextLines().map(\.text) == ["two more", "three"])
    }
  }

  @Test("a byte budget splits nothing", arguments: [1, 2, 3, 7, 1000])
  func budget(bytes: Int) async throws {
    try await ProcessScene.with { scene in
      let path = scene.path("log")
      try write("alpha\nbeta\n\ngamma\n", to: path)
      var tail = LogTail(path: path)
      var lines: [String] = []
      while !tail.isAtEnd() { lines += try tail.nextLines(bytesMax: ByteCount(bytes: bytes)).map(\.text) }
      #expect(lines == ["alpha", "beta", "", "gamma"])
    }
  }

  @Test("of a line of 100 MiB the beginning is kept and the rest skipped")
  func longLine() async throws {
    try await ProcessScene.with { scene in
      let path = scene.path("log")
      try write("", to: path)
      let length: UInt64 = 100 * 1024 * 1024
      let handle = try #require(FileHandle(forWritingAtPath: path))
      try handle.truncate(atOffset: length)
      try handle.close()
      try write("\nend\n", to: path)
      var tail = LogTail(path: path, lineBytesMax: .kibibytes(4))
      var lines: [LogLine] = []
      while !tail.isAtEnd() { lines += try tail.nextLines() }
      #expect(lines.map(\.bytes.count) == [4096, 3])
      #expect(lines.map(\.isTruncated) == [true, false])
      #expect(lines.map(\.offset) == [0, length + 1])
    }
  }

  @Test("a line of exactly the limit is whole")
  func limit() async throws {
    try await ProcessScene.with { scene in
      try write("1234\n12345\n", to: scene.path("log"))
      var tail = LogTail(path: scene.path("log"), lineBytesMax: ByteCount(bytes: 4))
      let lines = try tail.nextLines()
      #expect(lines.map(\.text) == ["1234", "1234"])
      #expect(lines.map(\.isTruncated) == [false, true])
    }
  }

  @Test("the end of a file is its last bytes, all of a short one, none of a missing one")
  func lastBytes() async throws {
    try await ProcessScene.with { scene in
      try write("0123456789", to: scene.path("log"))
      #expect(try LogTail.lastBytes(ByteCount(bytes: 3), ofFile: scene.path("log")) == Data("789".utf8))
      #expect(try LogTail.lastBytes(.mebibytes(1), ofFile: scene.path("log")) == Data("0123456789".utf8))
      #expect(try LogTail.lastBytes(.mebibytes(1), ofFile: scene.path("none")) == Data())
    }
  }
}
