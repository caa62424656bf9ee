/// Reviews and comments on lines.
extension ForgeRouter {
  static let reviewRoutes: [ForgeRoute] = [
    ForgeRoute("GET", "/repos/{o}/{r}/pulls/{n}/reviews") { session, call in
      let issue = try pullIssue(session, call)
      let viewer = session.viewer
      let rows = session.state.reviews(of: issue.id).filter { $0.state != .pending || $0.author == viewer }
      return try call.page(rows.map(ForgeView(session).review))
    },
    ForgeRoute("POST", "/repos/{o}/{r}/pulls/{n}/reviews") { session, call in
      let issue = try pullIssue(session, call)
      let review = try await session.submitReview(try newReview(call), on: issue)
      return ForgeResponse(200, ForgeView(session).review(review))
    },
    ForgeRoute("GET", "/repos/{o}/{r}/pulls/{n}/reviews/{id}") { session, call in
      ForgeResponse(200, ForgeView(session).review(try review(session, call)))
    },
    ForgeRoute("GET", "/repos/{o}/{r}/pulls/{n}/reviews/{id}/comments") { session, call in
      let review = try review(session, call)
      let rows = session.state.reviewComments.rows.filter { $0.reviewID == review.id }
      return try call.page(rows.map(ForgeView(session).reviewComment))
    },
    ForgeRoute("POST", "/repos/{o}/{r}/pulls/{n}/reviews/{id}/events") { session, call in
      let body = try call.body(allowing: ["body", "event"])
      guard let event: ForgeSession.NewReview.Event = try body.word("event", of: "PullRequestReview") else {
        throw ForgeRefusal.invalid("PullRequestReview", "event", code: "missing_field")
      }
      let pending = try review(session, call)
      let submitted = try session.submitPending(pending, event: event, body: try body.text("body") ?? "")
      return ForgeResponse(200, ForgeView(session).review(submitted))
    },
    ForgeRoute("PUT", "/repos/{o}/{r}/pulls/{n}/reviews/{id}/dismissals") { session, call in
      let body = try call.body(allowing: ["message", "event"])
      _ = try body.requiredText("message", of: "PullRequestReview")
      let dismissed = try session.dismiss(try review(session, call))
      return ForgeResponse(200, ForgeView(session).review(dismissed))
    },
    ForgeRoute("GET", "/repos/{o}/{r}/pulls/{n}/comments") { session, call in
      let issue = try pullIssue(session, call)
      return try call.page(submittedComments(session, of: issue).map(ForgeView(session).reviewComment))
    },
    ForgeRoute("POST", "/repos/{o}/{r}/pulls/{n}/comments") { session, call in
      let comment = try await commentOnLine(&session, call)
      return ForgeResponse(201, ForgeView(session).reviewComment(comment))
    },
    ForgeRoute("POST", "/repos/{o}/{r}/pulls/{n}/comments/{id}/replies") { session, call in
      let issue = try pullIssue(session, call)
      let body = try call.body(allowing: ["body"])
      let text = try body.requiredText("body", of: "PullRequestReviewComment")
      let thread = try thread(session, ofComment: try call.number("id"), on: issue)
      return ForgeResponse(201, ForgeView(session).reviewComment(try session.reply(to: thread, body: text)))
    },
  ]

  private static func review(_ session: ForgeSession, _ call: ForgeCall) throws -> ForgeReview {
    let issue = try pullIssue(session, call)
    guard let review = session.state.reviews[try call.number("id")], review.issueID == issue.id else {
      throw ForgeRefusal.notFound
    }
    return review
  }

  /// A pending review's comments are seen only through the review.
  private static func submittedComments(_ session: ForgeSession, of issue: ForgeIssue) -> [ForgeReviewComment]
  {
    session.state.reviewComments.rows.filter { comment in
      comment.issueID == issue.id && session.state.reviews[comment.reviewID]?.state != .pending
    }
  }

  private static func thread(_ session: ForgeSession, ofComment id: Int, on issue: ForgeIssue) throws
    -> ForgeThread
  {
    guard let comment = session.state.reviewComments[id], comment.issueID == issue.id,
      let thread = session.state.threads[comment.threadID]
    else { throw ForgeRefusal.notFound }
    return thread
  }

  private static func newReview(_ call: ForgeCall) throws -> ForgeSession.NewReview {
    let body = try call.body(allowing: ["commit_id", "body", "event", "comments"])
    return ForgeSession.NewReview(
      event: try body.word("event", of: "PullRequestReview"), body: try body.text("body") ?? "",
      commit: try body.text("commit_id"), comments: try body.objects("comments").map(newComment))
  }

  private static func newComment(_ body: ForgeBody) throws -> ForgeSession.NewReviewComment {
    let resource = "PullRequestReviewComment"
    guard let line = try body.number("line") else {
      throw ForgeRefusal.invalid(resource, "line", code: "missing_field")
    }
    let anchor = ForgeAnchor(
      path: try body.requiredText("path", of: resource), line: line,
      side: try body.word("side", of: resource) ?? .right, startLine: try body.number("start_line"),
      startSide: try body.word("start_side", of: resource))
    return ForgeSession.NewReviewComment(anchor: anchor, body: try body.requiredText("body", of: resource))
  }

  private static func commentOnLine(
    _ session: inout ForgeSession, _ call: ForgeCall
  ) async throws -> ForgeReviewComment {
    let issue = try pullIssue(session, call)
    let body = try call.body(allowing: [
      "body", "commit_id", "path", "line", "side", "start_line", "start_side", "in_reply_to", "subject_type",
    ])
    let resource = "PullRequestReviewComment"
    if let id = try body.number("in_reply_to") {
      let text = try body.requiredText("body", of: resource)
      return try session.reply(to: try thread(session, ofComment: id, on: issue), body: text)
    }
    let commit = try body.requiredText("commit_id", of: resource)
    return try await session.commentOnLine(try newComment(body), commit: commit, on: issue)
  }
}
