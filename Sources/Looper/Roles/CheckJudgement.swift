/// What a check once said of a commit.
struct CheckRecord: Equatable, Sendable {
  var sha: CommitSHA
  var check: CheckName
  /// Whether the commit was the tip of the base branch, not a head.
  var isBase: Bool
  var hasPassed: Bool
  /// When it was first seen.
  var at: Timestamp
}

/// A check that was asked to run again.
struct RerunRecord: Equatable, Sendable {
  var rerun: CheckRerun
  /// When GitHub took it; nil when it refused.
  var sentAt: Timestamp?
}

/// Whose fault the failing checks of a head are, and what is missing from being green.
struct CheckJudgement: Equatable, Sendable {
  /// GitHub may show the old result for this long after it took the order to run a check again.
  static let rerunLag: Duration = .seconds(120)

  /// To be fixed here.
  private(set) var ours: [CheckSnapshot] = []
  /// To be run again once before anybody judges: they passed on this commit, failed for the base's sake, or did not get
  /// to an end.
  private(set) var doubtful: [CheckSnapshot] = []
  /// They fail on the base as well.
  private(set) var baseRed: [CheckSnapshot] = []
  /// Running, or asked to run again.
  private(set) var pending: [CheckSnapshot] = []
  /// Required, and not there: absent is not passed.
  let missing: [String]
  /// False when the list was cut: then green is not known.
  let areKnown: Bool

  /// - Parameters:
  ///   - now: nil takes every rerun and every run on the base as decided.
  ///   - checksWait: how long the base's own run of a check that failed is waited for.
  init(
    _ facts: LoopFacts, _ pull: PullSnapshot, at now: Timestamp? = nil,
    checksWait: Duration = FlowPolicy().checksWait
  ) {
    let verdict = ChecksVerdict(pull)
    areKnown = verdict.areKnown
    missing = (pull.base?.requiredChecks ?? []).filter { name in
      name != CommitStatus.context && !pull.hasRequired(name)
    }
    pending = verdict.pending
    for check in verdict.failed {
      let rerun = facts.reruns.last { $0.rerun.head == pull.headSHA && $0.rerun.check == check.identity }
      if pull.base?.hasFailed(check.identity) == true {
        baseRed.append(check)
      } else if pull.base?.isRunning(check.identity) == true, let now,
        now < facts.checksAwaitedSince(pull) + checksWait
      {
        // Whether the base broke it is about to be known.
        pending.append(check)
      } else if let rerun {
        if Self.isUnderway(rerun, check, at: now) { pending.append(check) } else { ours.append(check) }
      } else if check.canRunAgain, check.isCutOff || facts.isDoubtful(check, on: pull) {
        doubtful.append(check)
      } else {
        ours.append(check)
      }
    }
  }

  var isGreen: Bool {
    areKnown && missing.isEmpty && ours.isEmpty && doubtful.isEmpty && baseRed.isEmpty && pending.isEmpty
  }

  /// Whether a check is known to have failed, whoever is to blame.
  var isRed: Bool { !ours.isEmpty || !doubtful.isEmpty || !baseRed.isEmpty }

  private static func isUnderway(_ record: RerunRecord, _ check: CheckSnapshot, at now: Timestamp?) -> Bool {
    guard let now, let sentAt = record.sentAt, check.id == record.rerun.checkID else { return false }
    return now < sentAt + rerunLag
  }
}

extension PullSnapshot {
  /// Whether the required check of that name is there, from the app that must report it. Where the rule that can be read
  /// names none, GitHub says which one counts.
  fileprivate func hasRequired(_ name: String) -> Bool {
    let present = checks.filter { $0.name == name }
    let pins = (base?.pinnedChecks ?? []).filter { $0.name == name }
    guard !pins.isEmpty else { return present.contains { $0.isRequired == .yes } }
    return pins.allSatisfy { pin in
      present.contains { $0.appID.map { $0 == pin.appID } ?? ($0.isRequired == .yes) }
    }
  }
}

extension CheckSnapshot {
  /// Only check runs can be started over; a commit status is what somebody else last said.
  fileprivate var canRunAgain: Bool { source == .checkRun && id != nil }

  /// Somebody or something ended it before it said anything of the commit.
  var isCutOff: Bool { conclusion == "cancelled" || conclusion == "stale" }

  /// It goes on only when a person approves or does something.
  var asksPerson: Bool { conclusion == "action_required" }
}

extension LoopFacts {
  /// Whether a failure may be nobody's: the check passed on this very commit, or failed while it did on the base.
  fileprivate func isDoubtful(_ check: CheckSnapshot, on pull: PullSnapshot) -> Bool {
    checkRecords.contains { record in
      guard record.check == check.identity else { return false }
      return record.isBase ? !record.hasPassed : record.hasPassed && record.sha == pull.headSHA
    }
  }

  /// How many fixers ended since this check began to fail.
  func fixesInVain(of check: CheckName) -> Int {
    let own = checkRecords.filter { $0.check == check && !$0.isBase }
    let passedAt = own.filter(\.hasPassed).map(\.at).max()
    let failedAt = own.filter { record in !record.hasPassed && (passedAt.map { record.at > $0 } ?? true) }
      .map(\.at).min()
    guard let failedAt else { return 0 }
    return checkFixesAt.count { $0 > failedAt }
  }
}
