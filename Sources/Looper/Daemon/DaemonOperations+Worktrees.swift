/// The worktrees on disk, and who takes them away.
struct WorktreeKeeper: Sendable {
  /// Every directory where worktrees lie.
  let list: @Sendable () async throws(Failure) -> [GitWorktreeRecord]
  /// Removes the worktree of an ended loop, rescuing what only it holds; answers the rescue ref.
  let remove: @Sendable (_ loop: Loop) async throws -> String?
  /// What a person left in a loop's worktree, compared with the remote as it is now or was seen last; nil when there is
  /// no worktree.
  var left: @Sendable (_ loop: Loop, _ isFetching: Bool) async throws -> LeftWork? = { _, _ in nil }
  /// Keeps it; answers the rescue ref.
  var keep: @Sendable (_ loop: Loop) async throws -> String? = { _ in nil }

  /// - Parameter reaper: whose rules of removal hold.
  init(workspaces: GitWorkspaces, reaper: Reaper, store: Store, time: any TimeSource) {
    list = { () async throws(Failure) in try await workspaces.worktrees() }
    remove = { try await reaper.remove($0, at: time.now) }
    left = { loop, isFetching in
      guard let facts = try await store.project(loop.projectID)?.facts else { return nil }
      return try await workspaces.left(
        by: loop.id, in: RemoteRepository(name: loop.project, cloneURL: facts.cloneURL),
        isFetching: isFetching)
    }
    keep = { loop in
      guard let facts = try await store.project(loop.projectID)?.facts else { return nil }
      return try await workspaces.keep(
        by: loop.id, in: RemoteRepository(name: loop.project, cloneURL: facts.cloneURL))
    }
  }

  init(
    list: @escaping @Sendable () async throws(Failure) -> [GitWorktreeRecord],
    remove: @escaping @Sendable (_ loop: Loop) async throws -> String?
  ) {
    self.list = list
    self.remove = remove
  }
}

extension DaemonOperations {
  func worktrees(_ page: PageRequest) async throws(LooperError) -> PageView<WorktreeView> {
    try await answering {
      let slice = try PageCursor.page(try await worktreeViews(), page, in: .worktrees) { $0.path }
      return PageView(items: slice.items, nextCursor: slice.nextCursor)
    }
  }

  func cleanUpWorktrees(
    _ request: WorktreeCleanupRequest
  ) async throws(LooperError) -> WorktreeCleanupView {
    try await answering {
      var result = WorktreeCleanupView(isDryRun: request.isDryRun, removed: [], kept: [])
      let removable = Set(try await store.worktreesToRemove().map(\.id))
      for view in try await worktreeViews() {
        let id = view.loop.flatMap { Loop.ID(handle: $0) }
        guard view.state == .removable, let id, removable.contains(id) else {
          result.kept.append(view)
          continue
        }
        var removal = WorktreeRemovalView(path: view.path, loop: id.handle, rescueRef: nil)
        if !request.isDryRun {
          do {
            removal.rescueRef = try await worktreeKeeper.remove(try await knownLoop(id))
          } catch let failure as Failure {
            var kept = view
            kept.state = .kept
            kept.reason = failure.message
            result.kept.append(kept)
            continue
          }
        }
        result.removed.append(removal)
      }
      return result
    }
  }

  /// What lies on disk, judged by what the database knows; by path.
  private func worktreeViews() async throws -> [WorktreeView] {
    let records = try await worktreeKeeper.list().sorted { $0.path < $1.path }
    let loops = try await store.loops(records.compactMap(\.loopID))
    let takenOver = try await store.takenOverLoops()
    return records.map { record in
      let loop = record.loopID.flatMap { loops[$0] }
      let (state, reason) = Self.judged(
        record, loop: loop, isTakenOver: loop.map { takenOver.contains($0.id) } ?? false)
      return WorktreeView(
        path: record.path, loop: record.loopID?.handle, project: record.project?.display,
        head: record.head?.rawValue, isDirty: record.isDirty, state: state, reason: reason)
    }
  }

  private static func judged(
    _ record: GitWorktreeRecord, loop: Loop?, isTakenOver: Bool
  ) -> (WorktreeView.State, String) {
    guard let id = record.loopID else { return (.kept, record.reasonKept ?? "it has no record of ours") }
    guard let loop, loop.project == record.project else {
      return (.kept, "this database knows no loop \(id.handle) of that project; move it away by hand")
    }
    guard case .done(let outcome) = loop.state else {
      return (
        .live, "\(id.handle) is \(loop.state.code)" + (record.isDirty ? ", with uncommitted changes" : "")
      )
    }
    if isTakenOver {
      let handback = "looper handback \(id.handle)"
      return (
        .kept, "\(id.handle) has ended (\(outcome.rawValue)) in a person's hands; give it back: \(handback)"
      )
    }
    let rescue = record.reasonKept.map { "; \($0), which is rescued first" } ?? ""
    return (.removable, "\(id.handle) has ended (\(outcome.rawValue))\(rescue)")
  }
}

extension LeftWork {
  var view: LeftWorkView {
    LeftWorkView(
      head: head?.rawValue, start: start?.rawValue, commits: commits, changedFiles: changedFiles,
      rescueRef: rescueRef)
  }

  /// One line for the event log.
  var sentence: String {
    let moved =
      head == start
      ? "HEAD did not move" : "HEAD moved from \(start?.short ?? "nothing") to \(head?.short ?? "nothing")"
    return isPublished
      ? "\(moved), everything is pushed"
      : "\(moved), \(counts) not pushed\(rescueRef.map { ", kept on \($0)" } ?? "")"
  }

  private var counts: String {
    [StageLines.count(commits.count, "commit"), StageLines.count(changedFiles.count, "changed file")]
      .joined(separator: " and ")
  }

  func refusal(of loop: Loop) -> String {
    let handle = loop.id.handle
    let push = loop.branch.map { "push them (git push origin HEAD:\($0))" } ?? "push them"
    return
      "the worktree of \(handle) holds \(counts) not pushed; \(push), throw them away, or run: looper handback \(handle) --keep"
  }
}
