extension GitHub {
  private static let reviewPagesMax = 3

  /// The own review with this write's marker on that head.
  func findReview(_ review: ReviewSubmission, for resolved: ResolvedWrite) async throws(Failure) -> Receipt? {
    let viewer = try await viewer(on: resolved.project.host)
    var variables = Self.variables(resolved.project, issue: nil, pull: resolved.number)
    for _ in 0..<Self.reviewPagesMax {
      let data = try await whole(
        .graphql(
          GitHubProbeQuery.newestReviews, variables: variables, on: resolved.project.host, for: .probe))
      guard let reviews = data["repository"]?["pullRequest"]?["reviews"] else {
        throw Self.unexpected("a list of reviews", resolved.project)
      }
      let found = (reviews["nodes"]?.arrayValue ?? []).first { node in
        guard let comment = GitHubComment(node) else { return false }
        return node["commit"]?["oid"]?.stringValue == review.head.rawValue
          && WriteMarker.key(in: comment.body, by: comment.author, viewer: viewer) == resolved.key
      }
      if let found { return GitHubComment(found)?.receipt }
      guard reviews["pageInfo"]?["hasPreviousPage"]?.boolValue == true else { return nil }
      variables["before"] = reviews["pageInfo"]?["startCursor"]
    }
    return nil
  }

  func submit(_ review: ReviewSubmission, for resolved: ResolvedWrite) async throws(Failure) -> Receipt {
    let viewer = try await viewer(on: resolved.project.host)
    let author = try await pull(resolved.number, in: resolved.project).author
    let form = GitHubReviewForm(
      review: review, key: resolved.key, isOwnPull: author.lowercased() == viewer.lowercased())
    switch try await post(form, for: resolved) {
    case .done(let json): return Self.reviewReceipt(json)
    case .refused(422, let said, _) where form.isWorthFolding(afterHearing: said):
      switch try await post(form.folded, for: resolved) {
      case .done(let json): return Self.reviewReceipt(json)
      case .refused(_, _, let failure): throw failure
      }
    case .refused(_, _, let failure): throw failure
    }
  }

  private func post(_ form: GitHubReviewForm, for resolved: ResolvedWrite) async throws(Failure)
    -> GitHubOutcome
  {
    let path = GitHubPath.repository(resolved.project, "pulls", String(resolved.number), "reviews")
    return try await channel.attempt(
      .rest(.post, path, on: resolved.project.host, for: .write, body: form.json))
  }

  private static func reviewReceipt(_ json: JSONValue) -> Receipt {
    Receipt(remoteID: json["id"]?.integerValue.map(String.init), url: json["html_url"]?.stringValue)
  }
}

/// A review as it is sent; pure.
struct GitHubReviewForm: Equatable, Sendable {
  /// What GitHub is told to do with it.
  enum Event: String, Sendable {
    case approve = "APPROVE", requestChanges = "REQUEST_CHANGES", comment = "COMMENT"
  }

  var head: CommitSHA
  var event: Event
  /// Without the marker.
  var body: String
  var comments: [ReviewSubmission.Comment]
  var key: String

  /// - Parameter isOwnPull: GitHub refuses approving or rejecting one's own pull request, so it is not tried.
  init(review: ReviewSubmission, key: String, isOwnPull: Bool) {
    head = review.head
    body = review.body
    comments = review.comments
    self.key = key
    event =
      switch review.verdict {
      case .clean where !isOwnPull: .approve
      case .changes where !isOwnPull: .requestChanges
      case .clean, .changes, .human: .comment
      }
  }

  /// Whether GitHub refused the places of the comments, all of which it does when it refuses one.
  func isWorthFolding(afterHearing said: String) -> Bool {
    !comments.isEmpty && !said.lowercased().contains("own pull request")
  }

  /// The same review with its comments in the body, each under its location.
  var folded: Self {
    var form = self
    form.comments = []
    form.body = comments.reduce(body) { text, comment in
      let lines = comment.startLine.map { "\($0)–\(comment.line)" } ?? "\(comment.line)"
      let side = comment.side == .left ? " (before the change)" : ""
      return "\(text)\n\n**`\(comment.path)`, line \(lines)\(side)**\n\n\(comment.body)"
    }
    return form
  }

  var json: JSONValue {
    [
      "commit_id": .string(head.rawValue), "event": .string(event.rawValue),
      "body": .string(WriteMarker(key: key).appended(to: body)),
      "comments": .array(comments.enumerated().map { index, comment in json(of: comment, at: index) }),
    ]
  }

  /// Each comment has the review's key with its place, so that its thread is known as ours.
  private func json(of comment: ReviewSubmission.Comment, at index: Int) -> JSONValue {
    var members: [String: JSONValue] = [
      "path": .string(comment.path), "line": .integer(Int64(comment.line)),
      "side": .string(comment.side.rawValue),
      "body": .string(WriteMarker(key: "\(key)#\(index)").appended(to: comment.body)),
    ]
    if let start = comment.startLine, start < comment.line {
      members["start_line"] = .integer(Int64(start))
      members["start_side"] = .string(comment.side.rawValue)
    }
    return .object(members)
  }
}
