/// Many seeds, several at a time: every simulation is one task that shares nothing with the others.
struct SimulationSeries: Sendable {
  var first: UInt64
  var count: UInt64
  var hours: Int
  var faults: Set<SimulatedFault>
  /// How many run side by side.
  var jobs = 1

  /// What a series came to.
  struct Summary: Codable, Sendable {
    var seeds = 0
    var simulatedHours = 0
    var hoursPerMinute = 0
    var steps = 0
    var crashes = 0
    /// How many loops came to which end.
    var loops: [String: Int] = [:]
    /// In the order of their seeds.
    var broken: [SimulationOutcome] = []

    fileprivate mutating func add(_ outcome: SimulationOutcome) {
      seeds += 1
      simulatedHours += outcome.hours
      steps += outcome.steps
      crashes += outcome.crashes
      loops.merge(outcome.loops, uniquingKeysWith: +)
      if outcome.breach != nil { broken.append(outcome) }
    }
  }

  /// Runs them all; a seed that breaks a rule is told at once.
  func run(say: (String) throws -> Void) async throws -> Summary {
    let clock = ContinuousClock()
    let startedAt = clock.now
    var summary = Summary()
    try await withThrowingTaskGroup(of: SimulationOutcome.self) { group in
      var next = first
      let end = first + count
      while summary.seeds < count {
        while next < end, next - first < UInt64(summary.seeds + max(jobs, 1)) {
          group.addTask { [seed = next] in
            try await Simulation(SimulationPlan(seed: seed, hours: hours, faults: faults)).run()
          }
          next += 1
        }
        guard let outcome = try await group.next() else { return }
        summary.add(outcome)
        guard let breach = outcome.breach else { continue }
        try say("seed \(outcome.seed), step \(outcome.steps): \(breach.rule): \(breach.what)")
        for line in outcome.tail { try say("  \(line)") }
      }
    }
    summary.broken.sort { $0.seed < $1.seed }
    let minutes = (clock.now - startedAt).inSeconds / 60
    summary.hoursPerMinute = Int(Double(summary.simulatedHours) / max(minutes, 0.000_01))
    return summary
  }
}

extension SimulationSeries.Summary {
  var text: String {
    let ends = loops.sorted { $0.key < $1.key }.map { "  \($0.value) \($0.key)" }.joined(separator: "\n")
    return """
      \(seeds) seeds, \(simulatedHours) hours (\(hoursPerMinute) per minute), \(steps) steps, \(crashes) crashes
      \(broken.count) broke a rule
      loops:
      \(ends)
      """
  }
}
