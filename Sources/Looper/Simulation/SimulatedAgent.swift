import Synchronization

/// What an agent does in its worktree, and what it says about it.
struct SimulatedAgent {
  let assignment: AgentAssignment
  let git: SimulatedGit
  let fate: SimulatedFate
  let time: SimulatedTime

  func conclude(_ conduct: SimulatedConduct) -> AgentOutcome.Result {
    switch conduct {
    case .diligent, .greedy: return .reported(work())
    case .careless: return .reported(halfWork())
    case .idle: return .reported(report(of: assignment.role, action: .fixed))
    case .stray:
      git.state.withLock { $0.worktrees[assignment.loopID]?.strayEdits += 1 }
      return .reported(work())
    case .asks: return .reported(.question(question()))
    case .fails(.usageLimited, let words):
      return .failed(Failure(.usageLimited(until: time.now + .seconds(fate.draw(60...7200))), words))
    case .fails(let kind, let words):
      // What it had begun stays in the worktree.
      if fate.chance(perMille: 500) { edit(["half-done.txt": "half\n"]) }
      return .failed(Failure(kind, words))
    }
  }

  private func question() -> QuestionReport {
    let hasDefault = fate.chance(perMille: 600)
    return QuestionReport(
      text: "left or right?", options: ["left", "right"], defaultOption: hasDefault ? "left" : nil,
      deadlineMinutes: fate.chance(perMille: 700) ? fate.draw(5...300) : nil)
  }

  // MARK: good work

  private func work() -> Report {
    switch assignment.role {
    case .planner:
      edit([specPath: "# Spec \(fate.draw(1000))\n\nline two\n\n1. AC1: it works\n"])
      return report(of: .planner)
    case .reviewer: return review()
    case .worker:
      edit(["src/work-\(assignment.loopID.rawValue).txt": "work \(fate.draw(1_000_000))\nmore\nand more\n"])
      return report(of: .worker)
    case .fixer: return fix()
    }
  }

  private func halfWork() -> Report {
    switch assignment.role {
    case .planner: edit(["src/not-the-spec.txt": "\(fate.draw(1_000_000))\n"])
    case .fixer: return .fix(FixReport(summary: "nothing answered", items: []))
    case .reviewer, .worker: edit(["left-\(fate.draw(1000)).txt": "left\n"])
    }
    return report(of: assignment.role)
  }

  private func fix() -> Report {
    let action = fate.weighted([(6, .fixed), (2, .declined), (1, .deferred)], else: FixReport.Action.fixed)
    let mustChange = asked.isEmpty
    if action == .fixed || mustChange {
      mergeBase()
      let path = files.keys.filter { $0.hasPrefix("specs/") || $0.hasPrefix("src/") }.min() ?? "src/fix.txt"
      edit([path: "\(files[path] ?? "")fixed \(fate.draw(1_000_000))\n"])
    }
    return report(of: .fixer, action: action)
  }

  private func review() -> Report {
    let verdict = fate.weighted(
      [(65, .clean), (32, .changes), (fate.allows(.agents) ? 3 : 0, .human)], else: Verdict.clean)
    let closed = (assignment.context["findings"]?.arrayValue ?? []).filter {
      $0["state"]?.stringValue == "closed"
    }
    // Some come back to what was done with.
    if !closed.isEmpty, fate.chance(perMille: 400), let again = fate.pick(closed) {
      let findings = [finding(again: again)]
      return .review(ReviewReport(verdict: .changes, summary: "again", findings: findings, criteria: []))
    }
    var findings: [FindingDraft] = []
    if verdict == .changes {
      for _ in 0..<fate.draw(1...2) { findings.append(finding()) }
    }
    return .review(ReviewReport(verdict: verdict, summary: "reviewed", findings: findings, criteria: []))
  }

  /// - Parameter again: what is raised once more; nil for something new.
  private func finding(again: JSONValue? = nil) -> FindingDraft {
    let words = ["alpha", "beta", "gamma", "delta", "epsilon"]
    return FindingDraft(
      path: again?["path"]?.stringValue ?? fate.pick(files.keys.sorted()) ?? "README.md",
      line: fate.chance(perMille: 800) ? fate.draw(1...5) : nil,
      side: .right, startLine: nil,
      severity: fate.weighted([(1, .blocker), (4, .major), (2, .minor), (2, .nit)], else: .major),
      title: again?["title"]?.stringValue ?? "About \(fate.pick(words) ?? "alpha")", body: "why",
      suggestion: nil, confidence: nil)
  }

  private func report(of role: Role, action: FixReport.Action = .fixed) -> Report {
    switch role {
    case .planner: .plan(PlanReport(summary: "planned", specPath: nil))
    case .reviewer: .review(ReviewReport(verdict: .clean, summary: "fine", findings: [], criteria: []))
    case .worker: .work(WorkReport(summary: "implemented", title: nil, criteria: []))
    case .fixer:
      .fix(
        FixReport(
          summary: "answered", items: asked.map { .init(id: $0, action: action, explanation: "done") }))
    }
  }

  // MARK: what it was given

  private var specPath: String { assignment.context["spec"]?["path"]?.stringValue ?? "specs/spec.md" }

  private var asked: [String] {
    let open = (assignment.context["findings"]?.arrayValue ?? []).filter {
      $0["state"]?.stringValue == "open"
    }
    return (open + (assignment.context["threads"]?.arrayValue ?? [])).compactMap { $0["id"]?.stringValue }
  }

  private var files: [String: String] {
    git.state.withLock { state in state.worktrees[assignment.loopID]?.files(in: state) ?? [:] }
  }

  private func edit(_ edits: [String: String]) {
    git.state.withLock { state in
      for (path, text) in edits { state.worktrees[assignment.loopID]?.dirt[path] = text }
    }
    if fate.chance(perMille: 500) { commit(extraParent: nil, files: files) }
  }

  /// Takes the base in when that is what is asked; its own side wins where both changed.
  private func mergeBase() {
    guard assignment.context["job"]?.stringValue == Job.fixConflict.code,
      let text = assignment.context["diff"]?["base"]?.stringValue, let base = CommitSHA(text)
    else { return }
    commit(extraParent: base, files: git.files(at: base).merging(files) { $1 })
  }

  private func commit(extraParent: CommitSHA?, files: [String: String]) {
    let now = time.trueNow
    git.state.withLock { state in
      guard let worktree = state.worktrees[assignment.loopID] else { return }
      let parents = [worktree.head] + [extraParent].compactMap(\.self)
      // A commit that cannot be named is left as dirt.
      guard
        let head = try? state.commit(files, parents: parents, message: "Work", author: "agent", at: now)
      else { return }
      state.worktrees[assignment.loopID]?.head = head
      state.worktrees[assignment.loopID]?.dirt = [:]
    }
  }
}
