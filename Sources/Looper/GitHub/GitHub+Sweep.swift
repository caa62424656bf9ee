extension GitHub {
  func sweep(_ request: SweepRequest) async throws(Failure) -> SweepResult {
    var result = SweepResult(repositories: [:])
    var firstFailure: Failure?
    var hasAnswer = false
    for batch in Self.batches(of: request.repositories) {
      do {
        let part = try await sweep(batch, on: request.host)
        result.repositories.merge(part.repositories) { $1 }
        result.troubles += part.troubles
        hasAnswer = true
      } catch {
        firstFailure = firstFailure ?? error
        for repository in batch { result.repositories[repository.project] = .failure(error) }
      }
    }
    if let firstFailure, !hasAnswer { throw firstFailure }
    return result
  }

  /// What a further page or the search is refused for costs what is on it, not what was read.
  private func sweep(
    _ batch: [SweepRequest.Repository], on host: String
  ) async throws(Failure) -> SweepResult {
    let (answer, searchFailure) = try await firstPages(of: batch, on: host)
    var result = SweepResult(repositories: GitHubSweepDecoder(now: now).repositories(answer, asked: batch))
    result.troubles += [searchFailure].compactMap(\.self)
    do throws(Failure) {
      try await completeReviews(&result.repositories, of: batch, on: host, after: answer.data["reviews"])
    } catch {
      result.troubles.append(error)
    }
    for (index, repository) in batch.enumerated() {
      guard case .success(var seen)? = result.repositories[repository.project] else { continue }
      do throws(Failure) {
        if seen.areTriggersTruncated { try await complete(&seen, of: repository) }
        if repository.readsWholeAutoLists {
          let data = answer.data[GitHubSweepQuery.alias(repository: index)]
          for list in GitHubSweepDecoder.longLists(of: repository, in: data) {
            try await complete(list, &seen, of: repository)
          }
        }
      } catch {
        seen.areTriggersTruncated = true
        result.troubles.append(Failure(error.kind, "\(repository.project): \(error.message)"))
      }
      memory.remember(name: seen.name, of: repository.project)
      result.repositories[repository.project] = .success(seen)
    }
    return result
  }

  /// The sweep's answer, and why the search is not in it.
  ///
  /// GitHub's search may not be null: when it fails, all the rest is missing as well and is asked for once more.
  private func firstPages(
    of batch: [SweepRequest.Repository], on host: String
  ) async throws(Failure) -> (GraphQLAnswer, searchFailure: Failure?) {
    let answer = try await channel.answer(.graphql(GitHubSweepQuery.text(for: batch), on: host, for: .sweep))
    guard answer.data.isNull, let error = answer.errors.first,
      answer.errors.allSatisfy({ $0.path.first == "reviews" })
    else { return (try channel.sound(answer), nil) }
    let text = GitHubSweepQuery.text(for: batch, searchesReviews: false)
    return (
      try await channel.graphql(.graphql(text, on: host, for: .sweep)),
      GitHubFailure.classify(graphQL: error, now: now)
    )
  }

  /// Reads the search for review requests to its end: it is over everything the login can see, also what nobody asked
  /// about here.
  private func completeReviews(
    _ results: inout [ProjectName: Result<SweepResult.Repository, Failure>],
    of batch: [SweepRequest.Repository],
    on host: String, after first: JSONValue?
  ) async throws(Failure) {
    var after = GitHubPullDecoder.nextCursor(first)
    for _ in 0..<GitHubSweepQuery.reviewPagesMax {
      guard let cursor = after else { return }
      // As on the first page: what of it may not be read is left out.
      let data = try await channel.graphql(
        .graphql(
          GitHubSweepQuery.moreReviewRequests, variables: ["after": .string(cursor)], on: host, for: .sweep)
      ).data
      for repository in batch {
        guard case .success(var seen)? = results[repository.project] else { continue }
        let known = Set(seen.triggers.map(\.subject))
        seen.triggers += GitHubSweepDecoder(now: now).reviewRequests(
          in: data["reviews"], for: seen.name
        ).filter { !known.contains($0.subject) }
        results[repository.project] = .success(seen)
      }
      after = GitHubPullDecoder.nextCursor(data["reviews"])
    }
  }

  /// Reads a rule's list from its second page on.
  private func complete(
    _ list: AutoList, _ seen: inout SweepResult.Repository, of repository: SweepRequest.Repository
  ) async throws(Failure) {
    var known = Set(seen.triggers.map(\.subject))
    var after: String?
    for _ in 0..<GitHubTriggerQuery.pagesMax {
      var variables = Self.variables(repository.project, issue: nil, pull: nil)
      variables["after"] = after.map(JSONValue.string) ?? .null
      let data = try await page(
        .graphql(
          GitHubTriggerQuery.text(list), variables: variables, on: repository.project.host, for: .sweep))
      let page = GitHubSweepDecoder(now: now).page(of: .issues, data["repository"]?["issues"])
      for var trigger in page.elements where known.insert(trigger.subject).inserted {
        trigger.isAuto = true
        seen.triggers.append(trigger)
      }
      after = page.next
      if after == nil { return }
    }
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
    let data = try await page(
      .graphql(GitHubTriggerQuery.text(kind), variables: variables, on: project.host, for: .sweep))
    return GitHubSweepDecoder(now: now).page(of: kind, data["repository"]?[kind.rawValue])
  }

  /// One further page, which as the first one may hide checks.
  private func page(_ request: GhRequest) async throws(Failure) -> JSONValue {
    let answer = try await channel.graphql(request)
    if let error = answer.errors.first(where: { !$0.hidesOnlyChecks }) {
      throw GitHubFailure.classify(graphQL: error, now: now)
    }
    return answer.data
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

  /// A page of what rules ask for. Variables: `owner`, `name`, `after`.
  static func text(_ list: AutoList) -> String {
    """
    query MoreAuto($owner: String!, $name: String!, $after: String) {
      repository(owner: $owner, name: $name) {
        issues(filterBy: {\(list.filter)}, first: 100, after: $after,
          orderBy: {field: UPDATED_AT, direction: DESC}) {
          nodes { title ...issueState } pageInfo { hasNextPage endCursor }
        }
      }
    }
    \(GitHubSweepQuery.issueFragment)
    """
  }

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
