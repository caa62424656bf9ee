import CLooper
import Foundation
import Synchronization

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// The claim of one daemon on one database, taken before anything is read.
///
/// The kernel holds it (`flock`) and drops it with the process, however that ends; the file's content only
/// names the holder. The file is never removed: removing it would let two daemons lock two files of one name.
final class InstanceLock: Sendable {
  /// Who holds the lock, as the file says.
  struct Holder: Hashable, Codable, Sendable {
    var identity: ProcessIdentity
    /// What the holder says of itself, usually the path of its socket.
    var description: String

    /// What a daemon on this socket says of itself.
    static func description(ofSocket path: String) -> String { socketPrefix + path }

    /// Where the holder answers; nil when it does not say.
    var socketPath: String? {
      description.hasPrefix(Self.socketPrefix) ? String(description.dropFirst(Self.socketPrefix.count)) : nil
    }

    private static let socketPrefix = "socket "
  }

  /// Why the lock was not taken; nothing was changed.
  enum Refusal: Error, Hashable, Sendable {
    /// Another process has it; nil when it has not written its name yet.
    case held(by: Holder?)
    /// The file cannot be opened, locked or written.
    case unusable(String)
  }

  /// The file is a few hundred bytes; more is not ours.
  private static let holderBytesMax = 4096

  let path: String
  private let descriptor: Mutex<Int32?>

  private init(path: String, descriptor: Int32) {
    self.path = path
    self.descriptor = Mutex(descriptor)
  }

  deinit { release() }

  /// Takes the lock at `path` for this process without waiting.
  ///
  /// - Parameter holder: what a refused daemon will tell its user, usually our socket's path.
  static func acquire(path: String, holder description: String) throws(Refusal) -> InstanceLock {
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    let error = errno
    guard descriptor >= 0 else {
      throw .unusable("cannot open the lock \(path): \(SystemError.text(error))")
    }
    let lock = InstanceLock(path: path, descriptor: descriptor)
    let result = clooper_lock(descriptor)
    guard result != -EWOULDBLOCK else { throw .held(by: readHolder(atPath: path)) }
    guard result == 0 else { throw .unusable("cannot lock \(path): \(SystemError.text(result))") }
    try write(Holder(identity: .current, description: description), to: descriptor, path: path)
    return lock
  }

  /// Who the file names; they need not live any more.
  static func readHolder(atPath path: String) -> Holder? {
    guard let handle = FileHandle(forReadingAtPath: path),
      let data = try? handle.read(upToCount: holderBytesMax)
    else { return nil }
    return try? JSONDecoder().decode(Holder.self, from: data)
  }

  /// Gives the lock back; more than once does nothing.
  func release() {
    let held = descriptor.withLock { descriptor in
      let held = descriptor
      descriptor = nil
      return held
    }
    guard let held else { return }
    // Closing is not enough: a child being spawned at this moment has a copy of the descriptor until its exec.
    clooper_unlock(held)
    close(held)
  }

  private static func write(_ holder: Holder, to descriptor: Int32, path: String) throws(Refusal) {
    let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: false)
    do {
      try handle.truncate(atOffset: 0)
      try handle.write(contentsOf: JSONEncoder().encode(holder))
    } catch {
      throw .unusable("cannot write the lock \(path): \(error.localizedDescription)")
    }
  }
}

extension InstanceLock.Refusal: CustomStringConvertible {
  var description: String {
    switch self {
    case .held(let holder?):
      "another daemon runs: pid \(holder.identity.pid), \(holder.description); stop it first"
    case .held(nil): "another daemon runs; stop it first"
    case .unusable(let reason): reason
    }
  }
}
