extension Coordinator {
  /// The implementation's way: conflicts, checks, threads, review, ready.
  func reviewCode(_ facts: LoopFacts, _ pull: PullSnapshot, at now: Timestamp) -> Move {
    let start = facts.retryAt ?? now
    if pull.isMergeable == .no { return fix(.fixConflict, facts, at: start) }
    let checks = ChecksVerdict(pull)
    if !checks.failed.isEmpty { return fix(.fixChecks, facts, at: start) }
    if !actionableThreads(facts, pull).isEmpty { return .run(.fixThreads, notBefore: start) }
    if let move = waitForChecks(checks, facts, at: now) { return move }
    guard let review = facts.review(of: pull.headSHA, in: .codeReview) else {
      return self.review(facts, .reviewCode, in: .codeReview, limit: policy.codeRoundsMax, at: now)
    }
    switch review.verdict {
    case .human: return .block(.needsHuman, review.summary)
    case .changes: return answer(facts, review, in: .codeReview, limit: policy.codeRoundsMax, at: now)
    case .clean: return ready(checks, facts, pull)
    }
  }

  private func ready(_ checks: ChecksVerdict, _ facts: LoopFacts, _ pull: PullSnapshot) -> Move {
    guard checks.areKnown else { return .wait(.observation, until: nil) }
    guard pull.isMergeable == .yes else { return .wait(.mergeability, until: nil) }
    return facts.loop.phase == .ready ? .wait(.merge, until: nil) : .enter(.ready, [])
  }

  private func fix(_ job: Job, _ facts: LoopFacts, at start: Timestamp) -> Move {
    guard facts.loop.counters.checkFixes < FlowPolicy.checkFixesMax else {
      let what = job == .fixConflict ? "conflicts with its base" : "fails its checks"
      let reason: BlockReason = job == .fixConflict ? .conflict : .checksKeepFailing
      return .block(reason, "the pull request still \(what) after \(FlowPolicy.checkFixesMax) fixes")
    }
    return .run(job, notBefore: start)
  }

  private func waitForChecks(_ checks: ChecksVerdict, _ facts: LoopFacts, at now: Timestamp) -> Move? {
    let headSince = facts.wroteAt ?? facts.loop.createdAt
    // A head that moved a moment ago may not have its checks yet.
    if facts.loop.phase == .codeReview, now < headSince + policy.quietPeriod {
      return .wait(.quietPeriod, until: headSince + policy.quietPeriod)
    }
    guard !checks.pending.isEmpty else { return nil }
    let deadline = headSince + policy.checksWait
    if now >= deadline {
      let names = checks.pending.prefix(3).map(\.name).joined(separator: ", ")
      return .block(.checksMissing, "checks did not end in time: \(names)")
    }
    return .wait(.checks, until: deadline)
  }

  /// Open conversations that somebody with write access started or continued after our last fix.
  ///
  /// Conversations that carry our own findings are the reviewer's business until a person writes into them.
  func actionableThreads(_ facts: LoopFacts, _ pull: PullSnapshot) -> [ThreadSnapshot] {
    let viewer = facts.observation?.viewer ?? ""
    return pull.threads.filter { thread in
      guard !thread.isResolved, let last = thread.comments.last(where: { !$0.isOurs(viewer: viewer) }) else {
        return false
      }
      guard last.author.canWrite == .yes, !last.author.isBot else { return false }
      return facts.fixedAt.map { last.createdAt > $0 } ?? true
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
