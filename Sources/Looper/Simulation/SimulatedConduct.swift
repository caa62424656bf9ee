/// How one agent session goes.
enum SimulatedConduct: Sendable, CustomStringConvertible {
  /// Does its work and reports it.
  case diligent
  /// Reports work it did not do.
  case idle
  /// Does its work where it must not, or leaves a part of it out.
  case careless
  /// Touches what lies beside its worktree.
  case stray
  case asks
  /// Uses three million tokens.
  case greedy
  /// Ends as one of the known failures.
  case fails(Failure.Kind, String)

  var description: String {
    switch self {
    case .diligent: "does its work"
    case .idle: "changes nothing"
    case .careless: "does half of it"
    case .stray: "edits beside its worktree"
    case .asks: "asks"
    case .greedy: "uses three million tokens"
    case .fails(let kind, let words): "\(kind.code), \(words)"
    }
  }

  /// Seconds between two signs of life.
  var pauseMax: Int {
    if case .fails(_, let words) = self, words.hasPrefix("hangs") { 3600 } else { 600 }
  }

  func usage(_ fate: SimulatedFate) -> Usage {
    if case .greedy = self { return Usage(inputTokens: 2_900_000, outputTokens: 100_000, costUSD: 9) }
    // Some vendors do not tell.
    guard fate.chance(perMille: 900) else { return .unknown }
    return Usage(
      inputTokens: fate.draw(1000...40_000), outputTokens: fate.draw(100...4000),
      costUSD: Double(fate.draw(1...50)) / 100)
  }

  static func draw(for assignment: AgentAssignment, fate: SimulatedFate) -> Self {
    guard fate.allows(.agents), fate.chance(perMille: 250) else { return .diligent }
    let reset = fate.draw(60...7200)
    return fate.weighted(
      [
        (3, .idle), (3, .careless), (1, .stray), (3, .asks), (1, .greedy),
        (2, .fails(.agent, "the report is malformed")), (2, .fails(.agent, "exits with 0 and no result")),
        (2, .fails(.agent, "exits with 137")), (2, .fails(.agent, "hangs without a sign of life")),
        (2, .fails(.transient, "its provider does not answer")),
        (2, .fails(.usageLimited(until: Timestamp(milliseconds: 0)), "the plan is used up for \(reset) s")),
        (1, .fails(.needsHuman, "it is not logged in")),
      ], else: .diligent)
  }
}
