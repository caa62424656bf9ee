import Synchronization

@testable import Looper

/// A GitHub whose looks fail where a test says so, and which counts them.
final class FilteredForge: Forge {
  private struct State {
    var refuse: @Sendable (_ number: Int) -> Failure? = { _ in nil }
    var isSearchBroken = false
    var looks: [Int: Int] = [:]
    var sweepFailure: Failure?
    var lost: [ProjectName: Failure] = [:]
    var writeFailure: Failure?
    /// What the next reads before a write fail with.
    var guardFailures: [Failure] = []
  }

  private let base: any Forge
  private let state = Mutex(State())

  init(_ base: any Forge) { self.base = base }

  /// - Parameter failure: what a look at an issue, or a pull request without one, fails with.
  func refuse(_ failure: @escaping @Sendable (_ number: Int) -> Failure?) {
    state.withLock { $0.refuse = failure }
  }

  func breakSearch(_ isBroken: Bool) { state.withLock { $0.isSearchBroken = isBroken } }
  func looks(at number: Int) -> Int { state.withLock { $0.looks[number, default: 0] } }

  /// - Parameter failure: what every sweep fails with.
  func refuseSweeps(_ failure: Failure?) { state.withLock { $0.sweepFailure = failure } }

  /// - Parameter failure: what every write fails with.
  func refuseWrites(_ failure: Failure?) {
    state.withLock { $0.writeFailure = failure }
  }

  /// - Parameter failures: what the next reads before a write fail with, one after the other.
  func refuseGuards(_ failures: [Failure]) { state.withLock { $0.guardFailures = failures } }

  /// - Parameter failure: what a sweep says of this one project.
  func lose(_ project: ProjectName, _ failure: Failure?) { state.withLock { $0.lost[project] = failure } }

  func sweep(_ request: SweepRequest) async throws(Failure) -> SweepResult {
    if let failure = state.withLock({ $0.sweepFailure }) { throw failure }
    var result = try await base.sweep(request)
    for (project, failure) in state.withLock({ $0.lost }) { result.repositories[project] = .failure(failure) }
    return result
  }

  func observe(_ project: ProjectName, issue: Int?, pull: Int?) async throws(Failure) -> Observation {
    let number = issue ?? pull ?? 0
    let refuse = state.withLock { state in
      state.looks[number, default: 0] += 1
      return state.refuse
    }
    if let failure = refuse(number) { throw failure }
    return try await base.observe(project, issue: issue, pull: pull)
  }

  func repository(_ project: ProjectName) async throws(Failure) -> RepositoryFacts {
    try await base.repository(project)
  }

  func failureExcerpt(of check: CheckSnapshot, in project: ProjectName) async throws(Failure) -> String {
    try await base.failureExcerpt(of: check, in: project)
  }

  func openPull(headedBy branch: String, in project: ProjectName) async throws(Failure) -> Int? {
    guard !state.withLock({ $0.isSearchBroken }) else { throw Failure(.transient, "no answer") }
    return try await base.openPull(headedBy: branch, in: project)
  }

  func guardFacts(_ project: ProjectName, issue: Int?, pull: Int?) async throws(Failure) -> WriteGuard {
    let failure = state.withLock { $0.guardFailures.isEmpty ? nil : $0.guardFailures.removeFirst() }
    if let failure { throw failure }
    return try await base.guardFacts(project, issue: issue, pull: pull)
  }

  func probe(_ write: ResolvedWrite) async throws(Failure) -> Receipt? { try await base.probe(write) }
  func perform(_ write: ResolvedWrite) async throws(Failure) -> Receipt {
    if let failure = state.withLock({ $0.writeFailure }) { throw failure }
    return try await base.perform(write)
  }
}

extension EngineScene {
  /// The scene with a ``FilteredForge`` between it and GitHub.
  ///
  /// - Parameter everywhere: whether runs and writes go through it too, or only the poller's looks.
  func filtered(everywhere: Bool = false) async -> (scene: EngineScene, forge: FilteredForge) {
    let forge = FilteredForge(await poller.forge)
    var scene = self
    scene.poller = GitHubPoller(
      store: store, forge: forge, settings: settings, health: health, time: time,
      random: RandomSource(seed: 1), log: await poller.log)
    guard everywhere else { return (scene, forge) }
    scene.dispatcher = OutboxDispatcher(
      store: store, forge: forge, workspaces: workspaces, settings: settings, health: health, time: time,
      random: RandomSource(seed: 1), log: await poller.log)
    let old = runner.performer
    let performer = StepPerformer(
      store: store, forge: forge, workspaces: old.workspaces, agents: old.agents, validator: old.validator,
      settings: settings, time: time)
    scene.runner = Runner(
      store: store, performer: performer, settings: settings, time: time, random: runner.random,
      log: runner.log
    )
    return (scene, forge)
  }
}
