extension Coordinator {
  /// The implementation's way: conflicts, checks, threads, review, ready. Ready is not the end: what has to be done about
  /// it afterwards moves it back.
  func reviewCode(_ facts: LoopFacts, _ pull: PullSnapshot, at now: Timestamp) -> Move {
    let move = judgeCode(facts, pull, at: now)
    return facts.loop.phase == .ready && move.leavesReady ? .enter(.codeReview, []) : move
  }

  private func judgeCode(_ facts: LoopFacts, _ pull: PullSnapshot, at now: Timestamp) -> Move {
    if facts.patchedHeads.contains(pull.headSHA) { return .wait(.author, until: nil) }
    let start = facts.retryAt ?? now
    if facts.conflicts(pull) { return fixConflict(facts, pull, at: start) }
    let checks = CheckJudgement(facts, pull, at: now, checksWait: policy.checksWait)
    if !checks.ours.isEmpty { return fixChecks(checks, facts, at: start) }
    if hasOpenConversation(facts, pull) { return fixThreads(facts, at: start) }
    if let move = secondLook(checks, facts, pull, at: now) ?? waitForChecks(checks, facts, pull, at: now) {
      return move
    }
    guard let review = facts.review(of: pull.headSHA, in: .codeReview) else {
      return self.review(facts, .reviewCode, in: .codeReview, limit: policy.codeRoundsMax, at: now)
    }
    switch review.verdict {
    case .human: return .block(.needsHuman, review.summary)
    case .changes: return answer(facts, review, in: .codeReview, limit: policy.codeRoundsMax, at: now)
    case .clean: return ready(checks, facts, pull, at: now)
    }
  }

  private func ready(
    _ checks: CheckJudgement, _ facts: LoopFacts, _ pull: PullSnapshot, at now: Timestamp
  ) -> Move {
    guard checks.areKnown else { return waitForList(facts, pull, at: now) }
    if !checks.missing.isEmpty { return waitForEnd(of: checks.missing, facts, pull, at: now) }
    guard pull.isMergeable == .yes else { return .wait(.mergeability, until: nil) }
    if let move = update(facts, pull, isNeeded: pull.merge?.status == .behind, at: now) { return move }
    guard facts.loop.phase == .ready else { return .enter(.ready, []) }
    let decision = MergeDecision(facts, pull, policy, at: now)
    guard case .order(let order) = decision else {
      if hasOpenConversation(facts, pull, by: .unknown) { return .wait(.permission, until: nil) }
      return waitForState(decision, facts, at: now) ?? .wait(.merge, until: nil)
    }
    return attempt(.merge(.loopPull, order), facts.mergeKey(order), facts, at: now)
      ?? .wait(.merge, until: nil)
  }

  /// GitHub computes what the rules say after a write, and tells nobody when it is done.
  private func waitForState(_ decision: MergeDecision, _ facts: LoopFacts, at now: Timestamp) -> Move? {
    if decision == .stateUnknown { return .wait(.mergeability, until: nil) }
    guard decision == .ruleUnmet, let wroteAt = facts.wroteAt, now < wroteAt + Self.readLag else {
      return nil
    }
    return .wait(.mergeability, until: wroteAt + Self.readLag)
  }

  private func fixChecks(_ checks: CheckJudgement, _ facts: LoopFacts, at start: Timestamp) -> Move {
    let most = FlowPolicy.sameFailureFixesMax
    if let stuck = checks.ours.first(where: { facts.fixesInVain(of: $0.identity) >= most }) {
      return .block(.noProgress, "the check \(stuck.name) still fails after \(most) fixes")
    }
    guard facts.loop.counters.checkFixes < FlowPolicy.checkFixesMax else {
      return .block(
        .checksKeepFailing, "the pull request still fails its checks after \(FlowPolicy.checkFixesMax) fixes")
    }
    return .run(.fixChecks, notBefore: start)
  }

  private func fixThreads(_ facts: LoopFacts, at start: Timestamp) -> Move {
    let most = FlowPolicy.threadFixesMax
    guard facts.loop.counters.threadFixes < most else {
      return .block(.noProgress, "conversations were answered \(most) times in a row without a commit")
    }
    return .run(.fixThreads, notBefore: start)
  }

