/// The stages of a run for people: its pipeline, with what is recorded of it.
enum StageLines {
  static func views(of run: Run, _ records: [StageRecord]) -> [StageView] {
    let known = Dictionary(records.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    let isCurrent = run.pipelineVersion == PipelineVersion.current
    let names = isCurrent ? run.job.policy.stages.map(\.name) : records.map(\.name)
    // The stage that ended the run has no result of its own.
    let last = names.firstIndex { known[$0]?.result == nil }
    return names.enumerated().map { index, name in
      guard let record = known[name] else {
        return missing(name, of: run, isNext: index == last)
      }
      guard let result = record.result else { return unfinished(record, of: run) }
      return StageView(
        name: name, state: result == .passed ? "skipped" : "done", startedAt: record.startedAt,
        endedAt: record.finishedAt, summary: summary(of: result))
    }
  }

  private static func missing(_ name: String, of run: Run, isNext: Bool) -> StageView {
    var view = StageView(name: name, state: "skipped", startedAt: nil, endedAt: nil, summary: "")
    switch run.state {
    case .running: view.state = isNext ? "running" : "pending"
    case .succeeded where isNext:
      view.state = "done"
      view.endedAt = run.endedAt
    case .failed where isNext, .superseded where isNext:
      view.state = "failed"
      view.endedAt = run.endedAt
      view.summary = run.state.message
    case .succeeded, .failed, .superseded, .cancelled, .interrupted: break
    }
    return view
  }

  private static func unfinished(_ record: StageRecord, of run: Run) -> StageView {
    StageView(
      name: record.name, state: run.state == .running ? "running" : "failed", startedAt: record.startedAt,
      endedAt: run.endedAt, summary: run.state.message)
  }

  /// A result in a line.
  static func summary(of result: StepResult) -> String {
    switch result {
    case .observed(let observation): summary(of: observation)
    case .worktree(let facts, _):
      "starts at \(facts.startSHA.short)" + (facts.adoptedEarlierWork ? ", earlier work kept" : "")
    case .checkLogs(let logs): "logs of \(logs.map(\.check.name).joined(separator: ", "))"
    case .report(let report): summary(of: report)
    case .tree(let tree): summary(of: tree)
    case .validation(let results):
      results.isEmpty
        ? "no commands"
        : results.map { "`\($0.command)` \($0.passed ? "passed" : "failed")" }.joined(separator: ", ")
    case .emitted: "recorded what to publish"
    case .passed: ""
    }
  }

  private static func summary(of observation: Observation) -> String {
    let issue = observation.issue.map { "issue #\($0.number) \($0.isOpen ? "open" : "closed")" }
    let pull = observation.pull.map { "#\($0.number) \($0.state.rawValue) at \($0.headSHA.short)" }
    return [issue, pull].compactMap { $0 }.joined(separator: ", ")
  }

  private static func summary(of report: Report) -> String {
    switch report {
    case .review(let review):
      "\(review.verdict.rawValue), \(count(review.findings.count, "finding")): \(review.summary)"
    case .question(let question): "asked: \(question.text)"
    case .fix(let fix):
      "\(FixReport.Action.allCases.map { action in "\(fix.items.count { $0.action == action }) \(action.rawValue)" }.joined(separator: ", ")): \(fix.summary)"
    case .plan, .work: report.summary
    }
  }

  private static func summary(of tree: TreeFacts) -> String {
    let work =
      "\(count(tree.commits.count, "commit")), \(count(tree.changedPaths.count, "changed file")), head \(tree.headSHA.short)"
    return tree.discardedChanges ? "\(work), other changes thrown away" : work
  }

  static func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }
}
