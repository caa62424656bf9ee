import Foundation

#if canImport(Darwin)
  import Darwin
#else
  // The overlay's view of `stat` is attributed to this module when NIO is in the build.
  import CDispatch
  import Glibc
#endif

/// An open descriptor that is closed when the last reference goes, and never inherited by accident.
final class OpenFile: Sendable {
  let descriptor: Int32

  private init(descriptor: Int32) { self.descriptor = descriptor }

  deinit { close(descriptor) }

  /// - Throws: ``SystemError`` naming the path.
  private static func open(path: String, flags: Int32) throws(SystemError) -> OpenFile {
    #if canImport(Darwin)
      let descriptor = Darwin.open(path, flags | O_CLOEXEC, 0o600)
    #else
      let descriptor = Glibc.open(path, flags | O_CLOEXEC, 0o600)
    #endif
    let error = errno
    guard descriptor >= 0 else { throw SystemError("cannot open \(path)", number: error) }
    return OpenFile(descriptor: descriptor)
  }

  static func reading(path: String) throws(SystemError) -> OpenFile {
    try open(path: path, flags: O_RDONLY)
  }

  /// For a log: created 0600 when missing, written at the end whoever else writes.
  static func appending(path: String) throws(SystemError) -> OpenFile {
    try open(path: path, flags: O_WRONLY | O_CREAT | O_APPEND)
  }

  /// For a file that is written whole: empty, 0600.
  static func creating(path: String) throws(SystemError) -> OpenFile {
    try open(path: path, flags: O_WRONLY | O_CREAT | O_TRUNC)
  }

  /// A file without a name in `directory`: nothing is left behind, however we end.
  static func temporary(inDirectory directory: String) throws(SystemError) -> OpenFile {
    let path = "\(directory)/\(UUID().uuidString)"
    let file = try open(path: path, flags: O_RDWR | O_CREAT | O_EXCL | O_APPEND)
    unlink(path)
    return file
  }

  /// The number of bytes in the file.
  var size: UInt64 {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return 0 }
    return UInt64(status.st_size)
  }

  /// Up to `count` bytes from `offset`, whatever position the descriptor is at; fewer at the end of the file.
  func read(from offset: UInt64, count: Int) throws(SystemError) -> Data {
    var bytes = [UInt8](repeating: 0, count: count)
    var filled = 0
    while filled < count {
      let received = bytes.withUnsafeMutableBytes { buffer in
        pread(
          descriptor, buffer.baseAddress.map { $0 + filled }, count - filled,
          off_t(offset) + off_t(filled))
      }
      if received < 0 && errno == EINTR { continue }
      guard received >= 0 else { throw SystemError("cannot read a file", number: errno) }
      guard received > 0 else { break }
      filled += received
    }
    return Data(bytes.prefix(filled))
  }

  /// The last `count` bytes, all when there are fewer.
  func readEnd(count: Int) throws(SystemError) -> Data {
    let size = size
    let kept = min(size, UInt64(count))
    return try read(from: size - kept, count: Int(kept))
  }

  /// Writes all of `data` and leaves the position at the start for the child that will read it.
  func fill(with data: Data) throws(SystemError) {
    var written = 0
    while written < data.count {
      let sent = data.withUnsafeBytes { buffer in
        write(descriptor, buffer.baseAddress.map { $0 + written }, data.count - written)
      }
      if sent < 0 && errno == EINTR { continue }
      guard sent > 0 else { throw SystemError("cannot write a file", number: errno) }
      written += sent
    }
    lseek(descriptor, 0, SEEK_SET)
  }
}

/// A system call that failed, in words.
struct SystemError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What failed on which thing, and the system's words for why.
  let description: String

  /// - Parameter number: the error number, positive or negative as C returned it.
  init(_ what: String, number: Int32) { description = "\(what): \(Self.text(number))" }

  /// The system's message for an error number.
  static func text(_ number: Int32) -> String {
    strerror(abs(number)).map { String(cString: $0) } ?? "error \(abs(number))"
  }
}
