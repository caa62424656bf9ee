import Synchronization

/// Decides from the seed what happens next, and knows whether the simulated daemon is alive.
///
/// A crash is a number of boundaries from now. A boundary is every commit of the database and every call of a port;
/// from the one that counts down to zero on nothing is committed and nothing answers, until the daemon is made anew.
final class SimulatedFate: Sendable {
  private struct State {
    var generator: SplitMix
    var faults: Set<SimulatedFault>
    var isCalm = false
    var isCrashed = false
    var isDiskFull = false
    var boundariesLeft: Int?
    var isLastLookStale = false
  }

  private let state: Mutex<State>
  let journal: SimulationJournal

  init(seed: UInt64, faults: Set<SimulatedFault>, journal: SimulationJournal) {
    state = Mutex(State(generator: SplitMix(state: seed), faults: faults))
    self.journal = journal
  }

  // MARK: drawing

  /// 0 up to `bound`, exclusive.
  func draw(_ bound: Int) -> Int {
    state.withLock { Int($0.generator.next() % UInt64(max(bound, 1))) }
  }

  func draw(_ range: ClosedRange<Int>) -> Int { range.lowerBound + draw(range.count) }

  /// True in so many of a thousand cases.
  func chance(perMille: Int) -> Bool { draw(1000) < perMille }

  func pick<Element>(_ elements: [Element]) -> Element? {
    elements.isEmpty ? nil : elements[draw(elements.count)]
  }

  func shuffled<Element>(_ elements: [Element]) -> [Element] {
    var rest = elements
    var result: [Element] = []
    while !rest.isEmpty { result.append(rest.remove(at: draw(rest.count))) }
    return result
  }

  /// One of the values, by weight.
  func weighted<Value>(_ choices: [(weight: Int, value: Value)], else fallback: Value) -> Value {
    var left = draw(choices.reduce(0) { $0 + $1.weight })
    for choice in choices {
      left -= choice.weight
      if left < 0 { return choice.value }
    }
    return fallback
  }

  // MARK: trouble

  /// Whether this kind of trouble is wanted, and the calm of the end has not begun.
  func allows(_ fault: SimulatedFault) -> Bool { state.withLock { !$0.isCalm && $0.faults.contains(fault) } }

  /// No more trouble from here on.
  func calm() {
    state.withLock { state in
      state.isCalm = true
      state.isDiskFull = false
      state.boundariesLeft = nil
    }
  }

  var isCalm: Bool { state.withLock { $0.isCalm } }
  var isDiskFull: Bool { state.withLock { $0.isDiskFull } }
  func setDiskFull(_ isFull: Bool) { state.withLock { $0.isDiskFull = isFull } }

  /// Whether the last look before a write was answered from before the newest change: then nobody can know better.
  var isLastLookStale: Bool { state.withLock { $0.isLastLookStale } }
  func noteLook(isStale: Bool) { state.withLock { $0.isLastLookStale = isStale } }

  // MARK: crashes

  var isCrashed: Bool { state.withLock { $0.isCrashed } }

  /// Whether a crash is on its way.
  var isDoomed: Bool { state.withLock { $0.boundariesLeft != nil } }

  /// The daemon dies when it reaches the boundary after so many others.
  func crash(afterBoundaries count: Int) { state.withLock { $0.boundariesLeft = count } }

  /// A new daemon begins.
  func revive() {
    state.withLock { state in
      state.isCrashed = false
      state.boundariesLeft = nil
    }
  }

  /// Passes a boundary.
  ///
  /// - Returns: true when the daemon is dead.
  func boundary(_ what: String) -> Bool {
    let (isCrashed, isNew): (Bool, Bool) = state.withLock { state in
      if state.isCrashed { return (true, false) }
      guard let left = state.boundariesLeft else { return (false, false) }
      state.boundariesLeft = left - 1
      state.isCrashed = left <= 0
      return (state.isCrashed, state.isCrashed)
    }
    if isNew { journal.note("crash at \(what)") }
    return isCrashed
  }

  static let dead = Failure(.transient, "the daemon is dead")

  /// A call of a port: refused when the daemon is dead, with a boundary on each side.
  func call<Value>(_ what: String, _ body: () throws(Failure) -> Value) throws(Failure) -> Value {
    guard !boundary("before \(what)") else { throw Self.dead }
    if allows(.errors), chance(perMille: 10) {
      journal.note("\(what): no network")
      throw Failure(.transient, "\(what): the network is down")
    }
    let value = try body()
    journal.note(what)
    guard !boundary("after \(what)") else { throw Self.dead }
    return value
  }
}
