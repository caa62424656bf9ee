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
    let state = try await standing(of: resolved)
    return state.isAutomatic || state.isQueued ? nil : Receipt()
  }

  func withdrawMerge(for resolved: ResolvedWrite) async throws(Failure) -> Receipt {
    let state = try await standing(of: resolved)
    if state.isAutomatic {
      try await change(GitHubMergeQuery.disable, state.pull, on: resolved.project.host, [:])
    }
    if state.isQueued {
      try await change(GitHubMergeQuery.dequeue, state.pull, on: resolved.project.host, [:])
    }
    return Receipt()
  }

  /// Which orders of ours stand. What a person ordered stays.
  private func standing(
    of resolved: ResolvedWrite
  ) async throws(Failure) -> (pull: JSONValue, isAutomatic: Bool, isQueued: Bool) {
    let data = try await mergeData(of: resolved)
    let pull = try mergeState(in: data, of: resolved)
    let viewer = data["viewer"]?["login"]?.stringValue?.lowercased()
    func isOurs(_ actor: JSONValue?) -> Bool { GitHubDecoder.author(actor).login.lowercased() == viewer }
    let entry = pull["mergeQueueEntry"]
    return (
      pull, isOurs(pull["autoMergeRequest"]?["enabledBy"]),
      pull["isInMergeQueue"]?.boolValue == true && isOurs(entry?["enqueuer"])
    )
  }

  private func mergeState(of resolved: ResolvedWrite) async throws(Failure) -> JSONValue {
    try mergeState(in: try await mergeData(of: resolved), of: resolved)
  }

  private func mergeData(of resolved: ResolvedWrite) async throws(Failure) -> JSONValue {
    let variables = Self.variables(resolved.project, issue: nil, pull: resolved.number)
    return try await whole(
      .graphql(GitHubMergeQuery.state, variables: variables, on: resolved.project.host, for: .probe))
  }

  private func mergeState(in data: JSONValue, of resolved: ResolvedWrite) throws(Failure) -> JSONValue {
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
      viewer { login }
      repository(owner: $owner, name: $name) {
        pullRequest(number: $pull) {
          id merged headRefOid isInMergeQueue
          autoMergeRequest { enabledBy { __typename login } }
          mergeQueueEntry { enqueuer { __typename login } }
        }
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
