/// Bringing a head up to its base, merging, taking an order to merge back.
extension GitHub {
  /// A head that is another one now was updated by us, or is not ours to update any more.
  func findUpdate(_ update: HeadUpdate, for resolved: ResolvedWrite) async throws(Failure) -> Receipt? {
    let pull = try await pull(resolved.number, in: resolved.project)
    return pull.headSHA == update.head.rawValue ? nil : pull.receipt
  }

  func update(_ update: HeadUpdate, for resolved: ResolvedWrite) async throws(Failure) -> Receipt {
    let path = GitHubPath.repository(resolved.project, "pulls", String(resolved.number), "update-branch")
    let body: JSONValue = ["expected_head_sha": .string(update.head.rawValue)]
    let request = GhRequest.rest(.put, path, on: resolved.project.host, for: .write, body: body)
    switch try await channel.attempt(request) {
    case .done: return Receipt()
    case .refused(422, let said, _) where said.lowercased().contains("no new commits"): return Receipt()
    case .refused(422, let said, _): throw Failure(.conflict, "github did not update the head: \(said)")
    case .refused(_, _, let failure): throw failure
    }
  }

  func findMerge(_ order: MergeOrder, for resolved: ResolvedWrite) async throws(Failure) -> Receipt? {
    let state = try await mergeState(of: resolved)
    if state["merged"]?.boolValue == true { return Receipt() }
    switch order.way {
    case .direct: return nil
    case .automatic: return state["autoMergeRequest"]?.objectValue == nil ? nil : Receipt()
    case .queue: return state["isInMergeQueue"]?.boolValue == true ? Receipt() : nil
    }
  }

  func merge(_ order: MergeOrder, for resolved: ResolvedWrite) async throws(Failure) -> Receipt {
    switch order.way {
    case .direct: return try await mergeNow(order, for: resolved)
    case .automatic:
      let state = try await mergeState(of: resolved)
      try await change(
        GitHubMergeQuery.enable, state, on: resolved.project.host,
        ["head": .string(order.head.rawValue), "method": .string(order.method.rawValue.uppercased())])
      return Receipt()
    case .queue:
      let state = try await mergeState(of: resolved)
      try await change(
        GitHubMergeQuery.enqueue, state, on: resolved.project.host, ["head": .string(order.head.rawValue)])
      return Receipt()
    }
  }

  private func mergeNow(_ order: MergeOrder, for resolved: ResolvedWrite) async throws(Failure) -> Receipt {
    let path = GitHubPath.repository(resolved.project, "pulls", String(resolved.number), "merge")
    let body: JSONValue = [
      "sha": .string(order.head.rawValue), "merge_method": .string(order.method.rawValue),
    ]
    let request = GhRequest.rest(.put, path, on: resolved.project.host, for: .write, body: body)
    switch try await channel.attempt(request) {
    case .done(let json):
      guard json["merged"]?.boolValue == true else { throw Self.unexpected("a merge", resolved.project) }
      return Receipt(remoteID: json["sha"]?.stringValue)
    // A rule that is not met, or a base that moved this very moment: decided anew from a newer look.
    case .refused(405, let said, _): throw Failure(.conflict, "github did not merge: \(said)")
    case .refused(_, _, let failure): throw failure
    }
  }

  func findWithdrawal(for resolved: ResolvedWrite) async throws(Failure) -> Receipt? {
    let state = try await mergeState(of: resolved)
    let stands = state["autoMergeRequest"]?.objectValue != nil || state["isInMergeQueue"]?.boolValue == true
    return stands ? nil : Receipt()
  }

  func withdrawMerge(for resolved: ResolvedWrite) async throws(Failure) -> Receipt {
    let state = try await mergeState(of: resolved)
    if state["autoMergeRequest"]?.objectValue != nil {
      try await change(GitHubMergeQuery.disable, state, on: resolved.project.host, [:])
    }
    if state["isInMergeQueue"]?.boolValue == true {
      try await change(GitHubMergeQuery.dequeue, state, on: resolved.project.host, [:])
    }
    return Receipt()
  }

  private func mergeState(of resolved: ResolvedWrite) async throws(Failure) -> JSONValue {
    let variables = Self.variables(resolved.project, issue: nil, pull: resolved.number)
    let data = try await whole(
      .graphql(GitHubMergeQuery.state, variables: variables, on: resolved.project.host, for: .probe))
    guard let pull = data["repository"]?["pullRequest"], pull["id"]?.stringValue != nil else {
      throw Self.unexpected("a pull request", resolved.project)
    }
    return pull
  }

  /// Sends a mutation about a pull request. What GitHub refuses here depends on the moment.
  private func change(
    _ query: String, _ pull: JSONValue, on host: String, _ extra: [String: JSONValue]
  ) async throws(Failure) {
    var variables = extra
    variables["id"] = pull["id"]
    do {
      _ = try await whole(.graphql(query, variables: variables, on: host, for: .write))
    } catch {
      guard error.kind == .permanent else { throw error }
      throw Failure(.conflict, error.message)
    }
  }
}

/// The GraphQL requests behind orders to merge.
enum GitHubMergeQuery {
  /// Variables: `owner`, `name`, `pull`.
  static let state = """
    query MergeState($owner: String!, $name: String!, $pull: Int!) {
      repository(owner: $owner, name: $name) {
        pullRequest(number: $pull) { id merged headRefOid isInMergeQueue autoMergeRequest { enabledAt } }
      }
    }
    """

  /// Variables: `id` of the pull request, `head`, `method`.
  static let enable = """
    mutation EnableAutoMerge($id: ID!, $head: GitObjectID!, $method: PullRequestMergeMethod!) {
      enablePullRequestAutoMerge(input: {pullRequestId: $id, expectedHeadOid: $head, mergeMethod: $method}) {
        pullRequest { id }
      }
    }
    """

  /// Variables: `id` of the pull request.
  static let disable = """
    mutation DisableAutoMerge($id: ID!) {
      disablePullRequestAutoMerge(input: {pullRequestId: $id}) { pullRequest { id } }
    }
    """

  /// Variables: `id` of the pull request, `head`.
  static let enqueue = """
    mutation Enqueue($id: ID!, $head: GitObjectID!) {
      enqueuePullRequest(input: {pullRequestId: $id, expectedHeadOid: $head}) { mergeQueueEntry { id } }
    }
    """

  /// Variables: `id` of the pull request.
  static let dequeue = """
    mutation Dequeue($id: ID!) {
      dequeuePullRequest(input: {id: $id}) { mergeQueueEntry { id } }
    }
    """
}
