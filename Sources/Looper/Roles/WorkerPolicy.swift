/// Implements the spec on the pull request that carries it, or opens one when there is no spec.
struct WorkerPolicy: RolePolicy {
  let stages = [
    Stage.observe,
    Stage(StageName.prepare) { facts in
      guard let pull = facts.pull else { return .perform(.prepareWorktree(.freshBase)) }
      return .perform(.prepareWorktree(.branch(pull.headRef, expected: pull.headSHA)))
    },
    Stage(StageName.agent) { .perform(.invokeAgent(Brief.make($0, phase: .work))) },
    Stage(StageName.inspect) { facts in
      .perform(
        .inspectTree(
          .commit(message: "Implement #\(facts.loop.subject.number)"), spec: facts.loop.specPath))
    },
    Stage.verify { verify($0) },
    Stage.validate,
    Stage(StageName.publish) { publish($0) },
    Stage.confirm { .succeeded($0.report?.summary ?? "", entering: .codeReview) },
  ]

  private static func verify(_ facts: RunFacts) -> StageVerdict {
    guard let tree = facts.tree else { return .end(.failed(.bug, "the tree was not inspected")) }
    guard !tree.commits.isEmpty, !tree.changedPaths.isEmpty else {
      return .end(.failed(.agent, "the worker changed nothing"))
    }
    if let ending = SpecSize.failure(of: tree, at: facts.loop.specPath) { return .end(ending) }
    if case .work(let report)? = facts.report,
      let failed = report.criteria.first(where: { $0.status == .fail })
    {
      return .end(.failed(.agent, "the worker says criterion \(failed.id) is not met: \(failed.evidence)"))
    }
    return .pass
  }

  private static func publish(_ facts: RunFacts) -> StageVerdict {
    if case .question? = facts.report { return .pass }
    if let failure = ValidationCommands.failure(facts.validation) {
      return .end(RunEnding(state: .failed(failure), phase: nil))
    }
    guard let tree = facts.tree, let issue = facts.issue, let base = facts.project.base else {
      return .end(.failed(.bug, "published without an inspected tree"))
    }
    let head = tree.headSHA
    let branch = facts.pull?.headRef ?? facts.branch(for: issue)
    let body = PullText.workBody(facts, issue: issue)
    let old = facts.pull?.headSHA
    var effects = [
      EffectDraft(
        key: facts.key("push", head.rawValue),
        write: .pushBranch(PushBranch(branch: branch, commit: head, expectedOld: old)))
    ]
    if facts.pull == nil {
      effects.append(
        EffectDraft(
          key: facts.key("open", branch),
          write: .openPullRequest(
            OpenPullRequest(head: branch, base: base, title: PullText.workTitle(issue), body: body))))
    } else {
      effects += [
        EffectDraft(
          key: facts.key("retitle", head.rawValue),
          write: .updatePullRequest(.loopPull, title: PullText.workTitle(issue), body: body)),
        EffectDraft(
          key: facts.key("spec-ready-off", head.rawValue),
          write: .removeLabel(.loopPull, label: facts.policy.labels.specReady)),
      ]
    }
    return .emit(Publication(effects: effects, ledger: [.branch(branch), .pushed(head, replacing: old)]))
  }
}