  /// Failures that need not be this change's fault: run again once what is doubtful, wait for what the base breaks.
  private func secondLook(
    _ checks: CheckJudgement, _ facts: LoopFacts, _ pull: PullSnapshot, at now: Timestamp
  ) -> Move? {
    if let check = checks.doubtful.first, let id = check.id {
      // What the base broke and has mended since is cured by the mended base, not by running the old merge again.
      if facts.brokeOnBase(check.identity), !pull.isCrossRepository, policy.update != .never {
        // Git has not tried the merge with this base yet: whether it goes cleanly decides.
        guard facts.mergeSize(of: pull) != nil else { return .wait(.mergeability, until: nil) }
        if let move = update(facts, pull, isNeeded: true, at: now) { return move }
      }
      let rerun = CheckRerun(head: pull.headSHA, check: check.identity, checkID: id)
      let key = facts.optionalKey("rerun", pull.headSHA.rawValue, check.app, check.name)
      return .write([EffectDraft(key: key, write: .rerunCheck(rerun))])
    }
    return checks.baseRed.isEmpty ? nil : .wait(.baseChecks, until: nil)
  }

  private func waitForChecks(
    _ checks: CheckJudgement, _ facts: LoopFacts, _ pull: PullSnapshot, at now: Timestamp
  ) -> Move? {
    // A head that moved a moment ago may not have its checks yet.
    let quietUntil = facts.headSince + policy.quietPeriod
    if now < quietUntil { return .wait(.quietPeriod, until: quietUntil) }
    guard let first = checks.pending.first else { return nil }
    if checks.pending.allSatisfy(\.asksPerson) {
      return .block(.checksMissing, "the check \(first.name) waits for a person to approve it or to act")
    }
    return waitForEnd(of: checks.pending.map(\.name), facts, pull, at: now)
  }

  /// A list of checks that cannot be read is not green, and does not become readable by looking for ever.
  private func waitForList(_ facts: LoopFacts, _ pull: PullSnapshot, at now: Timestamp) -> Move {
    let deadline = facts.checksAwaitedSince(pull) + policy.checksWait
    guard now >= deadline else { return .wait(.observation, until: deadline) }
    return .block(
      .checksMissing,
      "the checks cannot be read whole: the login of gh may not read checks here, or there are too many")
  }

  private func waitForEnd(
    of names: [String], _ facts: LoopFacts, _ pull: PullSnapshot, at now: Timestamp
  ) -> Move {
    let deadline = facts.checksAwaitedSince(pull) + policy.checksWait
    guard now >= deadline else { return .wait(.checks, until: deadline) }
    return .block(.checksMissing, "checks did not end in time: \(names.prefix(3).joined(separator: ", "))")
  }

  /// Whether something that people said is not answered yet, in a conversation or about the pull request as a whole.
  func hasOpenConversation(
    _ facts: LoopFacts, _ pull: PullSnapshot, by evidence: Evidence = .yes
  ) -> Bool {
    !actionableThreads(facts, pull, by: evidence).isEmpty || !remarks(facts, pull, by: evidence).isEmpty
  }

  /// Open conversations that somebody with write access started or continued after our last fix.
  ///
  /// Conversations that carry our own findings are the reviewer's business until a person writes into them.
  ///
  /// - Parameter evidence: whether their author has write access: unknown asks for those that may turn out to count.
  func actionableThreads(
    _ facts: LoopFacts, _ pull: PullSnapshot, by evidence: Evidence = .yes
  ) -> [ThreadSnapshot] {
    let viewer = facts.observation?.viewer ?? ""
    return pull.threads.filter { thread in
      guard !thread.isResolved, let last = thread.comments.last(where: { !$0.isOurs(viewer: viewer) }) else {
        return false
      }
      guard last.author.canWrite == evidence, !last.author.isBot else { return false }
      return facts.fixMark?.precedes(thread: last) ?? true
    }
  }
}

/// What the checks of a head say together. Our own status is no check.
struct ChecksVerdict: Equatable, Sendable {
  let failed: [CheckSnapshot]
  let pending: [CheckSnapshot]
  /// False when the list was cut: then green is not known.
  let areKnown: Bool

  init(_ pull: PullSnapshot) {
    let others = pull.checks.filter { !($0.source == .status && $0.name == CommitStatus.context) }
    failed = others.filter { $0.result == .failed }
    pending = others.filter { $0.result == .pending }
    areKnown = !pull.areChecksTruncated
  }
}

extension CommentSnapshot {
  /// Whether Looper wrote it: by author and marker, so that the same person's own comments still count.
  func isOurs(viewer: String) -> Bool {
    guard !viewer.isEmpty, author.login.lowercased() == viewer.lowercased() else { return false }
    return WriteMarker.key(in: body, by: author.login, viewer: viewer) != nil
      || body.contains(FindingThreads.opening)
  }
}
