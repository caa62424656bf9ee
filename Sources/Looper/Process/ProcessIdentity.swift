import CLooper

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Which process, for ever: a pid alone proves nothing, for pids are given out again.
struct ProcessIdentity: Hashable, Codable, Sendable {
  var pid: Int32
  /// When it started: clock ticks since boot (Linux), microseconds since 1970 (macOS). 0 when it had gone
  /// before it could be asked; then ``isAlive`` is false for ever.
  var startTicks: UInt64
  /// The boot of the machine that the two others are about.
  var bootID: String

  /// The name of the running boot; empty when the system does not say, which equals no recorded one.
  static let currentBootID: String = {
    var buffer = [CChar](repeating: 0, count: 128)
    guard clooper_boot_id(&buffer, Int32(buffer.count)) >= 0 else { return "" }
    return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }()

  /// This very process.
  static var current: ProcessIdentity { ProcessIdentity(ofProcess: getpid()) }

  init(pid: Int32, startTicks: UInt64, bootID: String) {
    self.pid = pid
    self.startTicks = startTicks
    self.bootID = bootID
  }

  /// Reads the identity of what has this pid now.
  init(ofProcess pid: Int32) {
    var process = clooper_process()
    let isThere = clooper_process_read(pid, &process) == 0
    self.init(pid: pid, startTicks: isThere ? process.start : 0, bootID: Self.currentBootID)
  }

  /// Whether that process still runs; one that has exited and waits to be reaped does not.
  var isAlive: Bool { signal(0) }

  /// Sends `number` to that process and to no other that got its pid since.
  ///
  /// - Returns: whether it was there to receive it.
  @discardableResult
  func signal(_ number: Int32) -> Bool {
    guard startTicks != 0, !bootID.isEmpty, bootID == Self.currentBootID else { return false }
    return clooper_signal(pid, startTicks, number) == 0
  }
}
