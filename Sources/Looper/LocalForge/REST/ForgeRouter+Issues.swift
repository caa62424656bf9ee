/// Issues, their comments and their timeline.
extension ForgeRouter {
  static let issueRoutes: [ForgeRoute] = [
    ForgeRoute("GET", "/repos/{o}/{r}/issues") { session, call in try listIssues(session, call) },
    ForgeRoute("POST", "/repos/{o}/{r}/issues") { session, call in
      let repository = try session.repository(call.repositoryName)
      let body = try call.body(allowing: [
        "title", "body", "labels", "assignees", "assignee", "milestone", "type",
      ])
      let issue = try session.createIssue(
        in: repository, title: try body.requiredText("title", of: "Issue"), body: try body.text("body") ?? "",
        labels: try body.texts("labels") ?? [])
      return ForgeResponse(201, ForgeView(session).issue(issue))
    },
    ForgeRoute("GET", "/repos/{o}/{r}/issues/comments") { session, call in
      let repository = try session.repository(call.repositoryName)
      let view = ForgeView(session)
      let since = call.request.query("since").flatMap(Timestamp.init(iso8601:))
      let rows = session.state.comments.rows.filter { comment in
        comment.repositoryID == repository.id && since.map { comment.updatedAt >= $0 } ?? true
      }
      return try call.page(rows.map(view.comment))
    },
    ForgeRoute("GET", "/repos/{o}/{r}/issues/comments/{id}") { session, call in
      ForgeResponse(200, ForgeView(session).comment(try comment(session, call)))
    },
    ForgeRoute("PATCH", "/repos/{o}/{r}/issues/comments/{id}") { session, call in
      let body = try call.body(allowing: ["body"])
      let text = try body.requiredText("body", of: "IssueComment")
      let edited = try session.editComment(try comment(session, call), body: text)
      return ForgeResponse(200, ForgeView(session).comment(edited))
    },
    ForgeRoute("DELETE", "/repos/{o}/{r}/issues/comments/{id}") { session, call in
      try session.deleteComment(try comment(session, call))
      return .noContent
    },
    ForgeRoute("GET", "/repos/{o}/{r}/issues/{n}") { session, call in
      ForgeResponse(200, ForgeView(session).issue(try issue(session, call)))
    },
    ForgeRoute("PATCH", "/repos/{o}/{r}/issues/{n}") { session, call in
      let edit = try issueEdit(
        try call.body(allowing: [
          "title", "body", "state", "state_reason", "labels", "assignees", "assignee", "milestone", "type",
        ]))
      return ForgeResponse(200, ForgeView(session).issue(try session.edit(try issue(session, call), edit)))
    },
    ForgeRoute("GET", "/repos/{o}/{r}/issues/{n}/comments") { session, call in
      let issue = try issue(session, call)
      let since = call.request.query("since").flatMap(Timestamp.init(iso8601:))
      let rows = session.state.comments(of: issue.id).filter { row in
        since.map { row.updatedAt >= $0 } ?? true
      }
      return try call.page(rows.map(ForgeView(session).comment))
    },
    ForgeRoute("POST", "/repos/{o}/{r}/issues/{n}/comments") { session, call in
      let body = try call.body(allowing: ["body"])
      let text = try body.requiredText("body", of: "IssueComment")
      let comment = try session.comment(on: try issue(session, call), body: text)
      return ForgeResponse(201, ForgeView(session).comment(comment))
    },
    ForgeRoute("GET", "/repos/{o}/{r}/issues/{n}/events") { session, call in
      let issue = try issue(session, call)
      return try call.page(session.state.events(of: issue.id).map(ForgeView(session).event))
    },
    ForgeRoute("GET", "/repos/{o}/{r}/issues/{n}/timeline") { session, call in
      try await timeline(session, call)
    },
    ForgeRoute("GET", "/repos/{o}/{r}/issues/{n}/dependencies/blocked_by") { session, call in
      let issue = try issue(session, call)
      let blockers = issue.blockedBy.compactMap { session.state.issue($0, in: issue.repositoryID) }
      return try call.page(blockers.map(ForgeView(session).issue))
    },
  ]

