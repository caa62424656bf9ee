extension GitHub {
  func probe(_ write: ResolvedWrite) async throws(Failure) -> Receipt? {
    var receipt = try await find(write)
    receipt?.wasFound = true
    return receipt
  }

  private func find(_ resolved: ResolvedWrite) async throws(Failure) -> Receipt? {
    switch resolved.write {
    case .pushBranch: throw Self.notOurs
    case .openPullRequest(let request):
      return try await openPullRequest(headedBy: request.head, in: resolved.project, for: .probe)?.receipt
    case .updatePullRequest(_, let title, let body):
      return try await probeUpdate(resolved, title: title, body: body)
    case .addLabel(_, let label):
      return try await labels(of: resolved).contains(label.lowercased()) ? Receipt() : nil
    case .removeLabel(_, let label):
      return try await labels(of: resolved).contains(label.lowercased()) ? nil : Receipt()
    case .submitReview(_, let review): return try await findReview(review, for: resolved)
    case .setCommitStatus(let status): return try await findStatus(status, in: resolved.project)
    case .replyToThread(_, let thread, _): return try await findReply(in: thread, for: resolved)
    case .resolveThread(let thread, _): return try await findResolution(of: thread, on: resolved.project.host)
    case .rerunCheck(let rerun): return try await findRerun(rerun, in: resolved.project)
    case .updateHead(_, let update): return try await findUpdate(update, for: resolved)
    case .merge(_, let order): return try await findMerge(order, for: resolved)
    case .withdrawMerge: return try await findWithdrawal(for: resolved)
    case .comment: return try await findComment(markedWith: resolved.key, for: resolved)?.receipt
    case .statusComment(_, let body):
      let found = try await findComment(markedWith: WriteMarker.statusCommentKey, for: resolved)
      return found.flatMap { WriteMarker.stripped($0.body) == WriteMarker.stripped(body) ? $0.receipt : nil }
    }
  }

  func perform(_ resolved: ResolvedWrite) async throws(Failure) -> Receipt {
    switch resolved.write {
    case .pushBranch: throw Self.notOurs
    case .openPullRequest(let request): return try await open(request, for: resolved)
    case .updatePullRequest(_, let title, let body):
      return try await update(resolved, title: title, body: body)
    case .addLabel(_, let label): return try await addLabel(label, to: resolved)
    case .removeLabel(_, let label): return try await removeLabel(label, from: resolved)
    case .submitReview(_, let review): return try await submit(review, for: resolved)
    case .setCommitStatus(let status): return try await set(status, in: resolved.project)
    case .replyToThread(_, let thread, let body): return try await reply(body, to: thread, for: resolved)
    case .resolveThread(let thread, let evidence):
      return try await resolve(thread, given: evidence, on: resolved.project.host)
    case .rerunCheck(let rerun): return try await self.rerun(rerun, in: resolved.project)
    case .updateHead(_, let update): return try await self.update(update, for: resolved)
    case .merge(_, let order): return try await merge(order, for: resolved)
    case .withdrawMerge: return try await withdrawMerge(for: resolved)
    case .comment(_, let body):
      return try await post(WriteMarker(key: resolved.key).appended(to: body), for: resolved)
    case .statusComment(_, let body): return try await upsertStatusComment(body, for: resolved)
    }
  }

  private static let notOurs = Failure(.bug, "a push was given to the github adapter; it is git's")

  /// Sends one REST write.
  func write(
    _ method: GhRequest.Method, _ path: String, _ body: JSONValue?, to project: ProjectName
  ) async throws(Failure) -> JSONValue {
    try await channel.rest(.rest(method, path, on: project.host, for: .write, body: body))
  }

  /// Reads what a probe needs.
  func look(_ path: String, in project: ProjectName) async throws(Failure) -> JSONValue {
    try await channel.rest(.rest(.get, path, on: project.host, for: .probe))
  }

  /// A GraphQL request that has no partly good answer.
  func whole(_ request: GhRequest) async throws(Failure) -> JSONValue {
    let answer = try await channel.graphql(request)
    if let error = answer.errors.first { throw GitHubFailure.classify(graphQL: error, now: now) }
    return answer.data
  }
}
