/// Reviews one head, read-only, and publishes exactly one review for it.
struct ReviewerPolicy: RolePolicy {
  let stages = [
    Stage.observe,
    Stage(StageName.prepare) { facts in
      guard let pull = facts.pull else { return .end(.superseded("there is no pull request to review")) }
      return .perform(.prepareWorktree(.pull(pull.number, expected: pull.headSHA)))
    },
    Stage(StageName.agent) { .perform(.invokeAgent(Brief.make($0, phase: phase($0)))) },
    Stage(StageName.inspect) { _ in .perform(.inspectTree(.discard)) },
    Stage(StageName.recheck) { _ in .perform(.observe) },
    Stage.verify { facts in
      guard let head = facts.worktree?.startSHA, facts.pull?.headSHA == head else {
        return .end(.superseded("the head moved during the review"))
      }
      return .pass
    },
    Stage(StageName.publish) { publish($0) },
    Stage.confirm { .succeeded($0.report?.summary ?? "") },
  ]

  static func phase(_ facts: RunFacts) -> Phase { facts.run.job == .reviewSpec ? .specReview : .codeReview }

  private static func publish(_ facts: RunFacts) -> StageVerdict {
    guard case .review(var report)? = facts.report, let tree = facts.tree, let head = facts.worktree?.startSHA
    else {
      return .pass
    }
    let ledger = facts.loopFacts.findings.filter { $0.phase == Self.phase(facts) }
    report.findings = FindingMatch.matched(report.findings, with: ledger)
    // What was settled stays so, in whatever round it comes up again.
    let settled = Set(ledger.filter(\.isSettled).map(\.draft.identity))
    report.findings.removeAll { settled.contains($0.identity) }
    // Nits never block, whatever the reviewer called the whole.
    let isUnmet = report.criteria.contains { $0.status == .fail }
    if report.verdict == .changes, !isUnmet, !report.findings.contains(where: \.severity.blocks) {
      report.verdict = .clean
    }
    let phase = phase(facts)
    let round = facts.loopFacts.reviews.count { $0.phase == phase } + 1
    let text = ReviewText(report: report, tree: tree, phase: phase, round: round, facts: facts)
    return .emit(
      Publication(
        effects: [
          EffectDraft(
            key: facts.key("review", phase.rawValue, head.rawValue, "\(round)"),
            write: .submitReview(.loopPull, text.submission(of: head))),
          EffectDraft(
            key: facts.key("review-status", phase.rawValue, head.rawValue, "\(round)"),
            write: .setCommitStatus(text.status(of: head))),
        ] + (report.verdict == .human ? [] : resolutions(facts, report, phase: phase)),
        ledger: [.review(phase, head, report.verdict, summary: report.summary, report.findings)]))
  }

  /// Threads of findings that were fixed after the head they were found on, as this review of a later head confirms by
  /// not raising them, where the fixer has not resolved them already.
  ///
  /// What was declined, put off or never answered is settled in the ledger; its thread stays open for people.
  private static func resolutions(_ facts: RunFacts, _ report: ReviewReport, phase: Phase) -> [EffectDraft] {
    let raised = Set(report.findings.map(\.identity))
    return facts.loopFacts.findings.filter { finding in
      finding.phase == phase && finding.state == .fixed && finding.headSHA != facts.worktree?.startSHA
        && !raised.contains(finding.draft.identity)
    }.compactMap { finding in
      guard let thread = FindingThreads.thread(of: finding, in: facts.pull), !thread.isResolved else {
        return nil
      }
      guard let head = facts.worktree?.startSHA else { return nil }
      return EffectDraft(
        key: facts.key("resolve", thread.id, head.rawValue),
        write: .resolveThread(threadID: thread.id, evidence: ThreadEvidence(thread, head: head)))
    }
  }
}
