/// Computed fields of commits and checks.
extension ForgeGraphExecutor {
  func commitField(
    _ name: String, of sha: CommitSHA, _ repositoryID: Int, _ arguments: ForgeGraphArguments
  ) async throws -> ForgeGraphValue? {
    guard let repository = session.state.repositories[repositoryID],
      let facts = try await session.git.commit(sha, in: repository.path)
    else { throw ForgeRefusal.notFound }
    let page = "\(ForgeView(session).web)/\(repository.fullName)/commit/\(sha)"
    let headline = String(facts.message.prefix { !$0.isNewline })
    switch name {
    case "message": return .text(facts.message)
    case "messageHeadline": return .text(headline)
    case "messageBody":
      return .text(facts.message.dropFirst(headline.count).trimmingPrefix { $0.isNewline }.description)
    case "committedDate": return .time(facts.committedAt)
    case "authoredDate": return .time(facts.authoredAt)
    case "author": return gitActor(facts.authorName, facts.authorEmail, facts.authoredAt)
    case "committer": return gitActor(facts.committerName, facts.committerEmail, facts.committedAt)
    case "url", "commitUrl": return .text(page)
    case "tree":
      let fields: [String: ForgeGraphValue] = [
        "id": .text("T_\(repositoryID)_\(facts.tree)"), "oid": .text(facts.tree.rawValue),
        "abbreviatedOid": .text(facts.tree.short), "repository": .object(.repository(repositoryID)),
        "commitUrl": .text(page),
      ]
      return .record("Tree", fields)
    case "parents":
      let entries = facts.parents.map { Entry($0, .object(.commit($0, repositoryID: repositoryID))) }
      return try connection("Commit", of: entries, arguments, in: name)
    case "additions", "deletions":
      guard let parent = facts.parents.first else { return .number(0) }
      let files = try await session.git.diff(from: parent, to: sha, in: repository.path)
      return .number(files.reduce(0) { $0 + (name == "additions" ? $1.additions : $1.deletions) })
    case "checkSuites":
      let filter = arguments.nested("filterBy")
      let runs = session.state.checkRuns(of: sha, in: repositoryID).filter { run in
        (filter.number("appId").map { $0 == run.app.id } ?? true)
          && (filter.text("checkName").map { $0 == run.name } ?? true)
      }
      return try connection(
        "CheckSuite", of: runs.map { Entry($0.id, .object(.checkSuite(ofRun: $0.id))) }, arguments, in: name)
    case "associatedPullRequests":
      let rows = session.state.issues(in: repositoryID).filter {
        $0.pull?.headSHA == sha || $0.pull?.mergeCommit == sha
      }
      return try pulls(rows, arguments, field: name)
    default: return nil
    }
  }

  private func gitActor(_ name: String, _ email: String, _ date: Timestamp) -> ForgeGraphValue {
    let user = session.state.users[name.lowercased()].map { ForgeGraphObject.actor($0.login) }
    return .record(
      "GitActor", ["name": .text(name), "email": .text(email), "date": .time(date), "user": .object(user)])
  }

  func rollupContexts(
    of sha: CommitSHA, _ repositoryID: Int, _ arguments: ForgeGraphArguments
  ) throws -> ForgeGraphValue {
    let runs = session.state.checkRuns(of: sha, in: repositoryID)
    let statuses = session.state.currentStatuses(of: sha, in: repositoryID)
    let entries =
      runs.map { Entry("run-\($0.id)", .object(.checkRun($0.id))) }
      + statuses.map { Entry("status-\($0.id)", .object(.status($0.id))) }
    let extra: [String: ForgeGraphValue] = [
      "checkRunCount": .number(runs.count), "statusContextCount": .number(statuses.count),
    ]
    return try connection("StatusCheckRollupContext", of: entries, arguments, in: "contexts", extra: extra)
  }

  func checkRunField(_ name: String, of id: Int, _ arguments: ForgeGraphArguments) throws -> ForgeGraphValue?
  {
    guard let row = session.state.checkRuns[id] else { return nil }
    switch name {
    case "isRequired":
      return .flag(
        try isRequired(name: row.name, appID: row.app.id, repositoryID: row.repositoryID, arguments))
    case "annotations":
      let entries = row.annotations.enumerated().map { index, annotation in
        Entry(index, Self.annotation(annotation, index, page: ForgeView(session).jobURL(row)))
      }
      return try connection("CheckAnnotation", of: entries, arguments, in: name)
    default: return nil
    }
  }

  private static func annotation(_ row: ForgeAnnotation, _ index: Int, page: String) -> ForgeGraphValue {
    func position(_ line: Int) -> ForgeGraphValue {
      .record("CheckAnnotationPosition", ["line": .number(line), "column": .null])
    }
    return .record(
      "CheckAnnotation",
      [
        "annotationLevel": .text(row.level.rawValue.uppercased()), "databaseId": .number(index + 1),
        "location": .record(
          "CheckAnnotationSpan", ["start": position(row.startLine), "end": position(row.endLine)]),
        "message": .text(row.message), "path": .text(row.path), "rawDetails": .text(row.rawDetails),
        "title": .text(row.title), "blobUrl": .text(page),
      ])
  }

  func checkSuiteField(_ name: String, of id: Int, _ arguments: ForgeGraphArguments) throws
    -> ForgeGraphValue?
  {
    guard name == "checkRuns", let row = session.state.checkRuns[id] else { return nil }
    let filter = arguments.nested("filterBy")
    let runs = session.state.checkRuns(of: row.sha, in: row.repositoryID).filter { run in
      run.suiteID == row.suiteID && (filter.text("checkName").map { $0 == run.name } ?? true)
    }
    return try connection(
      "CheckRun", of: runs.map { Entry($0.id, .object(.checkRun($0.id))) }, arguments, in: name)
  }

  /// Whether a check is required where a pull request wants to go.
  ///
  /// - Throws: as GitHub does, when no pull request is named.
  func isRequired(
    name: String, appID: Int?, repositoryID: Int, _ arguments: ForgeGraphArguments
  ) throws -> Bool {
    var issue: ForgeIssue?
    if let number = arguments.number("pullRequestNumber") {
      issue = session.state.issue(number, in: repositoryID)
    }
    if let id = arguments.text("pullRequestId") { issue = try issueNamed(id, isPull: true) }
    guard let pull = issue?.pull else {
      throw ForgeGraphError(
        "Either pullRequestId or pullRequestNumber must be provided.", type: "UNPROCESSABLE")
    }
    let protection = session.state.repositories[repositoryID]?.protections[pull.baseBranch]
    return protection?.requiredChecks.contains { check in
      check.name == name && (check.appID == nil || check.appID == appID)
    } ?? false
  }
}
