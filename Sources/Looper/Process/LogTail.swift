import Foundation

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// One line of a log file, without its newline.
struct LogLine: Hashable, Sendable {
  /// Of its first byte in the file.
  var offset: UInt64
  var bytes: Data
  /// Whether the line was longer than the limit; then `bytes` is its beginning.
  var isTruncated: Bool

  /// The text; bytes that are not UTF-8 become replacement characters.
  var text: String { String(decoding: bytes, as: UTF8.self) }
}

/// Reads a growing file line by line, pulled by whoever wants to know, with bounded memory.
///
/// It holds at most one line of `lineBytesMax` and one chunk. It keeps no descriptor, so there may be many.
struct LogTail: Sendable {
  /// The file, which need not exist yet.
  let path: String
  /// Where the first line that was not returned yet begins; a tail made with it goes on without loss or repetition.
  private(set) var offset: UInt64

  private let lineBytesMax: ByteCount
  /// The beginning of the line at `offset`, at most `lineBytesMax`.
  private var partial: [UInt8] = []
  /// Bytes of the line at `offset` that were read, kept or not.
  private var partialLength: UInt64 = 0

  private static let chunkBytes = 64 * 1024

  init(path: String, offset: UInt64 = 0, lineBytesMax: ByteCount = .mebibytes(1)) {
    self.path = path
    self.offset = offset
    self.lineBytesMax = lineBytesMax
  }

  /// Reads at most `bytesMax` more of the file and returns the lines completed by it.
  ///
  /// An empty answer means that nothing is complete yet or that a long line is being skipped; the caller is
  /// at the end of the file when ``isAtEnd()`` says so.
  /// A file that is missing is an empty one: its writer has not begun.
  mutating func nextLines(bytesMax: ByteCount = .mebibytes(1)) throws(SystemError) -> [LogLine] {
    guard access(path, F_OK) == 0 else { return [] }
    let file = try OpenFile.reading(path: path)
    var lines: [LogLine] = []
    var budget = bytesMax.bytes
    while budget > 0 {
      let chunk = try file.read(from: offset + partialLength, count: min(budget, Self.chunkBytes))
      guard !chunk.isEmpty else { break }
      budget -= chunk.count
      chunk.withUnsafeBytes { take($0, into: &lines) }
    }
    return lines
  }

  /// What follows the last newline, once the writer has ended: a last line without one. Nil when there is none.
  mutating func finalPartialLine() -> LogLine? {
    guard partialLength > 0 else { return nil }
    return completeLine(newlineLength: 0)
  }

  /// Whether everything the file holds now was read.
  func isAtEnd() -> Bool {
    guard let file = try? OpenFile.reading(path: path) else { return true }
    return file.size <= offset + partialLength
  }

  /// The last `count` bytes of a file, all when it is shorter, none when it is missing.
  static func lastBytes(_ count: ByteCount, ofFile path: String) throws(SystemError) -> Data {
    guard access(path, F_OK) == 0 else { return Data() }
    return try OpenFile.reading(path: path).readEnd(count: count.bytes)
  }

  private mutating func take(_ chunk: UnsafeRawBufferPointer, into lines: inout [LogLine]) {
    var rest = chunk[...]
    while !rest.isEmpty {
      guard let newline = Self.firstNewline(in: rest) else {
        keep(rest)
        return
      }
      keep(rest[rest.startIndex..<newline])
      lines.append(completeLine(newlineLength: 1))
      rest = rest[(newline + 1)...]
    }
  }

  /// Adds to the line at `offset`, keeping what the limit allows.
  private mutating func keep(_ bytes: Slice<UnsafeRawBufferPointer>) {
    partial.append(contentsOf: bytes.prefix(lineBytesMax.bytes - partial.count))
    partialLength += UInt64(bytes.count)
  }

  private mutating func completeLine(newlineLength: UInt64) -> LogLine {
    let line = LogLine(
      offset: offset, bytes: Data(partial), isTruncated: partialLength > UInt64(partial.count))
    offset += partialLength + newlineLength
    partial.removeAll(keepingCapacity: false)
    partialLength = 0
    return line
  }

  /// `memchr`, for these files are read a gigabyte at a time.
  private static func firstNewline(in bytes: Slice<UnsafeRawBufferPointer>) -> Int? {
    let region = UnsafeRawBufferPointer(rebasing: bytes)
    guard let start = region.baseAddress,
      let found = memchr(start, Int32(UInt8(ascii: "\n")), region.count)
    else { return nil }
    return bytes.startIndex + start.distance(to: UnsafeRawPointer(found))
  }
}
