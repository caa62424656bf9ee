/// What is simulated.
struct SimulationPlan: Sendable {
  static let viewer = "looper"
  static let repository = "acme/shop"
  static let people = ["alice", "bob"]
  /// Issues with it start by rule.
  static let autoLabel = "bug"
  /// Somebody without write access.
  static let stranger = "mallory"

  var seed: UInt64
  var hours = 24
  var faults: Set<SimulatedFault> = Set(SimulatedFault.allCases)
  /// Hours at the end in which nothing goes wrong and nobody interferes.
  var calmHours = 6
  /// What a mutation test takes away.
  var flaw: SimulationFlaw?

  /// How long it lasts, in hours: at least one hour of trouble, and the calm.
  var span: Int { max(hours, calmHours + 1) }
}

/// A guard that is taken away on purpose, so that a test can see which rule notices.
enum SimulationFlaw: Sendable, Equatable {
  case pushIgnoresTheExpectedHead
  case removalForgetsToRescue
  /// A probe never finds what an earlier try did.
  case probesFindNothing
  /// The look before a write sees no labels.
  case guardSeesNoLabels
  /// The look before a write sees nothing that is closed.
  case guardSeesNoEnd
  /// The look before a write sees no head.
  case guardSeesNoHead
  /// Every check that is seen has passed.
  case checksLookGreen
  /// A restarted daemon puts nothing right.
  case noRecovery
  /// The daemon's bounds on rounds and attempts are out of reach.
  case boundsAreForgotten
  /// Every sweep says that everything has changed.
  case sweepsAlwaysSeeNews
  /// Nothing waits for its turn to write.
  case paceIsIgnored
  /// GitHub takes a second pull request for a branch, and nobody looks for the first.
  case pullsAreNotLookedFor
  /// Work on a fork is not made into the patch that people are shown.
  case workIsNoPatch
  /// The daemon believes every jump of its machine's clock.
  case clockIsTrusted
  /// Agents get the daemon's whole environment.
  case environmentIsInherited
  /// A thread is resolved without a last look at what people wrote into it.
  case resolutionLooksAway
  /// Looks see nothing that an issue depends on.
  case blockersAreNotSeen
  /// Looks see no path that a pull request touches, and no line.
  case changesLookHarmless
  /// A reviewer that ended without a verdict has found nothing.
  case silenceIsClean
  /// Whatever goes wrong when GitHub is looked at is called the agent's failure.
  case failuresAreTheAgents
  /// The daemon merges nothing, whatever the operator allows.
  case mergingIsForgotten
  /// Triggers that keep the store's statements from taking effect, or put wrong rows into the database.
  case sabotage(String)
}

/// What a simulation came to.
struct SimulationOutcome: Sendable, Codable, Equatable {
  var seed: UInt64
  var hours: Int
  /// Rounds until the end or the breach.
  var steps: Int
  var crashes: Int
  /// How many loops came to which end.
  var loops: [String: Int]
  var breach: SimulationBreach?
  /// The end of the journal, when a rule was broken.
  var tail: [String]
  /// Tells whether two simulations went the same way.
  var digest: String
}
