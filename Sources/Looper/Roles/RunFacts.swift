/// Everything recorded that a stage decides on.
struct RunFacts: Sendable {
  var run: Run
  /// Random text of this run, for fences that nobody else can write.
  var nonce: String
  var loopFacts: LoopFacts
  var policy: FlowPolicy
  var project: Project
  /// Validation commands of the operator's configuration; the repository's own come with the worktree.
  var validationCommands: [String]
  /// Results of the finished stages, by name.
  var results: [String: StepResult]
  var effects: [Effect]
  /// The failure of this loop's previous run, when the same job is tried again.
  var previousFailure: Failure?
  /// The branches of the subject's earlier loops, which may still be there.
  var earlierBranches: [String] = []

  var loop: Loop { loopFacts.loop }
}

extension RunFacts {
  /// The newest look of this run.
  var observation: Observation? {
    for name in [StageName.recheck, StageName.observe] {
      if case .observed(let observation)? = results[name] { return observation }
    }
    return loopFacts.observation
  }

  var issue: IssueSnapshot? { observation?.issue }
  var pull: PullSnapshot? { observation?.pull }

  var worktree: WorktreeFacts? {
    guard case .worktree(let facts, _)? = results[StageName.prepare] else { return nil }
    return facts
  }

  var rules: RepositoryRules {
    guard case .worktree(_, let rules)? = results[StageName.prepare] else { return RepositoryRules() }
    return rules
  }

  var report: Report? {
    guard case .report(let report)? = results[StageName.agent] else { return nil }
    return report
  }

  var tree: TreeFacts? {
    guard case .tree(let facts)? = results[StageName.inspect] else { return nil }
    return facts
  }

  var checkLogs: [CheckLog] {
    guard case .checkLogs(let logs)? = results[StageName.logs] else { return [] }
    return logs
  }

  var validation: [ValidationResult] {
    guard case .validation(let results)? = results[StageName.validate] else { return [] }
    return results
  }

  /// Where the loop's work goes: its branch, or one that no earlier loop of the issue has used (`looper/12-title-2`).
  func branch(for issue: IssueSnapshot) -> String {
    let usual = policy.branch(for: issue.number, title: issue.title)
    var branch = loop.branch ?? usual
    var count = 1
    while loop.branch == nil, earlierBranches.contains(branch) {
      count += 1
      branch = "\(usual)-\(count)"
    }
    return branch
  }

  /// The key of a write of this run's, made of what it is about, so that another run of the loop does not repeat it.
  func key(_ write: String, _ parts: String...) -> String { ([write] + parts).joined(separator: "/") }
}

/// The names of the stages that several policies share.
enum StageName {
  static let observe = "observe"
  static let prepare = "prepare-worktree"
  static let logs = "read-failing-checks"
  static let agent = "agent"
  static let inspect = "inspect"
  static let verify = "verify"
  static let validate = "validate"
  static let recheck = "recheck"
  static let publish = "publish"
  static let confirm = "confirm"
}
