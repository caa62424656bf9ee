import Foundation

/// What a run's agents wrote to standard output, over all its sessions, as one text that only grows.
///
/// Offsets are bytes in the sessions' files one after the other: only the last session still writes.
struct RunTranscript: Sendable {
  /// Longest encoding of a character.
  private static let characterBytesMax = 4

  private struct Part {
    var file: OpenFile
    var start: Int64
    var size: Int64
  }

  private let directories: [String]

  /// - Parameter directories: of the run's sessions, oldest first; one without a directory never started.
  init(directories: [String]) { self.directories = directories.filter { !$0.isEmpty } }

  /// - Parameter isComplete: whether the run ended before this was called.
  /// - Throws: ``SystemError`` when a file cannot be read.
  func chunk(_ request: LogRequest, isComplete: Bool) throws -> LogChunkView {
    let parts = try open()
    let total = parts.last.map { $0.start + $0.size } ?? 0
    var offset = request.offset < 0 ? max(0, total + request.offset) : min(request.offset, total)
    let wanted = min(max(request.bytes, Self.characterBytesMax), LogRequest.bytesMax)
    var bytes = try read(parts, from: offset, count: wanted)
    if request.offset < 0, offset > 0 {
      // Counted from the end, it may begin inside a character.
      let cut = bytes.prefix(Self.characterBytesMax - 1).prefix { $0 & 0xC0 == 0x80 }.count
      bytes = bytes.dropFirst(cut)
      offset += Int64(cut)
    }
    let isEnded = isComplete && offset + Int64(bytes.count) == total
    if !isEnded { bytes = bytes.dropLast(Self.unfinishedTail(of: bytes)) }
    return LogChunkView(
      text: String(decoding: bytes, as: UTF8.self), offset: offset, nextOffset: offset + Int64(bytes.count),
      isEnded: isEnded)
  }

  private func open() throws -> [Part] {
    var start: Int64 = 0
    return try directories.compactMap { directory in
      let path = SessionDirectory(path: directory).standardOutput
      // Transcripts have an age; what was removed is an empty one.
      guard FileManager.default.fileExists(atPath: path) else { return nil }
      let file = try OpenFile.reading(path: path)
      let part = Part(file: file, start: start, size: Int64(file.size))
      start += part.size
      return part
    }
  }

  private func read(_ parts: [Part], from offset: Int64, count: Int) throws -> Data {
    var data = Data()
    for part in parts where part.start + part.size > offset && data.count < count {
      let begin = max(0, offset - part.start)
      let length = min(part.size - begin, Int64(count - data.count))
      data += try part.file.read(from: UInt64(begin), count: Int(length))
    }
    return data
  }

  /// How many bytes at the end are the beginning of a character whose rest is still to come.
  private static func unfinishedTail(of bytes: Data) -> Int {
    for (count, byte) in bytes.suffix(characterBytesMax).reversed().enumerated() {
      if byte & 0xC0 == 0x80 { continue }
      let length =
        switch byte {
        case 0xC0..<0xE0: 2
        case 0xE0..<0xF0: 3
        case 0xF0..<0xF8: 4
        default: 1
        }
      return length > count + 1 ? count + 1 : 0
    }
    return 0
  }
}
