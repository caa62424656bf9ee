/// Statuses, check runs and the jobs behind them.
extension ForgeRouter {
  static let checkRoutes: [ForgeRoute] = [
    ForgeRoute("POST", "/repos/{o}/{r}/statuses/{sha}") { session, call in
      let repository = try session.repository(call.repositoryName)
      let body = try call.body(allowing: ["state", "target_url", "description", "context"])
      let status = try await session.postStatus(
        in: repository, sha: call.path("sha"), context: try body.text("context") ?? "default",
        state: try body.requiredText("state", of: "Status"), description: try body.text("description"),
        targetURL: try body.text("target_url"))
      return ForgeResponse(201, ForgeView(session).status(status))
    },
    ForgeRoute("GET", "/repos/{o}/{r}/commits/{ref*}/status") { session, call in
      let (repository, sha) = try await commit(session, call)
      return try combinedStatus(session, call, sha: sha, repository: repository)
    },
    ForgeRoute("GET", "/repos/{o}/{r}/commits/{ref*}/statuses") { session, call in
      let (repository, sha) = try await commit(session, call)
      return try call.page(session.state.statuses(of: sha, in: repository.id).map(ForgeView(session).status))
    },
    ForgeRoute("GET", "/repos/{o}/{r}/commits/{ref*}/check-runs") { session, call in
      let (repository, sha) = try await commit(session, call)
      return try checkRuns(session, call, sha: sha, repository: repository)
    },
    ForgeRoute("POST", "/repos/{o}/{r}/check-runs") { session, call in
      let repository = try session.repository(call.repositoryName)
      let body = try call.body(allowing: checkRunKeys)
      guard let sha = CommitSHA(try body.requiredText("head_sha", of: "CheckRun")) else {
        throw ForgeRefusal.invalid("CheckRun", "head_sha", code: "invalid")
      }
      let run = try await session.createCheckRun(in: repository, sha: sha, try report(body))
      return ForgeResponse(201, ForgeView(session).checkRun(run))
    },
    ForgeRoute("GET", "/repos/{o}/{r}/check-runs/{id}") { session, call in
      ForgeResponse(200, ForgeView(session).checkRun(try checkRun(session, call)))
    },
    ForgeRoute("PATCH", "/repos/{o}/{r}/check-runs/{id}") { session, call in
      let report = try report(try call.body(allowing: checkRunKeys))
      let run = try session.updateCheckRun(try checkRun(session, call), report)
      return ForgeResponse(200, ForgeView(session).checkRun(run))
    },
    ForgeRoute("GET", "/repos/{o}/{r}/check-runs/{id}/annotations") { session, call in
      try call.page(try checkRun(session, call).annotations.map(ForgeView(session).annotation))
    },
    ForgeRoute("POST", "/repos/{o}/{r}/check-runs/{id}/rerequest") { session, call in
      _ = try session.rerun(try checkRun(session, call))
      return ForgeResponse(201, [:])
    },
    ForgeRoute("GET", "/repos/{o}/{r}/actions/jobs/{id}") { session, call in
      ForgeResponse(200, ForgeView(session).job(try job(session, call)))
    },
    ForgeRoute("GET", "/repos/{o}/{r}/actions/jobs/{id}/logs") { session, call in
      // GitHub redirects to a blob store; the text comes at once here, as every client follows anyway.
      .text(try job(session, call).log)
    },
    ForgeRoute("POST", "/repos/{o}/{r}/actions/jobs/{id}/rerun") { session, call in
      _ = try session.rerun(try job(session, call))
      return ForgeResponse(201, [:])
    },
  ]

  private static let checkRunKeys: Set<String> = [
    "name", "head_sha", "details_url", "external_id", "status", "started_at", "conclusion", "completed_at",
    "output", "actions",
  ]

  private static func checkRun(_ session: ForgeSession, _ call: ForgeCall) throws -> ForgeCheckRun {
    let repository = try session.repository(call.repositoryName)
    guard let run = session.state.checkRuns[try call.number("id")], run.repositoryID == repository.id else {
      throw ForgeRefusal.notFound
    }
    return run
  }

  /// Only runs of GitHub Actions have a job.
  private static func job(_ session: ForgeSession, _ call: ForgeCall) throws -> ForgeCheckRun {
    let run = try checkRun(session, call)
    guard run.app == .actions else { throw ForgeRefusal.notFound }
    return run
  }

  private static func report(_ body: ForgeBody) throws -> ForgeSession.CheckReport {
    var report = ForgeSession.CheckReport(
      name: try body.text("name"), status: try body.word("status", of: "CheckRun"),
      conclusion: try body.word("conclusion", of: "CheckRun"), startedAt: try body.time("started_at"),
      completedAt: try body.time("completed_at"), detailsURL: try body.text("details_url"),
      externalID: try body.text("external_id"))
    if report.status == .completed, report.conclusion == nil {
      throw ForgeRefusal.invalid("CheckRun", "conclusion", code: "missing_field")
    }
    if let output = body.members["output"]?.objectValue.map(ForgeBody.init(members:)) {
      report.title = try output.text("title")
      report.summary = try output.text("summary")
      report.text = try output.text("text")
      report.annotations = try output.objects("annotations").map(annotation)
    }
    return report
  }

  private static func annotation(_ body: ForgeBody) throws -> ForgeAnnotation {
    let resource = "CheckAnnotation"
    guard let start = try body.number("start_line"),
      let level: ForgeAnnotation.Level = try body.word("annotation_level", of: resource)
    else { throw ForgeRefusal.invalid(resource, "start_line", code: "missing_field") }
    return ForgeAnnotation(
      path: try body.requiredText("path", of: resource), startLine: start,
      endLine: try body.number("end_line") ?? start, level: level,
      message: try body.requiredText("message", of: resource), title: try body.text("title"),
      rawDetails: try body.text("raw_details"))
  }

  private static func combinedStatus(
    _ session: ForgeSession, _ call: ForgeCall, sha: CommitSHA, repository: ForgeRepository
  ) throws -> ForgeResponse {
    let view = ForgeView(session)
    let rows = session.state.currentStatuses(of: sha, in: repository.id)
    let isFailing = rows.contains { $0.state == .failure || $0.state == .error }
    let isPending = rows.isEmpty || rows.contains { $0.state == .pending }
    let word = isFailing ? "failure" : isPending ? "pending" : "success"
    return try call.page(rows.map(view.status)) { page in
      [
        "state": .string(word), "sha": .string(sha.rawValue), "total_count": ForgeJSON.number(rows.count),
        "statuses": .array(page), "repository": view.repository(repository),
      ]
    }
  }

  private static func checkRuns(
    _ session: ForgeSession, _ call: ForgeCall, sha: CommitSHA, repository: ForgeRepository
  ) throws -> ForgeResponse {
    let isAll = call.request.query("filter") == "all"
    var rows =
      isAll
      ? session.state.checkRuns.rows.filter { $0.repositoryID == repository.id && $0.sha == sha }
      : session.state.checkRuns(of: sha, in: repository.id)
    if let name = call.request.query("check_name") { rows = rows.filter { $0.name == name } }
    if let status = call.request.query("status") { rows = rows.filter { $0.status.rawValue == status } }
    if let app = call.request.query("app_id") { rows = rows.filter { String($0.app.id) == app } }
    let count = rows.count
    return try call.page(rows.map(ForgeView(session).checkRun)) { page in
      ["total_count": ForgeJSON.number(count), "check_runs": .array(page)]
    }
  }
}
