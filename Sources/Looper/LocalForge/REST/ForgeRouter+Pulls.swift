import Foundation

/// Pull requests.
extension ForgeRouter {
  static let pullRoutes: [ForgeRoute] = [
    ForgeRoute("GET", "/repos/{o}/{r}/pulls") { session, call in try listPulls(session, call) },
    ForgeRoute("POST", "/repos/{o}/{r}/pulls") { session, call in try await createPull(&session, call) },
    ForgeRoute("GET", "/repos/{o}/{r}/pulls/{n}") { session, call in
      let issue = try pullIssue(session, call)
      let accept = call.request.headers["accept"] ?? ""
      if accept.contains("diff") || accept.contains("patch") {
        return try await plainDiff(session, issue, asPatches: accept.contains("patch"))
      }
      return ForgeResponse(200, try await fullPull(&session, issue))
    },
    ForgeRoute("PATCH", "/repos/{o}/{r}/pulls/{n}") { session, call in try await editPull(&session, call) },
    ForgeRoute("GET", "/repos/{o}/{r}/pulls/{n}/files") { session, call in
      let files = try await session.files(of: try pullIssue(session, call))
      return try call.page(files.map(ForgeView(session).file))
    },
    ForgeRoute("GET", "/repos/{o}/{r}/pulls/{n}/commits") { session, call in
      let issue = try pullIssue(session, call)
      let repository = try session.repositoryOf(issue)
      let commits = try await session.commits(of: issue)
      let view = ForgeView(session)
      return try call.page(commits.map { view.commit($0, in: repository) })
    },
    ForgeRoute("GET", "/repos/{o}/{r}/pulls/{n}/merge") { session, call in
      guard try session.pull(of: try pullIssue(session, call)).isMerged else { throw ForgeRefusal.notFound }
      return .noContent
    },
    ForgeRoute("PUT", "/repos/{o}/{r}/pulls/{n}/merge") { session, call in
      let issue = try pullIssue(session, call)
      let body = try call.body(allowing: ["commit_title", "commit_message", "sha", "merge_method"])
      let order = ForgeSession.MergeOrder(
        method: try body.word("merge_method", of: "PullRequest") ?? .merge,
        title: try body.text("commit_title"),
        message: try body.text("commit_message"), expectedHead: try body.text("sha"))
      let commit = try await session.merge(issue, order)
      return ForgeResponse(
        200,
        ["sha": .string(commit.rawValue), "merged": true, "message": "Pull Request successfully merged"])
    },
    ForgeRoute("PUT", "/repos/{o}/{r}/pulls/{n}/update-branch") { session, call in
      let issue = try pullIssue(session, call)
      let body = try call.body(allowing: ["expected_head_sha"])
      try await session.updateBranch(of: issue, expectedHead: try body.text("expected_head_sha"))
      return ForgeResponse(
        202, ["message": "Updating pull request branch.", "url": .string(ForgeView(session).urls(issue).web)])
    },
    ForgeRoute("GET", "/repos/{o}/{r}/pulls/{n}/requested_reviewers") { session, call in
      let pull = try session.pull(of: try pullIssue(session, call))
      let view = ForgeView(session)
      return ForgeResponse(
        200, ["users": .array(pull.requestedReviewers.map { view.user($0) }), "teams": []])
    },
    ForgeRoute("POST", "/repos/{o}/{r}/pulls/{n}/requested_reviewers") { session, call in
      let body = try call.body(allowing: ["reviewers", "team_reviewers"])
      let issue = try session.requestReviews(
        try body.texts("reviewers") ?? [], on: try pullIssue(session, call))
      return ForgeResponse(201, try listed(session, issue))
    },
    ForgeRoute("DELETE", "/repos/{o}/{r}/pulls/{n}/requested_reviewers") { session, call in
      let body = try call.body(allowing: ["reviewers", "team_reviewers"])
      let logins = try body.texts("reviewers") ?? []
      let issue = try session.removeReviewRequests(logins, on: try pullIssue(session, call))
      return ForgeResponse(200, try listed(session, issue))
    },
  ]

  static func pullIssue(_ session: ForgeSession, _ call: ForgeCall) throws -> ForgeIssue {
    try session.pull(try call.number("n"), in: try session.repository(call.repositoryName)).issue
  }

  private static func listed(_ session: ForgeSession, _ issue: ForgeIssue) throws -> JSONValue {
    .object(ForgeView(session).pull(issue, try session.pull(of: issue)))
  }

