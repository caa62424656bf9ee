extension Coordinator {
  /// The spec's way: reviewed, fixed, approved.
  func reviewSpec(_ facts: LoopFacts, _ pull: PullSnapshot, at now: Timestamp) -> Move {
    if let approval = pull.labels.named(policy.labels.specReady) {
      // Looper sets this label only when it leaves this phase, so a person did: an approval, if they may write here.
      switch approval.setBy?.canWrite ?? .unknown {
      case .yes: return .enter(.work, specApproved())
      case .unknown: return .wait(.permission, until: nil)
      case .no: break
      }
    }
    guard let review = facts.review(of: pull.headSHA, in: .specReview) else {
      return review(facts, .reviewSpec, in: .specReview, limit: policy.specRoundsMax, at: now)
    }
    switch review.verdict {
    case .human: return .block(.needsHuman, review.summary)
    case .changes: return answer(facts, review, in: .specReview, limit: policy.specRoundsMax, at: now)
    case .clean:
      guard policy.needsSpecApproval, !isApproved(pull) || isApprovalTakenBack(facts, pull) else {
        return .enter(.work, specApproved())
      }
      return .wait(isApproved(pull, by: .unknown) ? .permission : .specApproval, until: nil)
    }
  }

  /// Findings are fixed while there are open ones; when all were answered without a new commit, the reviewer
  /// looks again at the answers; when rounds are spent, a person decides.
  func answer(_ facts: LoopFacts, _ review: Review, in phase: Phase, limit: Int, at now: Timestamp) -> Move {
    if let disputed = facts.findings.first(where: { $0.phase == phase && $0.isDisputed }) {
      return .block(
        .disagreement,
        "\(disputed.id.handle) (\(disputed.draft.title)) was declined \(disputed.declines) times, and the reviewer insists"
      )
    }
    if facts.rounds(in: phase) >= limit {
      return .block(
        .reviewRounds, "still asking for changes after \(facts.rounds(in: phase)) reviews: \(review.summary)")
    }
    if facts.openFindings(in: phase).isEmpty {
      // Only rounds since the last retry count, which grants a new one.
      let recent = facts.reviews.filter { $0.phase == phase }.suffix(min(2, facts.rounds(in: phase)))
      let same = recent.filter { $0.headSHA == review.headSHA && $0.verdict == .changes }
      guard same.count < 2 else {
        return .block(.noProgress, "two reviews asked for changes and nothing was changed: \(review.summary)")
      }
      return .run(phase == .specReview ? .reviewSpec : .reviewCode, notBefore: facts.retryAt ?? now)
    }
    return .run(.fixFindings(phase), notBefore: facts.retryAt ?? now)
  }

  /// A review of a head that has none; beyond the bound a person decides, and nothing is approved.
  func review(_ facts: LoopFacts, _ job: Job, in phase: Phase, limit: Int, at now: Timestamp) -> Move {
    let rounds = facts.rounds(in: phase)
    // Who pushes what the reviewer asked for has it looked at; what we pushed ourselves grants nothing.
    let isGranted = facts.isPushedByOthers && rounds < FlowPolicy.grantedRounds(limit)
    if rounds >= limit, !isGranted {
      return .block(.reviewRounds, "\(rounds) reviews done and the head changed again")
    }
    return .run(job, notBefore: facts.retryAt ?? now)
  }

  /// Whether a person's last word on this head is yes, and nobody's is no.
  ///
  /// - Parameter evidence: whether that person has write access: unknown asks for those who may turn out to have it.
  private func isApproved(_ pull: PullSnapshot, by evidence: Evidence = .yes) -> Bool {
    pull.standingObjection == nil
      && pull.lastWords.contains {
        $0.state == .approved && $0.commit == pull.headSHA && $0.author.canWrite == evidence
          && !$0.author.isBot
      }
  }

  /// Whether a person put the spec back under review by its labels, whoever had approved it.
  func isApprovalTakenBack(_ facts: LoopFacts, _ pull: PullSnapshot) -> Bool {
    guard policy.needsSpecApproval, !pull.labels.has(policy.labels.specReady),
      let person = pull.labels.named(policy.labels.specReviewing)?.setBy
    else { return false }
    let isOurs = person.login.lowercased() == facts.observation?.viewer.lowercased()
    return !isOurs && person.canWrite == .yes && !person.isBot
  }

  private func specApproved() -> [EffectDraft] {
    [
      EffectDraft(
        key: "spec-reviewing-off", write: .removeLabel(.loopPull, label: policy.labels.specReviewing)),
      EffectDraft(key: "spec-ready-on", write: .addLabel(.loopPull, label: policy.labels.specReady)),
    ]
  }
}
