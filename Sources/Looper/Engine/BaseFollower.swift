import Logging

/// Tries the merge of every open loop's pull request with its base whenever one of the two moved, so that a conflict
/// is known, with its files, before an agent is paid.
actor BaseFollower {
  static let cadence: Duration = .seconds(30)
  /// A merge that could not be tried is not tried again before this.
  static let retry: Duration = .seconds(60)

  private let store: Store
  private let sizes: any MergeSizes
  private let time: any TimeSource
  private let log: Logger
  private var retryAt: [Loop.ID: Timestamp] = [:]

  init(store: Store, sizes: any MergeSizes, time: any TimeSource, log: Logger) {
    self.store = store
    self.sizes = sizes
    self.time = time
    self.log = log
  }

  func run() async {
    await drive(on: [store.changes(in: ["observation"])], every: Self.cadence, time: time) {
      await self.tickLogged()
    }
  }

  private func tickLogged() async {
    do {
      try await tick(at: time.now)
    } catch {
      if !Task.isCancelled { log.error("base follower tick failed", metadata: ["error": "\(error)"]) }
    }
  }

  /// Sizes what moved since it was sized last. Writes nothing when nothing did.
  func tick(at now: Timestamp) async throws {
    let pending = try await store.mergesToSize()
    retryAt = retryAt.filter { entry in pending.contains { $0.loopID == entry.key } }
    for pair in pending {
      if Task.isCancelled { return }
      if let again = retryAt[pair.loopID], now < again { continue }
      try await size(pair, at: now)
    }
  }

  private func size(_ pair: MergePair, at now: Timestamp) async throws {
    guard let project = try await store.project(pair.projectID), let facts = project.facts else { return }
    let remote = RemoteRepository(name: project.name, cloneURL: facts.cloneURL)
    let size: MergeSize
    do throws(Failure) {
      size = try await sizes.mergeSize(of: pair.head, pull: pair.pull, base: pair.baseBranch, in: remote)
    } catch {
      retryAt[pair.loopID] = now + Self.retry
      log.info(
        "a merge could not be tried",
        metadata: ["loop": "\(pair.loopID)", "failure": "\(error.message)"])
      return
    }
    try await store.recordMergeSize(size, of: pair, at: now)
  }
}
