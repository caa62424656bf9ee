/// Trial merges, as the engine needs them; nothing that anybody sees is changed. The production implementation is
/// ``GitWorkspaces``.
protocol MergeSizes: Sendable {
  /// Merges the base's tip, fetched now, and the head of a pull request where nobody sees it.
  ///
  /// - Throws: `conflict` when the remote has another head; `transient` for network trouble.
  func mergeSize(of head: CommitSHA, pull: Int, base: String, in project: RemoteRepository)
    async throws(Failure)
    -> MergeSize
}
