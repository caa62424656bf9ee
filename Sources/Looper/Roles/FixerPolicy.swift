/// Answers findings, failing checks, people's threads or a conflict with commits and explanations.
struct FixerPolicy: RolePolicy {
  let stages = [
    Stage.observe,
    Stage(StageName.prepare) { facts in
      guard let pull = facts.pull else { return .end(.superseded("there is no pull request to fix")) }
      // A fork's branch is not ours to push to: what is done there leaves as a patch.
      return .perform(
        .prepareWorktree(
          pull.isCrossRepository
            ? .pull(pull.number, expected: pull.headSHA) : .branch(pull.headRef, expected: pull.headSHA)))
    },
    Stage(StageName.logs) { facts in
      guard facts.run.job == .fixChecks, let pull = facts.pull else { return .pass }
      let failed = CheckJudgement(facts.loopFacts, pull).ours
      return failed.isEmpty
        ? .end(.superseded("no check fails any more")) : .perform(.readFailingChecks(failed))
    },
    Stage(StageName.agent) { .perform(.invokeAgent(Brief.make($0, phase: phase($0)))) },
    Stage(StageName.inspect) { facts in
      .perform(
        .inspectTree(.commit(message: "Fix #\(facts.loop.subject.number)"), spec: facts.loop.specPath))
    },
    Stage.verify { verify($0) },
    Stage.validate,
    Stage(StageName.publish) { publish($0) },
    Stage.confirm { .succeeded($0.report?.summary ?? "") },
  ]

  static func phase(_ facts: RunFacts) -> Phase {
    facts.run.job == .fixFindings(.specReview) ? .specReview : .codeReview
  }

  /// Every item is answered; what is called fixed comes with a commit.
  private static func verify(_ facts: RunFacts) -> StageVerdict {
    guard let tree = facts.tree, case .fix(let report)? = facts.report else {
      return .end(.failed(.bug, "the fixer's tree or report is missing"))
    }
    if !tree.unmergedPaths.isEmpty {
      return .end(
        .failed(.agent, "conflicts are left in \(tree.unmergedPaths.prefix(5).joined(separator: ", "))"))
    }
    if let ending = SpecSize.failure(of: tree, at: facts.loop.specPath) { return .end(ending) }
    if facts.run.job == .fixConflict, let failure = unresolved(tree, facts) { return .end(failure) }
    let asked = FixItems(facts)
    let answered = Set(report.items.map { $0.id.uppercased() })
    let missing = asked.ids.filter { !answered.contains($0.uppercased()) }
    guard missing.isEmpty else {
      return .end(.failed(.agent, "the fixer did not answer \(missing.prefix(5).joined(separator: ", "))"))
    }
    let put = asked.answers(report).first {
      $0.item.action == .deferred && $0.finding?.draft.severity == .blocker
    }
    if let id = put?.item.id {
      return .end(.failed(.agent, "the fixer deferred \(id), but a blocker is fixed or declined"))
    }
    if tree.commits.isEmpty {
      let claimed = report.items.contains { $0.action == .fixed }
      if claimed || asked.needsCommit {
        return .end(.failed(.agent, "the fixer says it fixed but changed nothing"))
      }
    }
    return .pass
  }

  /// Git's word on whether the conflict is gone, not the agent's.
  private static func unresolved(_ tree: TreeFacts, _ facts: RunFacts) -> RunEnding? {
    if tree.containsBase == false, let base = facts.worktree?.baseSHA {
      return .failed(.agent, "the base \(base.short) is not merged into the work")
    }
    guard let markers = tree.conflictMarkers, !markers.isEmpty else { return nil }
    return .failed(.agent, "conflict markers are left at \(markers.prefix(5).joined(separator: ", "))")
  }

  private static func publish(_ facts: RunFacts) -> StageVerdict {
    guard case .fix(let report)? = facts.report, let tree = facts.tree, let pull = facts.pull else {
      return .pass
    }
    if let failure = ValidationCommands.failure(facts.validation) {
      return .end(RunEnding(state: .failed(failure), phase: nil))
    }
    let head = tree.headSHA
    var publication = Publication()
    if head != pull.headSHA, pull.isCrossRepository {
      guard let patch = tree.patch else { return .end(.failed(.bug, "the work was not made into a patch")) }
      let parts = PatchText.keyParts(for: pull.headSHA)
      publication.effects.append(
        EffectDraft(
          key: facts.key(parts[0], parts[1]),
          write: .comment(
            .loopPull,
            body: PatchText.comment(patch, summary: report.summary, head: pull.headSHA, facts.policy))))
    } else if head != pull.headSHA {
      publication.effects.append(
        EffectDraft(
          key: facts.key("push", head.rawValue),
          write: .pushBranch(PushBranch(branch: pull.headRef, commit: head, expectedOld: pull.headSHA))))
      publication.ledger.append(.pushed(head, replacing: pull.headSHA))
      if pull.author.login.lowercased() == facts.observation?.viewer.lowercased(),
        let body = PullText.body(pull.body, after: facts)
      {
        publication.effects.append(
          EffectDraft(
            key: facts.key("validation", head.rawValue),
            write: .updatePullRequest(.loopPull, title: nil, body: body)))
      }
    }
    let answers = FixItems(facts).answers(report)
    if let reply = remarksReply(answers, head: head, pull, facts) { publication.effects.append(reply) }
    for answer in answers {
      if let thread = answer.thread, !thread.isRemark {
        publication.effects.append(
          EffectDraft(
            key: facts.key("reply", thread.id, head.rawValue, "\(facts.run.generation)"),
            write: .replyToThread(
              .loopPull, threadID: thread.id,
              body: answer.replyText(head: head, isPatch: pull.isCrossRepository, facts.policy))))
        if answer.item.action == .fixed, !pull.isCrossRepository {
          publication.effects.append(
            EffectDraft(
              key: facts.key("resolve", thread.id, head.rawValue),
              write: .resolveThread(threadID: thread.id, evidence: ThreadEvidence(thread, head: head))))
        }
      }
      if let finding = answer.finding {
        publication.ledger.append(
          .answered(finding.id, answer.item.findingState, explanation: answer.item.explanation))
      }
    }
    return .emit(publication)
  }
}

extension FixerPolicy {
  /// One comment that answers all remarks on the pull request as a whole.
  fileprivate static func remarksReply(
    _ answers: [FixItems.Answer], head: CommitSHA, _ pull: PullSnapshot, _ facts: RunFacts
  ) -> EffectDraft? {
    let parts = answers.compactMap { answer -> (id: Int64, text: String)? in
      guard let thread = answer.thread, thread.isRemark, let remark = thread.comments.first else {
        return nil
      }
      let quote = "> \(PublishedText.line(remark.body, limit: quoteMax)) ([remark](\(remark.url)))"
      return (remark.id, "\(quote)\n\n\(answer.words(head: head, isPatch: pull.isCrossRepository))")
    }
    guard let newest = parts.map(\.id).max() else { return nil }
    let body = PublishedText.stamped(parts.map(\.text).joined(separator: "\n\n"), facts.policy)
    return EffectDraft(
      key: facts.key("remarks", "\(newest)", head.rawValue, "\(facts.run.generation)"),
      write: .comment(.loopPull, body: body))
  }

  /// Characters of a remark that its answer repeats.
  private static var quoteMax: Int { 120 }
}

extension FixReport.Item {
  var findingState: Finding.State {
    switch action {
    case .fixed: .fixed
    case .declined: .declined
    case .deferred: .deferred
    }
  }
}
