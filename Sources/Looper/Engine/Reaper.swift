import Logging

/// Collects what is left over: worktrees of ended loops, live runs that nobody drives.
actor Reaper {
  static let cadence: Duration = .seconds(60)

  private let store: Store
  private let workspaces: any Workspaces
  private let pool: RunnerPool
  private let time: any TimeSource
  private let log: Logger
  /// Removals that failed are not tried again before this.
  private var retryAt: [Loop.ID: Timestamp] = [:]

  init(store: Store, workspaces: any Workspaces, pool: RunnerPool, time: any TimeSource, log: Logger) {
    self.store = store
    self.workspaces = workspaces
    self.pool = pool
    self.time = time
    self.log = log
  }

  func run() async {
    await drive(on: [store.changes(in: ["worktree"])], every: Self.cadence, time: time) {
      await self.tickLogged()
    }
  }

  private func tickLogged() async {
    do {
      try await tick(at: time.now)
    } catch {
      if !Task.isCancelled { log.error("reaper tick failed", metadata: ["error": "\(error)"]) }
    }
  }

  func tick(at now: Timestamp) async throws {
    for run in try await store.liveRuns() where await !pool.isDriving(run.id) { await pool.submit(run.id) }
    for loop in try await store.worktreesToRemove() {
      if let again = retryAt[loop.id], now < again { continue }
      await removeLogged(loop, at: now)
    }
  }

  private func removeLogged(_ loop: Loop, at now: Timestamp) async {
    do {
      _ = try await remove(loop, at: now)
    } catch {
      log.warning("a worktree was kept", metadata: ["loop": "\(loop.id)", "error": "\(error)"])
    }
  }

  /// Removes the worktree of an ended loop; what only it holds is rescued first.
  ///
  /// - Returns: the rescue ref, when one was needed.
  func remove(_ loop: Loop, at now: Timestamp) async throws -> String? {
    do {
      guard let facts = try await store.project(loop.projectID)?.facts else {
        throw Failure(.transient, "GitHub has not told yet where \(loop.project) is cloned from; it is kept")
      }
      let repository = RemoteRepository(name: loop.project, cloneURL: facts.cloneURL)
      let rescueRef = try await workspaces.remove(loop.id, in: repository)
      try await store.confirmRemoval(of: loop.id, rescueRef: rescueRef, at: now)
      retryAt[loop.id] = nil
      return rescueRef
    } catch {
      retryAt[loop.id] = now + Self.cadence
      throw error
    }
  }
}
