import Foundation

/// Where the daemon's Unix socket is, and what the file system says about it.
struct UnixSocketPath: Sendable {
  /// `sun_path` holds 108 bytes on Linux and 104 on macOS, with a closing zero.
  static let bytesMax = 103

  let path: String

  /// Makes room for a new socket: a private directory, and no socket that somebody answers on.
  ///
  /// A socket that nobody answers on is left; binding replaces it. The instance lock keeps two daemons from
  /// doing this at once.
  func prepare() throws(LooperError) {
    guard path.utf8.count <= Self.bytesMax else {
      throw LooperError(
        .validation, "the socket path \(path) is longer than \(Self.bytesMax) bytes; set server.socket-path")
    }
    try prepareDirectory()
    if answers {
      throw LooperError(.conflict, "a daemon answers on \(path) already; see `looper status`")
    }
    if let attributes = try? FileManager.default.attributesOfItem(atPath: path),
      attributes[.type] as? FileAttributeType != .typeSocket
    {
      throw LooperError(.conflict, "\(path) exists and is no socket; set server.socket-path")
    }
  }

  /// Whether a process accepts connections on it. Costs no wait.
  var answers: Bool {
    guard path.utf8.count <= Self.bytesMax else { return false }
    #if os(Linux)
      let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    #else
      let descriptor = socket(AF_UNIX, SOCK_STREAM, 0)
    #endif
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    // A full backlog would block: then somebody is there.
    _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let result = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    return result == 0 || errno == EAGAIN || errno == EINPROGRESS
  }

  /// Closes the socket to everyone else.
  func restrict() { _ = chmod(path, 0o600) }

  func remove() { _ = unlink(path) }

  private func prepareDirectory() throws(LooperError) {
    let directory = URL(filePath: path).deletingLastPathComponent().path(percentEncoded: false)
    do {
      try FileManager.default.createDirectory(
        atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch {
      throw LooperError(.internal, "the directory \(directory) of the socket cannot be made: \(error)")
    }
    let attributes = (try? FileManager.default.attributesOfItem(atPath: directory)) ?? [:]
    let isOwn = attributes[.ownerAccountID] as? UInt == UInt(geteuid())
    guard isOwn, let mode = attributes[.posixPermissions] as? Int, mode & 0o077 == 0 else {
      throw LooperError(
        .forbidden,
        "others can enter \(directory), where the socket goes; run `chmod 700 \(directory)`, or set "
          + "server.socket-path to a place in a directory of its own")
    }
  }
}
