import Foundation

#if canImport(Darwin)
  import Darwin
#else
  // The overlay's view of `stat` is attributed to this module when NIO is in the build.
  import CDispatch
  import Glibc
#endif

/// The file operations git's adapter needs, none of which follows a symbolic link it was not meant to.
enum GitFiles {
  /// What lies at a path, itself, not what a symbolic link there points at.
  enum Kind: Equatable { case missing, file, directory, symbolicLink, other }

  /// Files an agent can write are read only up to this size.
  static let smallFileMax = ByteCount.kibibytes(64)

  static func kind(_ path: String) -> Kind {
    var status = stat()
    guard lstat(path, &status) == 0 else { return .missing }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return .file
    case S_IFDIR: return .directory
    case S_IFLNK: return .symbolicLink
    default: return .other
    }
  }

  /// The absolute path without symbolic links; nil when it does not exist.
  static func resolved(_ path: String) -> String? {
    guard let bytes = realpath(path, nil) else { return nil }
    defer { free(bytes) }
    return String(cString: bytes)
  }

  /// The content of a regular file of at most `limit` bytes; nil for everything else.
  static func content(_ path: String, limit: ByteCount = smallFileMax) -> Data? {
    var status = stat()
    guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size <= limit.bytes else {
      return nil
    }
    return FileManager.default.contents(atPath: path)
  }

  static func text(_ path: String) -> String? { content(path).map { String(decoding: $0, as: UTF8.self) } }

  /// Writes a file whole or not at all, for us alone.
  static func write(_ data: Data, to path: String) throws(Failure) {
    do {
      try data.write(to: URL(fileURLWithPath: path), options: .atomic)
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    } catch {
      throw Failure(.transient, "cannot write \(path): \(error.localizedDescription); check the disk")
    }
  }

  static func makeDirectory(_ path: String) throws(Failure) {
    do {
      try FileManager.default.createDirectory(
        atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch {
      throw Failure(
        .transient, "cannot create the directory \(path): \(error.localizedDescription); check the disk")
    }
  }

  /// Removes whatever is at `path`, also directories that were made read-only; a link itself, not its target.
  static func remove(_ path: String) throws(Failure) {
    guard kind(path) != .missing else { return }
    if (try? FileManager.default.removeItem(atPath: path)) != nil { return }
    unlockDirectories(below: path)
    do {
      try FileManager.default.removeItem(atPath: path)
    } catch {
      throw Failure(.transient, "cannot remove \(path): \(error.localizedDescription); remove it by hand")
    }
  }

  /// Gives us every directory below `path`, so that its entries can be removed.
  static func unlockDirectories(below path: String) {
    guard kind(path) == .directory else { return }
    chmod(path, 0o700)
    for name in names(in: path) where kind("\(path)/\(name)") == .directory {
      unlockDirectories(below: "\(path)/\(name)")
    }
  }

  /// Entries of a directory, sorted; empty when it is none.
  static func names(in directory: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []).sorted()
  }

  static func rename(_ path: String, to target: String) throws(Failure) {
    do {
      try FileManager.default.moveItem(atPath: path, toPath: target)
    } catch {
      throw Failure(.transient, "cannot move \(path) to \(target): \(error.localizedDescription)")
    }
  }

  /// Space an unprivileged process may still use; nil when the system does not say.
  static func freeSpace(at path: String) -> ByteCount? {
    let attributes = try? FileManager.default.attributesOfFileSystem(forPath: path)
    return (attributes?[.systemFreeSize] as? NSNumber).map { ByteCount(bytes: $0.intValue) }
  }
}
