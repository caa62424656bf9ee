import Foundation

/// What is true after a chaos run: the daemon is stopped, nothing writes any more.
struct ChaosVerdict: Codable, Sendable, Equatable {
  var kills = 0
  /// How many of them met a run.
  var killsAtWork = 0
  var seconds = 0
  /// How many loops came to which end.
  var loops: [String: Int]
  /// What must not be; empty is good.
  var problems: [String]

  var text: String {
    let ends = loops.sorted { $0.key < $1.key }.map { "  \($0.value) \($0.key)" }.joined(separator: "\n")
    let found =
      problems.isEmpty ? "nothing twice, nothing lost, nothing left" : problems.joined(separator: "\n")
    return "\(kills) kills in \(seconds) s, \(killsAtWork) of them met a run\n\(ends)\n\(found)"
  }
}

/// Looks for what a chaos run must not leave.
struct ChaosExamination: Sendable {
  let directory: DemoDirectory
  let forge: LocalForge
  let issues: Int

  func problems(_ loops: [Loop]) async throws -> [String] {
    let state = await forge.snapshot()
    return lost(loops, state) + twice(state) + (try stored()) + left()
  }

  /// Every issue came to its merge, with one pull request.
  private func lost(_ loops: [Loop], _ state: ForgeState) -> [String] {
    var found: [String] = []
    let merged = loops.count { $0.state == .done(.merged) }
    if loops.count != issues { found.append("\(loops.count) loops for \(issues) issues") }
    if merged != issues { found.append("\(merged) of \(issues) loops are merged") }
    found += loops.filter { $0.counters.agentFailures > 0 }.map {
      "\($0.id.handle) counts a failure of its agent"
    }
    let pulls = state.issues.rows.filter(\.isPull)
    if pulls.count != issues { found.append("\(pulls.count) pull requests for \(issues) issues") }
    return found
  }

  private func twice(_ state: ForgeState) -> [String] {
    var found: [String] = []
    if let key = OncePerKey.twice(in: state, viewer: DemoSample.owner) {
      found.append("twice on GitHub: \(key)")
    }
    if let pulls = OnePullPerBranch.twice(in: state, viewer: DemoSample.owner) {
      found.append("two pull requests for a branch: \(pulls)")
    }
    for pull in state.issues.rows where pull.isPull {
      // One review per head: the spec's, the implementation's and that of the fix. A reply is one to GitHub, too.
      let reviews = state.reviews(of: pull.id).filter { !$0.body.isEmpty }
      if reviews.count != 3 || Set(reviews.map(\.commit)).count != 3 {
        found.append("#\(pull.number) has \(reviews.count) reviews")
      }
      let threads = state.threads(of: pull.id)
      if threads.count != 1 || !threads.allSatisfy(\.isResolved) {
        found.append(
          "#\(pull.number) has \(threads.count) threads, \(threads.count(where: \.isResolved)) resolved")
      }
      let labels = state.labels(of: pull).map(\.name)
      if !labels.isEmpty { found.append("#\(pull.number) still has \(labels.joined(separator: ", "))") }
    }
    for issue in state.issues.rows where !issue.isPull && state.comments(of: issue.id).count != 1 {
      found.append("issue \(issue.id) has \(state.comments(of: issue.id).count) comments")
    }
    return found
  }

  private func stored() throws -> [String] {
    let examination = try DatabaseExamination(path: directory.database)
    var found = examination.worktrees.keys.sorted().map { "the database still knows the worktree \($0)" }
    if examination.integrity != "ok" { found.append("quick_check: \(examination.integrity ?? "not done")") }
    return found
  }

  private func left() -> [String] {
    let data = URL(filePath: directory.data).resolvingSymlinksInPath().path
    let processes = ProcessTable.processes(taggedWith: Assembly.instanceKey, value: data)
    var found = processes.map { "process \($0.pid) is left" }
    let root = GitLayout(dataDirectory: directory.data).worktrees
    let names = FileManager.default.subpaths(atPath: root) ?? []
    // A loop's directory is <host>/<owner>/<name>/L12.
    found += names.filter { $0.split(separator: "/").count == 4 }.sorted().map { "\($0) is left" }
    return found
  }
}
