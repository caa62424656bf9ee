extension GitHub {
  /// The own reply with this write's marker among the newest hundred comments of the thread.
  func findReply(in thread: String, for resolved: ResolvedWrite) async throws(Failure) -> Receipt? {
    let viewer = try await viewer(on: resolved.project.host)
    let node = try await self.thread(thread, on: resolved.project.host)
    let comments = (node["comments"]?["nodes"]?.arrayValue ?? []).compactMap(GitHubComment.init)
    let found = comments.last { comment in
      WriteMarker.key(in: comment.body, by: comment.author, viewer: viewer) == resolved.key
    }
    return found?.receipt
  }

  func findResolution(of thread: String, on host: String) async throws(Failure) -> Receipt? {
    try await self.thread(thread, on: host)["isResolved"]?.boolValue == true ? Receipt(remoteID: thread) : nil
  }

  func reply(_ body: String, to thread: String, for resolved: ResolvedWrite) async throws(Failure) -> Receipt
  {
    let text = WriteMarker(key: resolved.key).appended(to: body)
    let data = try await onThread(
      .graphql(
        GitHubProbeQuery.reply, variables: ["id": .string(thread), "body": .string(text)],
        on: resolved.project.host, for: .write))
    let url = data["addPullRequestReviewThreadReply"]?["comment"]?["url"]?.stringValue
    guard let url else { throw Self.unexpected("a reply", resolved.project) }
    return Receipt(remoteID: GitHubDecoder.id(fromURL: url).map(String.init), url: url)
  }

  /// - Throws: `conflict` when somebody else wrote into the thread since it was read.
  func resolve(_ thread: String, given evidence: ThreadEvidence?, on host: String) async throws(Failure)
    -> Receipt
  {
    if let evidence { try await confirm(evidence, of: thread, on: host) }
    let data = try await onThread(
      .graphql(GitHubProbeQuery.resolve, variables: ["id": .string(thread)], on: host, for: .write))
    guard data["resolveReviewThread"]?["thread"]?["isResolved"]?.boolValue == true else {
      throw Failure(.transient, "github took the resolution of thread \(thread) but does not show it")
    }
    return Receipt(remoteID: thread)
  }

  private func confirm(_ evidence: ThreadEvidence, of thread: String, on host: String) async throws(Failure) {
    let viewer = try await viewer(on: host)
    let node = try await self.thread(thread, on: host)
    let news = (node["comments"]?["nodes"]?.arrayValue ?? []).compactMap(GitHubComment.init).contains {
      comment in
      comment.id > evidence.lastCommentID ?? 0
        && WriteMarker.key(in: comment.body, by: comment.author, viewer: viewer) == nil
    }
    guard !news else {
      throw Failure(.conflict, "somebody wrote into the thread since it was read, so it stays open")
    }
  }

  private func thread(_ id: String, on host: String) async throws(Failure) -> JSONValue {
    let data = try await onThread(
      .graphql(GitHubProbeQuery.thread, variables: ["id": .string(id)], on: host, for: .probe))
    guard let node = data["node"], node["isResolved"] != nil else {
      throw Self.gone
    }
    return node
  }

  /// - Throws: `conflict` when the thread is not there any more: it goes with its first comment.
  private func onThread(_ request: GhRequest) async throws(Failure) -> JSONValue {
    let answer = try await channel.graphql(request)
    if answer.errors.contains(where: \.isNotFound) { throw Self.gone }
    if let error = answer.errors.first { throw GitHubFailure.classify(graphQL: error, now: now) }
    return answer.data
  }

  private static let gone = Failure(.conflict, "the review thread is not there any more")
}
