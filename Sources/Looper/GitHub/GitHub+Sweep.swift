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
    var results = GitHubSweepDecoder(now: now).repositories(answer, asked: batch)
    for repository in batch {
      guard case .success(var seen)? = results[repository.project], seen.areTriggersTruncated else {
        continue
      }
      try await complete(&seen, of: repository)
      results[repository.project] = .success(seen)
    }
    return results
  }

  /// Reads the further pages of triggers: what is labelled must be found however many are.
  private func complete(
    _ seen: inout SweepResult.Repository, of repository: SweepRequest.Repository
  ) async throws(Failure) {
    var known = Set(seen.triggers.map(\.subject))
    var isWhole = true
    for kind in GitHubTriggerQuery.Kind.allCases {
      let labels = kind == .issues ? repository.issueLabels : repository.pullLabels
      guard !labels.isEmpty else { continue }
      var after: String?
      for _ in 0..<GitHubTriggerQuery.pagesMax {
        let page = try await triggers(kind, labels, after: after, in: repository.project)
        seen.triggers += page.elements.filter { known.insert($0.subject).inserted }
        after = page.next
        if after == nil { break }
      }
      isWhole = isWhole && after == nil
    }
    seen.areTriggersTruncated = !isWhole
  }

  private func triggers(
    _ kind: GitHubTriggerQuery.Kind, _ labels: [String], after: String?, in project: ProjectName
  ) async throws(Failure) -> GitHubPullDecoder.Page<SweepResult.Trigger> {
    var variables = Self.variables(project, issue: nil, pull: nil)
    variables["labels"] = .array(labels.map(JSONValue.string))
    variables["after"] = after.map(JSONValue.string) ?? .null
    let data = try await whole(
      .graphql(GitHubTriggerQuery.text(kind), variables: variables, on: project.host, for: .sweep))
    return GitHubSweepDecoder(now: now).page(of: kind, data["repository"]?[kind.rawValue])
  }

  private static func batches(of repositories: [SweepRequest.Repository]) -> [[SweepRequest.Repository]] {
    stride(from: 0, to: repositories.count, by: GitHubSweepQuery.repositoriesMax).map { start in
      Array(repositories[start..<min(start + GitHubSweepQuery.repositoriesMax, repositories.count)])
    }
  }
}

/// The request for one page of what is labelled in a repository.
enum GitHubTriggerQuery {
  /// Which list.
  enum Kind: String, CaseIterable { case issues, pullRequests }

  /// Pages of a hundred per list and sweep.
  static let pagesMax = 10

  /// Variables: `owner`, `name`, `labels`, `after`.
  static func text(_ kind: Kind) -> String {
    let fragment = kind == .issues ? GitHubSweepQuery.issueFragment : GitHubSweepQuery.pullFragment
    let name = kind == .issues ? "issueState" : "pullState"
    return """
      query MoreTriggers($owner: String!, $name: String!, $labels: [String!], $after: String) {
        repository(owner: $owner, name: $name) {
          \(kind.rawValue)(labels: $labels, states: OPEN, first: 100, after: $after,
            orderBy: {field: CREATED_AT, direction: ASC}) {
            nodes { title ...\(name) } pageInfo { hasNextPage endCursor }
          }
        }
      }
      \(fragment)
      """
  }
}
