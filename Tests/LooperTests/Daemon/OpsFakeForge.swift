import Foundation
import Synchronization

@testable import Looper

/// A GitHub of a few issues, which can be made to fail.
final class OpsFakeForge: Forge {
  private let state = Mutex(State())

  private struct State {
    var issues: [Int: IssueSnapshot] = [:]
    var facts: RepositoryFacts?
    var failure: Failure?
  }

  func set(_ issue: IssueSnapshot) { state.withLock { $0.issues[issue.number] = issue } }
  func set(_ facts: RepositoryFacts?) { state.withLock { $0.facts = facts } }
  func fail(_ failure: Failure?) { state.withLock { $0.failure = failure } }

  private func read<Answer: Sendable>(_ body: (State) -> Answer?) throws(Failure) -> Answer {
    let (failure, answer) = state.withLock { ($0.failure, body($0)) }
    if let failure { throw failure }
    guard let answer else { throw Failure(.permanent, "github answered: could not resolve it") }
    return answer
  }

  func sweep(_ request: SweepRequest) async throws(Failure) -> SweepResult { SweepResult(repositories: [:]) }

  func observe(_ project: ProjectName, issue: Int?, pull: Int?) async throws(Failure) -> Observation {
    let found = try read { state in issue.flatMap { state.issues[$0] } }
    return Observation(viewer: "looper", issue: found, pull: nil)
  }

  func repository(_ project: ProjectName) async throws(Failure) -> RepositoryFacts { try read(\.facts) }

  func failureExcerpt(of check: CheckSnapshot, in project: ProjectName) async throws(Failure) -> String { "" }

  func openPull(headedBy branch: String, in project: ProjectName) async throws(Failure) -> Int? { nil }

  func guardFacts(_ project: ProjectName, issue: Int?, pull: Int?) async throws(Failure) -> WriteGuard {
    WriteGuard(issueLabels: [], pullLabels: [], isIssueOpen: true, pullState: nil, pullHead: nil)
  }

  func probe(_ write: ResolvedWrite) async throws(Failure) -> Receipt? { nil }

  func perform(_ write: ResolvedWrite) async throws(Failure) -> Receipt { Receipt() }
}

/// Worktrees that exist by name only.
struct OpsFakeWorkspaces: Workspaces {
  static let sha = CommitSHA(rawValue: String(repeating: "a", count: 40))

  func prepare(_ request: WorktreeRequest) async throws(Failure) -> WorktreeFacts {
    guard let sha = Self.sha else { throw Failure(.bug, "the literal is a commit") }
    return WorktreeFacts(
      loopID: request.loopID, repository: request.repository, path: "/nowhere", startSHA: sha, baseSHA: sha,
      mergeBase: sha, repositoryConfiguration: nil, spec: nil, adoptedEarlierWork: false)
  }

  func inspect(_ worktree: WorktreeFacts, leftovers: LeftoverPolicy) async throws(Failure) -> TreeFacts {
    throw Failure(.agent, "there is no tree")
  }

  func remoteHead(of branch: String, in project: RemoteRepository) async throws(Failure) -> CommitSHA? { nil }
  func addedText(by push: PushBranch, in project: RemoteRepository) async throws(Failure) -> [AddedText] {
    []
  }
  func push(_ push: PushBranch, in project: RemoteRepository) async throws(Failure) {}
  func remove(_ loopID: Loop.ID, in project: RemoteRepository) async throws(Failure) -> String? { nil }
  func keep(_ worktree: WorktreeFacts) async throws(Failure) -> String? { nil }

  func surroundings(of worktree: WorktreeFacts, checkout: String?) async throws(Failure) -> Surroundings {
    Surroundings(digests: [:])
  }
}

/// Agents that work until they are stopped.
final class OpsFakeAgents: Agents {
  private let count = Mutex(0)
  private let started: AsyncStream<Run.ID>
  private let start: AsyncStream<Run.ID>.Continuation

  init() { (started, start) = AsyncStream.makeStream(of: Run.ID.self, bufferingPolicy: .unbounded) }

  var running: Int { count.withLock { $0 } }

  /// The run of the next session that started.
  func nextStart() async -> Run.ID? {
    for await run in started { return run }
    return nil
  }

  func run(_ assignment: AgentAssignment) async -> AgentOutcome {
    count.withLock { $0 += 1 }
    start.yield(assignment.runID)
    // Ends when the task is cancelled, for nobody yields.
    let (never, keep) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    for await _ in never {}
    keep.finish()
    count.withLock { $0 -= 1 }
    return AgentOutcome(sessionID: nil, result: .stopped, usage: .unknown, tail: "")
  }
}

struct OpsFakeValidator: Validator {
  func run(_ command: String, in worktree: String, head: CommitSHA, limit: Duration) async throws(Failure)
    -> ValidationResult
  {
    ValidationResult(command: command, exitCode: 0, headSHA: head, milliseconds: 1, tail: "")
  }
}

/// A clock that stands until it is moved; nobody wakes by it.
final class OpsFakeTime: TimeSource {
  private let state = Mutex(Timestamp(milliseconds: 1_790_000_000_000))

  var now: Timestamp { state.withLock { $0 } }
  func advance(by duration: Duration) { state.withLock { $0 = $0 + duration } }

  /// No test waits by it: who sleeps is ended by its cancellation, so that nothing happens but what a test does.
  func sleep(until deadline: Timestamp) async throws {
    let (never, keep) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    for await _ in never {}
    keep.finish()
    try Task.checkCancellation()
  }
}
