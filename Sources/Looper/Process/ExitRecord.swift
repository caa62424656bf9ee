import Foundation

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// How a child under the shim ended, and what its whole tree of processes used.
///
/// The shim writes it as JSON to a temporary name and renames it, so a reader sees all or nothing.
struct ExitRecord: Hashable, Codable, Sendable {
  /// Of the command itself, not of its descendants.
  var status: ExitStatus
  var reason: Reason
  /// When the last descendant was gone.
  var endedAt: Timestamp
  /// User and system time of the command and all its descendants.
  var cpuTime: Duration
  /// The resident set of the largest single process.
  var maxResidentSize: ByteCount
  /// Descendants that did not end within ``ShimSession/killWaitMax`` of SIGKILL: stuck in the kernel.
  var survivorCount: Int
  /// Who they are; nil in records of versions that did not tell, and when there are none.
  var survivorPIDs: [Int32]?

  /// Why it ended.
  enum Reason: Hashable, Codable, Sendable {
    /// By itself. Descendants it left behind were given the grace and then ended.
    case exited
    /// On request: SIGTERM to the shim.
    case terminated
    /// The daemon that started it died.
    case daemonDied
    /// Its output outgrew the limit.
    case outputTooLarge
    /// It never ran; the system's words.
    case couldNotStart(String)
    /// The shim ended without a record, killed by somebody. The status is the shim's own.
    case shimLost
  }
}

extension ExitRecord {
  /// Reads the record at `path`; nil when there is none or it is not whole.
  static func read(fromPath path: String) -> ExitRecord? {
    guard let data = FileManager.default.contents(atPath: path) else { return nil }
    return try? JSONDecoder().decode(ExitRecord.self, from: data)
  }

  /// Writes the record so that it is there whole or not at all.
  ///
  /// Not synced (Foundation's atomic write is, for 4 ms): after a crash of the machine the boot id says that
  /// nothing runs any more.
  func write(toPath path: String) throws {
    let unfinished = "\(path).\(getpid())"
    try OpenFile.creating(path: unfinished).fill(with: JSONEncoder().encode(self))
    guard rename(unfinished, path) == 0 else {
      let error = errno
      unlink(unfinished)
      throw SystemError("cannot write \(path)", number: error)
    }
  }

  /// What is known when the shim left no record.
  ///
  /// SIGTERM ends a shim only in the milliseconds before it watches for it; then it was asked to end and had
  /// started nothing. Any other way is somebody else's doing.
  static func missing(status: ExitStatus, endedAt: Timestamp, survivors: [Int32]) -> ExitRecord {
    ExitRecord(
      status: status, reason: status == .signalled(SIGTERM) ? .terminated : .shimLost, endedAt: endedAt,
      cpuTime: .zero, maxResidentSize: ByteCount(bytes: 0), survivorCount: survivors.count,
      survivorPIDs: survivors.isEmpty ? nil : survivors)
  }
}
