/// One reviewed problem, in the loop's ledger, with a stable identity across rounds.
struct Finding: Codable, Equatable, Sendable, Identifiable, Handled {
  typealias ID = Identifier<Finding>
  static var handleLetter: Character { "F" }

  /// How bad it is, worst first.
  enum Severity: String, Codable, Sendable, CaseIterable {
    case blocker, major, minor, nit

    /// Nits are shown and never keep a pull request from being ready.
    var blocks: Bool { self != .nit }
  }

  /// What became of it.
  enum State: String, Codable, Sendable, CaseIterable {
    /// Waits for the fixer.
    case open
    /// The fixer says it is fixed in a pushed commit; the next review confirms.
    case fixed
    /// The fixer gave a reason not to; the next review accepts or insists.
    case declined
    /// Left for later with a reason.
    case deferred
    /// Confirmed gone, or the decline was accepted. Settled for good.
    case closed
  }

  let id: ID
  var phase: Phase
  /// The review round that found it, from 1.
  var round: Int
  var draft: FindingDraft
  /// The head it was found on.
  var headSHA: CommitSHA
  var state: State
  /// What the fixer answered; empty before that.
  var explanation: String
  /// GraphQL id of the review thread that carries it, once seen.
  var threadID: String?
  /// How often the fixer declined it.
  var declines = 0
  /// Whether a reviewer let a decline or deferral stand: then it is not raised again.
  var isSettled = false
}

/// A finding as a reviewer reports it.
struct FindingDraft: Codable, Equatable, Sendable {
  /// Which side of the diff a line number counts on.
  enum Side: String, Codable, Sendable { case right = "RIGHT", left = "LEFT" }

  var path: String
  var line: Int?
  var side: Side
  var startLine: Int?
  var severity: Finding.Severity
  var title: String
  var body: String
  var suggestion: String?
  /// 0 to 1; nil when the reviewer did not say.
  var confidence: Double?

  /// The finding of an earlier round that the reviewer says it is (`F3`); nil when it named none.
  var cites: String?
  /// The identity of the earlier finding it goes on with, whatever its title is now; nil for one of its own.
  var continues: String?

  /// What makes it the same problem in a later round: the file and the title without case, punctuation and numbers;
  /// lines move and wording of the body varies. A number that is part of a word stays: `AC1` is not `AC2`.
  var identity: String {
    if let continues { return continues }
    let words = title.lowercased().split { !$0.isLetter && !$0.isNumber }
      .filter { $0.contains(where: \.isLetter) }.joined(separator: "-")
    return "\(path)|\(words)"
  }
}

/// What a review of one head concluded.
enum Verdict: String, Codable, Sendable, CaseIterable {
  case clean
  case changes
  /// Only a person can judge it.
  case human
}

/// A review that was recorded: one per loop, phase, head and round.
struct Review: Codable, Equatable, Sendable {
  var phase: Phase
  var headSHA: CommitSHA
  /// From 1 within the phase.
  var round: Int
  var verdict: Verdict
  var summary: String
  var at: Timestamp
}