  /// One pull request with everything that has to be computed.
  private static func fullPull(_ session: inout ForgeSession, _ issue: ForgeIssue) async throws -> JSONValue {
    let pull = try session.pull(of: issue)
    let mergeability = try await session.readMergeability(of: issue)
    let files = try await session.files(of: issue)
    let view = ForgeView(session)
    var members = view.pull(issue, pull)
    members["merged"] = .bool(pull.isMerged)
    members["merged_by"] = view.user(pull.mergedBy)
    members["mergeable"] = mergeability == .unknown ? .null : .bool(mergeability == .mergeable)
    members["mergeable_state"] = .string(try await session.mergeState(of: issue, mergeability: mergeability))
    members["maintainer_can_modify"] = .bool(pull.maintainerCanModify)
    members["commits"] = ForgeJSON.number(try await session.commits(of: issue).count)
    members["comments"] = ForgeJSON.number(session.state.comments(of: issue.id).count)
    members["review_comments"] = ForgeJSON.number(
      session.state.reviewComments.rows.count { $0.issueID == issue.id })
    members["additions"] = ForgeJSON.number(files.reduce(0) { $0 + $1.additions })
    members["deletions"] = ForgeJSON.number(files.reduce(0) { $0 + $1.deletions })
    members["changed_files"] = ForgeJSON.number(files.count)
    return .object(members)
  }

  private static func plainDiff(
    _ session: ForgeSession, _ issue: ForgeIssue, asPatches: Bool
  ) async throws -> ForgeResponse {
    let pull = try session.pull(of: issue)
    let repository = try session.repositoryOf(issue)
    let start = try await session.forkPoint(of: pull, in: repository)
    let text = try await session.git.diffText(
      from: start, to: pull.headSHA, asPatches: asPatches, in: repository.path)
    let type = "application/vnd.github.\(asPatches ? "patch" : "diff"); charset=utf-8"
    return ForgeResponse(status: 200, headers: ["content-type": type], body: text)
  }

  private static func listPulls(_ session: ForgeSession, _ call: ForgeCall) throws -> ForgeResponse {
    let repository = try session.repository(call.repositoryName)
    let request = call.request
    let state = request.query("state") ?? "open"
    guard ["open", "closed", "all"].contains(state) else {
      throw ForgeRefusal.invalid("PullRequest", "state", code: "invalid")
    }
    let view = ForgeView(session)
    let rows = session.state.issues(in: repository.id).filter { issue in
      guard let pull = issue.pull, state == "all" || issue.state.rawValue == state else { return false }
      if let base = request.query("base"), base != pull.baseBranch { return false }
      // As on GitHub, a head without an owner filters nothing.
      guard let head = request.query("head"), head.contains(":") else { return true }
      let owner = session.state.repositories[pull.headRepositoryID]?.owner ?? ""
      return "\(owner.lowercased()):\(pull.headBranch)" == lowercasingOwner(of: head)
    }
    return try call.page(
      sorted(rows, by: request).compactMap { row in row.pull.map { .object(view.pull(row, $0)) } })
  }

  private static func lowercasingOwner(of head: String) -> String {
    let parts = head.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    return "\(parts[0].lowercased()):\(parts.count > 1 ? String(parts[1]) : "")"
  }

  private static func createPull(_ session: inout ForgeSession, _ call: ForgeCall) async throws
    -> ForgeResponse
  {
    let repository = try session.repository(call.repositoryName)
    let body = try call.body(allowing: [
      "title", "body", "head", "base", "draft", "maintainer_can_modify", "head_repo", "issue",
    ])
    let new = ForgeSession.NewPull(
      title: try body.requiredText("title", of: "PullRequest"), body: try body.text("body") ?? "",
      head: try body.requiredText("head", of: "PullRequest"),
      base: try body.requiredText("base", of: "PullRequest"),
      isDraft: try body.flag("draft") ?? false,
      maintainerCanModify: try body.flag("maintainer_can_modify") ?? true)
    let issue = try await session.createPull(in: repository, new)
    return ForgeResponse(201, try await fullPull(&session, issue))
  }

  private static func editPull(_ session: inout ForgeSession, _ call: ForgeCall) async throws -> ForgeResponse
  {
    var issue = try pullIssue(session, call)
    let body = try call.body(allowing: ["title", "body", "state", "base", "maintainer_can_modify"])
    let edit = ForgeSession.IssueEdit(
      title: try body.text("title"), body: try body.text("body"),
      state: try body.word("state", of: "PullRequest"))
    if let base = try body.text("base") {
      let repository = try session.repositoryOf(issue)
      guard let tip = repository.branches[base] else {
        throw ForgeRefusal.invalid("PullRequest", "base", code: "invalid")
      }
      issue.pull?.baseBranch = base
      issue.pull?.baseSHA = tip
      issue.pull?.observedBaseSHA = tip
      session.resetMergeability(of: &issue)
    }
    return ForgeResponse(200, try await fullPull(&session, try session.edit(issue, edit)))
  }
}
