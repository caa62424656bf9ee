/// Something that must be true after every step of a simulation.
protocol SimulationRule: Sendable {
  /// The sentence that must stay true.
  var sentence: String { get }
  /// What breaks it now; nil when it holds.
  func breach(in view: SimulationView) -> String?
}

/// Everything there is to see at one moment.
struct SimulationView: Sendable {
  var forge: ForgeState
  var git: SimulatedGit.State
  /// Loops that have not ended.
  var loops: [Loop]
  /// Everything known of those that are ready, but for news that is still to be decided on.
  var ready: [LoopFacts]
  var policy: FlowPolicy
  /// What the daemon's clock says.
  var now: Timestamp
  /// Which issue depends on which other one.
  var blockers: [Int: Int]
  /// Sessions ever started, per loop.
  var started: [Loop.ID: Int]
  /// Variables that sessions saw and must not.
  var leaks: [String]
  /// How often an operator gave a loop a fresh start.
  var retries: [Loop.ID: Int]
  /// Reviews in the ledger, per head.
  var reviews: [CommitSHA: Int]
  /// Heads whose code was reviewed clean.
  var cleanHeads: Set<CommitSHA>
  /// Heads of which a reviewer said something.
  var reviewedHeads: Set<CommitSHA>
  /// The latest writes to GitHub.
  var writes: [SimulatedWrites.Mark]
  /// The pace that was promised.
  var pacing: EngineSettings.Pacing
}

/// A rule that was broken.
struct SimulationBreach: Equatable, Sendable, Codable {
  /// The rule's sentence.
  var rule: String
  var what: String
}
