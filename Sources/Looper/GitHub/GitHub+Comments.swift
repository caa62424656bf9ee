/// A comment as a probe reads it.
struct GitHubComment: Equatable, Sendable {
  var id: Int64
  var url: String
  var body: String
  var author: String

  /// Reads GraphQL's form.
  init?(_ json: JSONValue) {
    guard let url = json["url"]?.stringValue, let id = GitHubDecoder.id(fromURL: url) else { return nil }
    self.id = id
    self.url = url
    body = json["body"]?.stringValue ?? ""
    author = GitHubDecoder.author(json["author"]).login
  }

  var receipt: Receipt { Receipt(remoteID: String(id), url: url) }
}

extension GitHub {
  /// Pages of a hundred that a search for an own comment reads, the newest first.
  static let commentPagesMax = 3

  /// The newest own comment with that marker on the write's target.
  func findComment(markedWith key: String, for resolved: ResolvedWrite) async throws(Failure)
    -> GitHubComment?
  {
    let viewer = try await viewer(on: resolved.project.host)
    let isWanted = { (comment: GitHubComment) in
      WriteMarker.key(in: comment.body, by: comment.author, viewer: viewer) == key
    }
    var before: JSONValue = .null
    for _ in 0..<Self.commentPagesMax {
      let comments = try await comments(GitHubProbeQuery.newestComments, ["before": before], of: resolved)
      let page = (comments["nodes"]?.arrayValue ?? []).compactMap(GitHubComment.init)
      if let found = page.last(where: isWanted) { return found }
      guard comments["pageInfo"]?["hasPreviousPage"]?.boolValue == true else { return nil }
      before = comments["pageInfo"]?["startCursor"] ?? .null
    }
    // The status comment is made early in an issue's life and may lie before all of these.
    let oldest = try await comments(GitHubProbeQuery.oldestComments, [:], of: resolved)
    return (oldest["nodes"]?.arrayValue ?? []).compactMap(GitHubComment.init).last(where: isWanted)
  }

  func post(_ text: String, for resolved: ResolvedWrite) async throws(Failure) -> Receipt {
    let path = GitHubPath.repository(resolved.project, "issues", String(resolved.number), "comments")
    return Self.commentReceipt(try await write(.post, path, ["body": .string(text)], to: resolved.project))
  }

  func upsertStatusComment(_ body: String, for resolved: ResolvedWrite) async throws(Failure) -> Receipt {
    let text = WriteMarker(key: WriteMarker.statusCommentKey).appended(to: body)
    if let id = resolved.remoteID, let receipt = try await replaceComment(id, by: text, for: resolved) {
      return receipt
    }
    guard let found = try await findComment(markedWith: WriteMarker.statusCommentKey, for: resolved) else {
      return try await post(text, for: resolved)
    }
    guard WriteMarker.stripped(found.body) != WriteMarker.stripped(body) else { return found.receipt }
    if let receipt = try await replaceComment(String(found.id), by: text, for: resolved) { return receipt }
    return try await post(text, for: resolved)
  }

  /// - Returns: nil when there is no such comment any more, or it is another login's.
  private func replaceComment(_ id: String, by text: String, for resolved: ResolvedWrite)
    async throws(Failure)
    -> Receipt?
  {
    let path = GitHubPath.repository(resolved.project, "issues", "comments", id)
    let request = GhRequest.rest(
      .patch, path, on: resolved.project.host, for: .write, body: ["body": .string(text)])
    switch try await channel.attempt(request) {
    case .done(let json): return Self.commentReceipt(json)
    case .refused(403, _, _), .refused(404, _, _): return nil
    case .refused(_, _, let failure): throw failure
    }
  }

  private func comments(
    _ query: String, _ extra: [String: JSONValue], of resolved: ResolvedWrite
  ) async throws(Failure) -> JSONValue {
    var variables = Self.variables(resolved.project, issue: nil, pull: nil)
    variables["number"] = .integer(Int64(resolved.number))
    variables.merge(extra) { $1 }
    let data = try await whole(
      .graphql(query, variables: variables, on: resolved.project.host, for: .probe))
    guard let comments = data["repository"]?["issueOrPullRequest"]?["comments"] else {
      throw Self.unexpected("a list of comments", resolved.project)
    }
    return comments
  }

  private static func commentReceipt(_ json: JSONValue) -> Receipt {
    Receipt(remoteID: json["id"]?.integerValue.map(String.init), url: json["html_url"]?.stringValue)
  }
}
