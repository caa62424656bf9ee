import Foundation

/// What a run's agents wrote, over all its sessions, as one text that only grows.
///
/// Offsets are bytes in the sessions' files one after the other: of each session its standard output and, once it
/// has ended, its standard error. Only the last session still writes.
struct RunTranscript: Sendable {
  /// Longest encoding of a character.
  private static let characterBytesMax = 4
  /// Before what a session wrote to standard error; sessions that wrote nothing there have none.
  static let errorHeading = "\n--- standard error ---\n"

  private enum Source {
    case file(OpenFile)
    case text(Data)
  }

  private struct Part {
    var source: Source
    var start: Int64
    var size: Int64
  }

  private let sessions: [Session]
  private let mask: SecretMask

  /// - Parameters:
  ///   - sessions: of the run, oldest first; one without a directory never started.
  ///   - mask: of what agents repeat though they should not; the files keep it.
  init(_ sessions: [Session], mask: SecretMask = SecretMask()) {
    self.sessions = sessions.filter { !$0.directory.isEmpty }
    self.mask = mask
  }

  /// - Parameter isComplete: whether the run ended before this was called.
  /// - Throws: ``SystemError`` when a file cannot be read.
  func chunk(_ request: LogRequest, isComplete: Bool) throws -> LogChunkView {
    let parts = try open(isComplete: isComplete)
    let total = parts.last.map { $0.start + $0.size } ?? 0
    var offset = request.offset < 0 ? max(0, total + request.offset) : min(request.offset, total)
    let wanted = min(max(request.bytes, Self.characterBytesMax), LogRequest.bytesMax)
    // A secret that a border of the chunk cuts is seen whole, too.
    let margin = max(0, mask.lengthMax - 1)
    let start = max(0, offset - Int64(margin))
    let seen = mask.blotted(try read(parts, from: start, count: Int(offset - start) + wanted + margin))
    var bytes = seen.dropFirst(Int(offset - start)).prefix(wanted)
    if request.offset < 0, offset > 0 {
      // Counted from the end, it may begin inside a character.
      let cut = bytes.prefix(Self.characterBytesMax - 1).prefix { $0 & 0xC0 == 0x80 }.count
      bytes = bytes.dropFirst(cut)
      offset += Int64(cut)
    }
    let isEnded = isComplete && offset + Int64(bytes.count) == total
    if !isComplete, offset + Int64(bytes.count) == total {
      bytes = bytes.dropLast(mask.unfinishedTail(of: bytes))
    }
    if !isEnded { bytes = bytes.dropLast(Self.unfinishedTail(of: bytes)) }
    return LogChunkView(
      text: String(decoding: bytes, as: UTF8.self), offset: offset, nextOffset: offset + Int64(bytes.count),
      isEnded: isEnded)
  }

  private func open(isComplete: Bool) throws -> [Part] {
    var parts: [Part] = []
    for (index, session) in sessions.enumerated() {
      let directory = SessionDirectory(path: session.directory)
      try append(directory.standardOutput, to: &parts)
      // What still grows cannot have anything behind it.
      let isOver = isComplete || session.state == .ended || index + 1 < sessions.count
      if isOver { try append(directory.standardError, under: Self.errorHeading, to: &parts) }
    }
    return parts
  }

  private func append(_ path: String, under heading: String = "", to parts: inout [Part]) throws {
    // Transcripts have an age; what was removed is an empty one.
    guard FileManager.default.fileExists(atPath: path) else { return }
    let file = try OpenFile.reading(path: path)
    let size = Int64(file.size)
    var start = parts.last.map { $0.start + $0.size } ?? 0
    if !heading.isEmpty {
      guard size > 0 else { return }
      let text = Data(heading.utf8)
      parts.append(Part(source: .text(text), start: start, size: Int64(text.count)))
      start += Int64(text.count)
    }
    parts.append(Part(source: .file(file), start: start, size: size))
  }

  private func read(_ parts: [Part], from offset: Int64, count: Int) throws -> Data {
    var data = Data()
    for part in parts where part.start + part.size > offset && data.count < count {
      let begin = max(0, offset - part.start)
      let length = min(part.size - begin, Int64(count - data.count))
      switch part.source {
      case .file(let file): data += try file.read(from: UInt64(begin), count: Int(length))
      case .text(let text): data += text.dropFirst(Int(begin)).prefix(Int(length))
      }
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
