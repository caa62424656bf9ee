/// Writes the spec and opens the pull request that carries it.
struct PlannerPolicy: RolePolicy {
  let stages = [
    Stage.observe,
    Stage(StageName.prepare) { _ in .perform(.prepareWorktree(.freshBase)) },
    Stage(StageName.agent) { .perform(.invokeAgent(Brief.make($0, phase: .plan))) },
    Stage(StageName.inspect) { facts in
      .perform(
        .inspectTree(.commit(message: "Spec for #\(facts.loop.subject.number)"), spec: specPath(facts)))
    },
    Stage.verify { verify($0) },
    Stage(StageName.publish) { publish($0) },
    Stage.confirm { .succeeded($0.report?.summary ?? "", entering: .specReview) },
  ]

  /// The spec is there, no longer than it may be, and nothing but the spec.
  private static func verify(_ facts: RunFacts) -> StageVerdict {
    guard let tree = facts.tree, let path = specPath(facts) else {
      return .end(.failed(.bug, "the tree was not inspected"))
    }
    guard !tree.commits.isEmpty else { return .end(.failed(.agent, "the planner changed nothing")) }
    guard tree.changedPaths.contains(path), !tree.files.contains(where: { $0.path == path && $0.isDeleted })
    else {
      return .end(.failed(.agent, "the planner wrote no spec at \(path)"))
    }
    if let ending = SpecSize.failure(of: tree, at: path) { return .end(ending) }
    let steering = tree.changedPaths.filter(SteeringPath.contains)
    guard steering.isEmpty else {
      return .end(
        .failed(
          .agent,
          "the planner changed files that steer agents: \(steering.prefix(5).joined(separator: ", "))"))
    }
    let folder = path.split(separator: "/").dropLast().joined(separator: "/")
    let strays = tree.changedPaths.filter { !$0.hasPrefix(folder.isEmpty ? path : folder + "/") }
    guard strays.isEmpty else {
      return .end(
        .failed(
          .agent, "the planner changed files besides the spec: \(strays.prefix(5).joined(separator: ", "))"))
    }
    return .pass
  }

  private static func publish(_ facts: RunFacts) -> StageVerdict {
    if case .question? = facts.report { return .pass }
    guard let tree = facts.tree, let issue = facts.issue, let path = specPath(facts),
      let base = facts.project.base
    else { return .end(.failed(.bug, "published without an inspected tree")) }
    let branch = facts.branch(for: issue)
    let head = tree.headSHA
    return .emit(
      Publication(
        effects: [
          EffectDraft(
            key: facts.key("push", head.rawValue),
            write: .pushBranch(PushBranch(branch: branch, commit: head, expectedOld: nil))),
          EffectDraft(
            key: facts.key("open", branch),
            write: .openPullRequest(
              OpenPullRequest(
                head: branch, base: base, title: PullText.specTitle(issue),
                body: PullText.specBody(facts, path: path)))),
          EffectDraft(
            key: facts.key("spec-reviewing", head.rawValue),
            write: .addLabel(.loopPull, label: facts.policy.labels.specReviewing)),
        ],
        ledger: [.branch(branch), .specPath(path), .pushed(head, replacing: nil)]))
  }

  /// Where the spec is: the agent's own word when it is a Markdown file where specs are, else where it was asked for.
  ///
  /// The path is shown to agents and published, so nothing may stand in it that means something there.
  static func specPath(_ facts: RunFacts) -> String? {
    guard let issue = facts.issue else { return nil }
    if case .plan(let report)? = facts.report, let path = report.specPath, path.hasSuffix(".md"),
      path.hasPrefix("\(facts.policy.specDirectory)/"), path.utf8.allSatisfy(isPlain)
    {
      return path
    }
    return facts.policy.specPath(for: issue.number, title: issue.title)
  }

  private static func isPlain(_ byte: UInt8) -> Bool { byte.isAlphanumeric || "._-/".utf8.contains(byte) }
}
