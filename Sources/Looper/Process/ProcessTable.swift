import CLooper
import Foundation

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// The processes of this machine, as far as Looper must know them: its own children and what they left.
enum ProcessTable {
  /// More processes than any machine we run on has; beyond it the table is cut.
  private static let processesMax = 65_536
  /// The kernel's own limit on an environment is larger, ours is not.
  private static let environmentBytesMax = 256 * 1024
  /// How many passes of SIGKILL follow the grace in ``terminateAll(_:grace:)``.
  private static let killPassesMax = 20

  /// How often ``terminateAll(taggedWith:value:grace:)`` looks again for processes forked meanwhile.
  private static let taggedPassesMax = 5

  /// Every process that can be read, this one included.
  static func entries() -> [clooper_process] {
    var pids = [Int32](repeating: 0, count: processesMax)
    let count = Int(max(0, clooper_process_list(&pids, Int32(processesMax))))
    return pids.prefix(count).compactMap { pid in
      var process = clooper_process()
      return clooper_process_read(pid, &process) == 0 ? process : nil
    }
  }

  /// The living descendants of `root`, parents before children, without `root`.
  static func descendants(of root: Int32) -> [ProcessIdentity] {
    subtree(of: root).filter { $0.is_zombie == 0 }.map(identity)
  }

  /// Processes of this user whose first environment holds `key=value`, without this process.
  ///
  /// This is how children of an earlier daemon are found, also those that left every group and session.
  static func processes(taggedWith key: String, value: String) -> [ProcessIdentity] {
    let wanted = Array("\(key)=\(value)".utf8)
    let own = getpid()
    return entries().filter { process in
      process.pid != own && process.is_zombie == 0
        && environmentOf(process.pid).split(separator: 0).contains { $0.elementsEqual(wanted) }
    }.map(identity)
  }

  /// Ends the processes: SIGTERM, up to `grace` for them to go, SIGKILL.
  ///
  /// Runs to its end whether or not the calling task is cancelled; a thread of its own does the waiting.
  /// - Returns: those that are still there, stuck in the kernel or not ours to signal.
  static func terminateAll(_ processes: [ProcessIdentity], grace: Duration) async -> [ProcessIdentity] {
    guard !processes.isEmpty else { return [] }
    return await withCheckedContinuation { continuation in
      Thread.detachNewThread {
        continuation.resume(returning: terminateBlocking(processes, grace: grace))
      }
    }
  }

  /// Ends every process with the tag, also those that were forked while their parents were being ended.
  ///
  /// - Returns: those that are still there.
  static func terminateAll(
    taggedWith key: String, value: String, grace: Duration
  ) async -> [ProcessIdentity] {
    var left: [ProcessIdentity] = []
    for pass in 0..<taggedPassesMax {
      left = processes(taggedWith: key, value: value)
      guard !left.isEmpty else { break }
      // The first pass was everybody's chance to clean up.
      left = await terminateAll(left, grace: pass == 0 ? grace : .zero)
    }
    return left
  }

  private static func terminateBlocking(
    _ processes: [ProcessIdentity], grace: Duration
  ) -> [ProcessIdentity] {
    for process in processes where process.signal(SIGTERM) { process.signal(SIGCONT) }
    var left = waitForEnd(of: processes, atMost: grace)
    for _ in 0..<killPassesMax where !left.isEmpty {
      for process in left { process.signal(SIGKILL) }
      left = waitForEnd(of: left, atMost: .milliseconds(100))
    }
    return left
  }

  /// Blocks until all have ended or the time is over.
  private static func waitForEnd(
    of processes: [ProcessIdentity], atMost limit: Duration
  ) -> [ProcessIdentity] {
    let deadline = ContinuousClock.now + limit
    for process in processes {
      let descriptor = clooper_pidfd_open(process.pid)
      defer { if descriptor >= 0 { close(descriptor) } }
      // Asked after opening, so a pid given out again in between is not waited for.
      while process.isAlive, ContinuousClock.now < deadline {
        var watched = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        let rest = max(1, (deadline - ContinuousClock.now).milliseconds)
        // Without a pidfd (-1 is ignored by poll) this asks again every 20 ms.
        _ = poll(&watched, 1, descriptor >= 0 ? Int32(clamping: rest) : 20)
      }
    }
    return processes.filter(\.isAlive)
  }

  private static func subtree(of root: Int32) -> [clooper_process] {
    subtree(of: root, in: Dictionary(grouping: entries(), by: \.parent))
  }

  /// The descendants of `root` among processes by their parents.
  static func subtree(of root: Int32, in children: [Int32: [clooper_process]]) -> [clooper_process] {
    var found: [clooper_process] = []
    var seen: Set<Int32> = [root]
    var next = [root]
    while let parent = next.popLast() {
      // The table is not read at one instant, so it may even hold a circle.
      for child in children[parent] ?? [] where seen.insert(child.pid).inserted {
        found.append(child)
        next.append(child.pid)
      }
    }
    return found
  }

  private static func identity(_ process: clooper_process) -> ProcessIdentity {
    ProcessIdentity(
      pid: process.pid, startTicks: process.start, bootID: ProcessIdentity.currentBootID)
  }

  /// The environment `pid` was started with; empty when it is not ours to read. On macOS always empty: there
  /// the process group and the exit records are what recovery has.
  private static func environmentOf(_ pid: Int32) -> [UInt8] {
    let descriptor = open("/proc/\(pid)/environ", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return [] }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: environmentBytesMax)
    var filled = 0
    while filled < bytes.count {
      let received = bytes.withUnsafeMutableBytes { buffer in
        read(descriptor, buffer.baseAddress.map { $0 + filled }, buffer.count - filled)
      }
      guard received > 0 else { break }
      filled += received
    }
    return Array(bytes.prefix(filled))
  }
}