  static func issue(_ session: ForgeSession, _ call: ForgeCall) throws -> ForgeIssue {
    try session.issue(try call.number("n"), in: try session.repository(call.repositoryName))
  }

  private static func comment(_ session: ForgeSession, _ call: ForgeCall) throws -> ForgeComment {
    let repository = try session.repository(call.repositoryName)
    guard let comment = session.state.comments[try call.number("id")], comment.repositoryID == repository.id
    else {
      throw ForgeRefusal.notFound
    }
    return comment
  }

  private static func issueEdit(_ body: ForgeBody) throws -> ForgeSession.IssueEdit {
    ForgeSession.IssueEdit(
      title: try body.text("title"), body: try body.text("body"), state: try body.word("state", of: "Issue"),
      stateReason: try body.text("state_reason"), labels: try body.texts("labels"),
      assignees: try body.texts("assignees"))
  }

  private static func listIssues(_ session: ForgeSession, _ call: ForgeCall) throws -> ForgeResponse {
    let repository = try session.repository(call.repositoryName)
    let request = call.request
    let state = request.query("state") ?? "open"
    guard ["open", "closed", "all"].contains(state) else {
      throw ForgeRefusal.invalid("Issue", "state", code: "invalid")
    }
    let labels = (request.query("labels") ?? "").split(separator: ",").map { $0.lowercased() }
    let since = request.query("since").flatMap(Timestamp.init(iso8601:))
    let creator = request.query("creator")?.lowercased()
    let rows = session.state.issues(in: repository.id).filter { issue in
      let names = Set(session.state.labels(of: issue).map { $0.name.lowercased() })
      return (state == "all" || issue.state.rawValue == state) && names.isSuperset(of: labels)
        && (since.map { issue.updatedAt >= $0 } ?? true)
        && (creator.map { issue.author.lowercased() == $0 } ?? true)
    }
    return try call.page(sorted(rows, by: request).map(ForgeView(session).issue))
  }

  /// Newest first unless `sort` and `direction` say otherwise.
  static func sorted(_ rows: [ForgeIssue], by request: ForgeRequest) -> [ForgeIssue] {
    let isByUpdate = request.query("sort") == "updated"
    let ascending = rows.sorted { left, right in
      let times = isByUpdate ? (left.updatedAt, right.updatedAt) : (left.createdAt, right.createdAt)
      return times.0 == times.1 ? left.id < right.id : times.0 < times.1
    }
    return request.query("direction") == "asc" ? ascending : ascending.reversed()
  }

  private static func timeline(_ session: ForgeSession, _ call: ForgeCall) async throws -> ForgeResponse {
    let issue = try issue(session, call)
    let repository = try session.repository(call.repositoryName)
    let view = ForgeView(session)
    var entries = session.state.events(of: issue.id).map { (id: $0.id, view: view.event($0)) }
    entries += session.state.comments(of: issue.id).map { comment in
      var members = view.comment(comment).objectValue ?? [:]
      members["event"] = "commented"
      members["actor"] = members["user"]
      return (id: comment.id, view: .object(members))
    }
    entries += session.state.reviews(of: issue.id).filter { $0.state != .pending }.map { review in
      var members = view.review(review).objectValue ?? [:]
      members["event"] = "reviewed"
      members["state"] = .string(review.state.rawValue.lowercased())
      return (id: review.id, view: .object(members))
    }
    var rows = entries.sorted { $0.id < $1.id }.map(\.view)
    if issue.isPull {
      let commits = try await session.commits(of: issue).map { commit in
        var members = view.commit(commit, in: repository).objectValue ?? [:]
        members["event"] = "committed"
        return JSONValue.object(members)
      }
      rows = commits + rows
    }
    return try call.page(rows)
  }
}
