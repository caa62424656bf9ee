/// Calls about what went wrong, what was consumed and what lies around.
extension LooperClient {
  func failures(limit: Int) async throws(LooperError) -> PageView<FailureView> {
    try await list("/failures", limit: limit)
  }

  func usage(by grouping: UsageGrouping, days: Int?) async throws(LooperError) -> UsageView {
    try await call(
      .get, "/usage", query: ["by": grouping.rawValue, "days": days.map { String($0) }])
  }

  func worktrees() async throws(LooperError) -> PageView<WorktreeView> { try await list("/worktrees") }

  func cleanUpWorktrees(isDryRun: Bool) async throws(LooperError) -> WorktreeCleanupView {
    try await call(
      .post, "/worktrees/cleanup", body: WorktreeCleanupRequest(isDryRun: isDryRun),
      patience: Self.deedTimeout)
  }
}
