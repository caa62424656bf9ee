import CLooper
import Synchronization

/// What all processes do, read for everybody who asks at about the same time: to read the table takes milliseconds, and
/// a hundred silent sessions ask every second.
final class ProcessCensus: Sendable {
  /// How old an answer may be.
  static let ageMax: Duration = .milliseconds(500)

  private struct Table {
    var readAt: ContinuousClock.Instant
    /// By their parents.
    var children: [Int32: [clooper_process]] = [:]
    var processes: [Int32: clooper_process] = [:]
  }

  private let table = Mutex<Table?>(nil)

  /// The processor time that `root`, its living descendants and those they have waited for have used.
  ///
  /// Grows as long as anything in the tree works; an agent whose tree stands still is idle.
  func cpuTime(ofTreeRootedAt root: Int32) -> Duration {
    let table = current()
    let own = table.processes[root]?.cpu_nanoseconds ?? 0
    let total = ProcessTable.subtree(of: root, in: table.children).reduce(own) { $0 + $1.cpu_nanoseconds }
    return .nanoseconds(Int64(clamping: total))
  }

  private func current() -> Table {
    table.withLock { known in
      if let known, ContinuousClock.now - known.readAt < Self.ageMax { return known }
      var table = Table(readAt: .now)
      for process in ProcessTable.entries() {
        table.children[process.parent, default: []].append(process)
        table.processes[process.pid] = process
      }
      known = table
      return table
    }
  }
}
