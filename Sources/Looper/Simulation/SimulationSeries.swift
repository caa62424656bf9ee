/// Many seeds, one after the other.
struct SimulationSeries: Sendable {
  var first: UInt64
  var count: UInt64
  var hours: Int
  var faults: Set<SimulatedFault>

  /// What a series came to.
  struct Summary: Codable, Sendable {
    var seeds: Int
    var simulatedHours: Int
    var hoursPerMinute: Int
    var steps: Int
    var crashes: Int
    /// How many loops came to which end.
    var loops: [String: Int]
    var broken: [SimulationOutcome]
  }

  /// Runs them all; a seed that breaks a rule is told at once.
  func run(say: (String) throws -> Void) async throws -> Summary {
    let clock = ContinuousClock()
    let startedAt = clock.now
    var summary = Summary(
      seeds: 0, simulatedHours: 0, hoursPerMinute: 0, steps: 0, crashes: 0, loops: [:], broken: [])
    for seed in first..<(first + count) {
      let outcome = try await Simulation(SimulationPlan(seed: seed, hours: hours, faults: faults)).run()
      summary.seeds += 1
      summary.simulatedHours += hours
      summary.steps += outcome.steps
      summary.crashes += outcome.crashes
      summary.loops.merge(outcome.loops, uniquingKeysWith: +)
      guard let breach = outcome.breach else { continue }
      summary.broken.append(outcome)
      try say("seed \(seed), step \(outcome.steps): \(breach.rule): \(breach.what)")
      for line in outcome.tail { try say("  \(line)") }
    }
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
