import Synchronization

@testable import Looper

/// Real worktrees whose git fails when a test says so.
final class TroubledWorkspaces: Workspaces {
  private struct State {
    var surroundings = 0
    var keeps = 0
  }

  private let base: GitWorkspaces
  private let trouble = Failure(.transient, "git is out of memory")
  private let state = Mutex(State())

  init(_ base: GitWorkspaces) { self.base = base }

  /// How many looks around a worktree, and how many rescues, fail from now on.
  func fail(surroundings: Int = 0, keeps: Int = 0) {
    state.withLock { $0 = State(surroundings: surroundings, keeps: keeps) }
  }

  private func mayFail(_ count: WritableKeyPath<State, Int>) throws(Failure) {
    let fails = state.withLock { state in
      guard state[keyPath: count] > 0 else { return false }
      state[keyPath: count] -= 1
      return true
    }
    if fails { throw trouble }
  }

  func keep(_ worktree: WorktreeFacts) async throws(Failure) -> String? {
    try mayFail(\.keeps)
    return try await base.keep(worktree)
  }

  func surroundings(of worktree: WorktreeFacts, checkout: String?) async throws(Failure) -> Surroundings {
    try mayFail(\.surroundings)
    return try await base.surroundings(of: worktree, checkout: checkout)
  }

  func prepare(_ request: WorktreeRequest) async throws(Failure) -> WorktreeFacts {
    try await base.prepare(request)
  }

  func inspect(_ worktree: WorktreeFacts, leftovers: LeftoverPolicy) async throws(Failure) -> TreeFacts {
    try await base.inspect(worktree, leftovers: leftovers)
  }

  func remoteHead(of branch: String, in project: RemoteRepository) async throws(Failure) -> CommitSHA? {
    try await base.remoteHead(of: branch, in: project)
  }

  func addedText(by push: PushBranch, in project: RemoteRepository) async throws(Failure) -> [AddedText] {
    try await base.addedText(by: push, in: project)
  }

  func push(_ push: PushBranch, in project: RemoteRepository) async throws(Failure) {
    try await base.push(push, in: project)
  }

  func remove(_ loopID: Loop.ID, in project: RemoteRepository) async throws(Failure) -> String? {
    try await base.remove(loopID, in: project)
  }
}
