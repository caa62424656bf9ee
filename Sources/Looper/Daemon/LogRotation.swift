import Foundation
import Logging
import Synchronization

#if canImport(Darwin)
  import Darwin
#else
  // The overlay's view of `stat` is attributed to this module when NIO is in the build.
  import CDispatch
  import Glibc
#endif

/// Keeps the log of a daemon in the background from growing without end.
///
/// `daemon.log` becomes `daemon.log.1`, that one `daemon.log.2`, and so on; the oldest goes. Standard output and error
/// are moved to the new file, so the last words of a crash are where people look. Only the file that we log into is
/// touched: what somebody else's redirection made stays theirs.
final class LogRotation: Sendable {
  static let bytesMax = ByteCount.mebibytes(16)
  /// Files beside the one that is written.
  static let keptMax = 4

  private let path: String
  private let bytesMax: ByteCount
  /// What is moved to the new file.
  private let descriptors: [Int32]
  private let turn = Mutex(())

  /// - Parameter descriptors: the first one is the one that is logged to.
  init(path: String, bytesMax: ByteCount = bytesMax, descriptors: [Int32] = [STDERR_FILENO, STDOUT_FILENO]) {
    self.path = path
    self.bytesMax = bytesMax
    self.descriptors = descriptors
  }

  /// Starts a new file when the present one is full. Costs one system call when it is not.
  ///
  /// Best effort: a log that cannot be put aside grows on, and there is nowhere to say so.
  func rotateIfFull() {
    turn.withLock { _ in
      guard let first = descriptors.first, let size = Self.sizeOfLog(first, at: path), size > bytesMax.bytes
      else {
        return
      }
      for number in stride(from: Self.keptMax, to: 0, by: -1) {
        let older = number == 1 ? path : "\(path).\(number - 1)"
        rename(older, "\(path).\(number)")
      }
      let fresh = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
      guard fresh >= 0 else { return }
      defer { close(fresh) }
      for descriptor in descriptors where Self.isSame(descriptor, as: "\(path).1") { dup2(fresh, descriptor) }
    }
  }

  /// The size of the open file; nil when it is not the one at `path`.
  private static func sizeOfLog(_ descriptor: Int32, at path: String) -> Int? {
    var open = stat()
    var named = stat()
    guard fstat(descriptor, &open) == 0, stat(path, &named) == 0, open.st_ino == named.st_ino,
      open.st_dev == named.st_dev
    else { return nil }
    return Int(open.st_size)
  }

  private static func isSame(_ descriptor: Int32, as path: String) -> Bool {
    sizeOfLog(descriptor, at: path) != nil
  }
}

/// A handler whose log is put aside when it is full.
struct RotatingLogHandler<Handler: LogHandler>: WrappingLogHandler {
  var handler: Handler
  let rotation: LogRotation

  func log(event: LogEvent) {
    handler.log(event: event)
    rotation.rotateIfFull()
  }
}
