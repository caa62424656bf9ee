import GRDB
import Synchronization

@testable import Looper

/// The loop's worktree and whoever works in it: counts who is in it, and notes who enters while a person owns it.
final class SharedTree: Workspaces, Agents {
  private struct State {
    var random: SplitMix
    var inside = 0
    var isHumans = false
    var content = "nothing"
    var violations: [String] = []
    var removed = 0
    var published = 0
  }

  private let state: Mutex<State>

  init(seed: UInt64) { state = Mutex(State(random: SplitMix(state: seed))) }

  var violations: [String] { state.withLock { $0.violations } }
  var removed: Int { state.withLock { $0.removed } }
  var published: Int { state.withLock { $0.published } }
  var isHumans: Bool { state.withLock { $0.isHumans } }

  /// Something went wrong that should not.
  func note(_ violation: String) { state.withLock { $0.violations.append(violation) } }

  /// The takeover has been reported: from now on the tree is a person's, who writes into it.
  func take() {
    state.withLock { state in
      if state.inside > 0 {
        state.violations.append("\(state.inside) at work when the takeover was reported")
      }
      state.isHumans = true
      state.content = "a person's work"
    }
  }

  /// The person gives it back.
  func giveBack() {
    state.withLock { state in
      if state.content != "a person's work" {
        state.violations.append("the person's work became \(state.content)")
      }
      state.isHumans = false
    }
  }

  /// A number below `bound`.
  func roll(_ bound: Int) -> Int { state.withLock { Int($0.random.next() % UInt64(bound)) } }

  func pause() async {
    for _ in 0..<roll(6) { await Task.yield() }
  }

  /// Something that touches the tree, with waits before, in the middle and after.
  private func inside(_ what: String, leaving content: String?) async {
    await pause()
    state.withLock { state in
      if state.inside > 0 { state.violations.append("\(what) while another is at work") }
      state.inside += 1
      if state.isHumans { state.violations.append("\(what) while a person owns the tree") }
    }
    await pause()
    state.withLock { state in
      if let content { state.content = content }
      state.inside -= 1
    }
    await pause()
  }

  /// A write to GitHub, which takes its time: it is there from the middle on.
  ///
  /// - Parameter isFarewell: whether it tells the end of a loop, which may come while the tree is a person's.
  func publish(_ what: String, isFarewell: Bool = false) async {
    for _ in 0..<roll(60) { await Task.yield() }
    state.withLock { state in
      if state.isHumans, !isFarewell {
        state.violations.append("\(what) was published while a person owns the tree")
      }
      state.published += 1
    }
    await pause()
  }

  /// Looks, and changes nothing.
  func keep(_ worktree: WorktreeFacts) async throws(Failure) -> String? {
    await inside("keep", leaving: nil)
    return nil
  }

  func prepare(_ request: WorktreeRequest) async throws(Failure) -> WorktreeFacts {
    await inside("prepare", leaving: "prepared")
    return try await OpsFakeWorkspaces().prepare(request)
  }

  func inspect(_ worktree: WorktreeFacts, leftovers: LeftoverPolicy) async throws(Failure) -> TreeFacts {
    await inside("inspect", leaving: nil)
    guard let head = CommitSHA(String(repeating: "b", count: 40)) else { throw Failure(.bug, "a literal") }
    return TreeFacts(
      headSHA: head, commits: [head], changedPaths: ["a"], files: [], isTruncated: false,
      discardedChanges: false, unmergedPaths: [])
  }

  func run(_ assignment: AgentAssignment) async -> AgentOutcome {
    await inside("agent", leaving: "an agent's work")
    let report = Report.work(WorkReport(summary: "done", title: nil, criteria: []))
    return AgentOutcome(
      sessionID: nil, result: Task.isCancelled ? .stopped : .reported(report), usage: .unknown, tail: "")
  }

  func remove(_ loopID: Loop.ID, in project: RemoteRepository) async throws(Failure) -> String? {
    state.withLock { $0.removed += 1 }
    await inside("remove", leaving: "removed")
    return nil
  }

  func remoteHead(of branch: String, in project: RemoteRepository) async throws(Failure) -> CommitSHA? {
    await pause()
    return nil
  }

  func addedText(by push: PushBranch, in project: RemoteRepository) async throws(Failure) -> [AddedText] {
    []
  }

  func push(_ push: PushBranch, in project: RemoteRepository) async throws(Failure) { await publish("push") }

  func surroundings(of worktree: WorktreeFacts, checkout: String?) async throws(Failure) -> Surroundings {
    Surroundings(digests: [:])
  }
}

/// A GitHub where everything takes a while.
struct ContestedForge: Forge {
  let plain: OpsFakeForge
  let tree: SharedTree
  let store: Store

  func sweep(_ request: SweepRequest) async throws(Failure) -> SweepResult { SweepResult(repositories: [:]) }

  func observe(_ project: ProjectName, issue: Int?, pull: Int?) async throws(Failure) -> Observation {
    await tree.pause()
    return try await plain.observe(project, issue: issue, pull: pull)
  }

  func repository(_ project: ProjectName) async throws(Failure) -> RepositoryFacts {
    try await plain.repository(project)
  }

  func failureExcerpt(of check: CheckSnapshot, in project: ProjectName) async throws(Failure) -> String { "" }
  func openPull(headedBy branch: String, in project: ProjectName) async throws(Failure) -> Int? { nil }

  func guardFacts(_ project: ProjectName, issue: Int?, pull: Int?) async throws(Failure) -> WriteGuard {
    await tree.pause()
    return try await plain.guardFacts(project, issue: issue, pull: pull)
  }

  func probe(_ write: ResolvedWrite) async throws(Failure) -> Receipt? {
    await tree.pause()
    return nil
  }

  func perform(_ write: ResolvedWrite) async throws(Failure) -> Receipt {
    let hasEnded = haveAllEnded()
    await tree.publish(write.write.kind, isFarewell: hasEnded && write.write.isAcknowledgement)
    return Receipt()
  }

  /// Asked on the caller's thread: a write that a shutdown cuts off must be judged like any other.
  private func haveAllEnded() -> Bool {
    let live = "SELECT EXISTS (SELECT 1 FROM loop WHERE state <> 'done')"
    do {
      return try store.database.read { try Bool.fetchOne($0, sql: live) } == false
    } catch {
      tree.note("\(error)")
      return false
    }
  }
}
