extension GitHub {
  func sweep(_ request: SweepRequest) async throws(Failure) -> SweepResult {
    var result = SweepResult(repositories: [:])
    var firstFailure: Failure?
    var hasAnswer = false
    for batch in Self.batches(of: request.repositories) {
      do {
        result.repositories.merge(try await sweep(batch, on: request.host)) { $1 }
        hasAnswer = true
      } catch {
        firstFailure = firstFailure ?? error
        for repository in batch { result.repositories[repository.project] = .failure(error) }
      }
    }
    if let firstFailure, !hasAnswer { throw firstFailure }
    return result
  }

  private func sweep(
    _ batch: [SweepRequest.Repository], on host: String
  ) async throws(Failure) -> [ProjectName: Result<SweepResult.Repository, Failure>] {
    let answer = try await channel.graphql(.graphql(GitHubSweepQuery.text(for: batch), on: host, for: .sweep))
    return GitHubSweepDecoder(now: now).repositories(answer, asked: batch)
  }

  private static func batches(of repositories: [SweepRequest.Repository]) -> [[SweepRequest.Repository]] {
    stride(from: 0, to: repositories.count, by: GitHubSweepQuery.repositoriesMax).map { start in
      Array(repositories[start..<min(start + GitHubSweepQuery.repositoriesMax, repositories.count)])
    }
  }
}
