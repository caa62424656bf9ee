import Foundation

/// What is kept of a session's output after its end.
enum SessionTranscript {
  /// How much of the end goes into ``AgentOutcome/tail``.
  static let tailBytesMax = 4096

  private static let copyBytes = 1024 * 1024

  /// Replaces a file larger than `limit` by its beginning, a line saying what is gone, and its end.
  ///
  /// - Throws: Foundation's error when the disk refuses; then the file is as it was.
  static func trim(_ path: String, to limit: ByteCount) throws {
    let source = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
    defer { try? source.close() }
    let size = try source.seekToEnd()
    guard size > UInt64(limit.bytes) else { return }
    let head = UInt64(limit.bytes / 4)
    let end = UInt64(limit.bytes) - head
    let temporary = "\(path).trimmed"
    _ = FileManager.default.createFile(
      atPath: temporary, contents: nil, attributes: [.posixPermissions: 0o600])
    let target = try FileHandle(forWritingTo: URL(fileURLWithPath: temporary))
    defer { try? target.close() }
    try copy(source, from: 0, count: head, to: target)
    try target.write(contentsOf: Data("\n[looper: \(size - head - end) bytes left out]\n".utf8))
    try copy(source, from: size - end, count: end, to: target)
    try target.synchronize()
    guard rename(temporary, path) == 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
  }

  /// The last lines of both outputs, at most ``tailBytesMax`` bytes.
  static func tail(of directory: SessionDirectory, finalWords: String?) -> String {
    let errors = text(end(of: directory.standardError, ByteCount(bytes: tailBytesMax / 4)))
    let output = finalWords ?? text(end(of: directory.standardOutput, ByteCount(bytes: tailBytesMax / 2)))
    let whole = [output, errors].filter { !$0.isEmpty }.joined(separator: "\n")
    guard whole.utf8.count > tailBytesMax else { return whole }
    return text(Data(whole.utf8.suffix(tailBytesMax - 16)))
  }

  /// The last bytes of a log. Best effort, for people: what cannot be read is not shown.
  static func end(of path: String, _ count: ByteCount) -> Data {
    (try? LogTail.lastBytes(count, ofFile: path)) ?? Data()
  }

  /// Text of the end of a file: without the broken character it may begin with.
  private static func text(_ bytes: Data) -> String {
    let text = String(decoding: bytes, as: UTF8.self)
    return UntrustedText.visible(String(text.drop { $0 == "\u{FFFD}" })).trimmingCharacters(in: .newlines)
  }

  private static func copy(_ source: FileHandle, from offset: UInt64, count: UInt64, to target: FileHandle)
    throws
  {
    try source.seek(toOffset: offset)
    var left = count
    while left > 0, let data = try source.read(upToCount: Int(min(left, UInt64(copyBytes)))), !data.isEmpty {
      try target.write(contentsOf: data)
      left -= UInt64(data.count)
    }
  }
}
