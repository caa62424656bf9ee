import Synchronization

/// What happened in a simulation, line by line: the tail is shown, the digest tells whether two runs were the same.
final class SimulationJournal: Sendable {
  /// Lines kept for a report.
  static let tailMax = 400

  private struct State {
    var lines: [String] = []
    var count = 0
    var digest = SimulatedDigest()
  }

  private let state = Mutex(State())
  private let time: SimulatedTime

  init(time: SimulatedTime) { self.time = time }

  func note(_ text: String) {
    let line = "\(Self.clock(time.elapsed)) \(text)"
    state.withLock { state in
      state.digest.add(line)
      state.count += 1
      state.lines.append(line)
      if state.lines.count > Self.tailMax * 2 { state.lines.removeFirst(Self.tailMax) }
    }
  }

  var count: Int { state.withLock { $0.count } }
  var digest: String { state.withLock { $0.digest.hexadecimal } }

  func tail(_ count: Int) -> [String] { state.withLock { Array($0.lines.suffix(count)) } }

  /// Hours, minutes, seconds, milliseconds since the beginning.
  private static func clock(_ elapsed: Duration) -> String {
    let milliseconds = elapsed.milliseconds
    func padded(_ number: Int64, _ width: Int) -> String {
      let text = String(number)
      return String(repeating: "0", count: max(0, width - text.count)) + text
    }
    let seconds = milliseconds / 1000
    return "\(padded(seconds / 3600, 2)):\(padded(seconds / 60 % 60, 2)):\(padded(seconds % 60, 2))"
      + ".\(padded(milliseconds % 1000, 3))"
  }
}
