/// Plain fields of comments, reviews and checks.
extension ForgeGraphExecutor {
  func commentFields(_ row: ForgeComment) -> [String: ForgeGraphValue] {
    guard let issue = session.state.issues[row.issueID] else { return [:] }
    var fields = said(by: row.author, row.body, at: row.createdAt, on: issue, updatedAt: row.updatedAt)
    fields["id"] = .text("IC_\(row.id)")
    fields["databaseId"] = .number(row.id)
    fields["fullDatabaseId"] = .text(String(row.id))
    fields["url"] = .text("\(web(issue))#issuecomment-\(row.id)")
    fields["issue"] = .object(.issue(issue.id))
    fields["pullRequest"] = .object(issue.isPull ? .issue(issue.id) : nil)
    return fields
  }

  func reviewFields(_ row: ForgeReview) -> [String: ForgeGraphValue] {
    guard let issue = session.state.issues[row.issueID] else { return [:] }
    var fields = said(by: row.author, row.body, at: row.createdAt, on: issue, updatedAt: row.createdAt)
    fields["id"] = .text("PRR_\(row.id)")
    fields["databaseId"] = .number(row.id)
    fields["fullDatabaseId"] = .text(String(row.id))
    fields["state"] = .text(row.state.rawValue)
    fields["submittedAt"] = .time(row.submittedAt)
    fields["publishedAt"] = .time(row.submittedAt)
    fields["url"] = .text("\(web(issue))#pullrequestreview-\(row.id)")
    fields["commit"] = .object(.commit(row.commit, repositoryID: issue.repositoryID))
    fields["pullRequest"] = .object(.issue(issue.id))
    let permission = session.state.repositories[issue.repositoryID]?.permission(of: row.author) ?? .none
    fields["authorCanPushToRepository"] = .flag(permission >= .write)
    return fields
  }

  func reviewCommentFields(_ row: ForgeReviewComment) -> [String: ForgeGraphValue] {
    guard let issue = session.state.issues[row.issueID], let thread = session.state.threads[row.threadID]
    else {
      return [:]
    }
    let original = ForgeGraphValue.object(.commit(thread.originalCommit, repositoryID: issue.repositoryID))
    let head = issue.pull.map { ForgeGraphObject.commit($0.headSHA, repositoryID: issue.repositoryID) }
    let isPending = session.state.reviews[row.reviewID]?.state == .pending
    var fields = said(by: row.author, row.body, at: row.createdAt, on: issue, updatedAt: row.updatedAt)
    fields["id"] = .text("PRRC_\(row.id)")
    fields["databaseId"] = .number(row.id)
    fields["fullDatabaseId"] = .text(String(row.id))
    fields["url"] = .text("\(web(issue))#discussion_r\(row.id)")
    fields["publishedAt"] = isPending ? .null : .time(row.createdAt)
    fields["state"] = .text(isPending ? "PENDING" : "SUBMITTED")
    fields["commit"] = thread.isOutdated ? original : .object(head)
    fields["originalCommit"] = original
    fields["outdated"] = .flag(thread.isOutdated)
    fields["diffHunk"] = .text(thread.diffHunk)
    fields["pullRequest"] = .object(.issue(issue.id))
    fields["pullRequestReview"] = .object(.review(row.reviewID))
    fields["replyTo"] = .object(row.replyToID.map(ForgeGraphObject.reviewComment))
    fields.merge(anchorFields(of: thread)) { $1 }
    return fields
  }

  func threadFields(_ row: ForgeThread) -> [String: ForgeGraphValue] {
    guard let issue = session.state.issues[row.issueID] else { return [:] }
    let permission = session.state.repositories[issue.repositoryID]?.permission(of: session.viewer) ?? .none
    let canResolve = permission >= .write || issue.author.lowercased() == session.viewer.lowercased()
    let fields: [String: ForgeGraphValue] = [
      "id": .text(row.nodeID), "isResolved": .flag(row.isResolved), "isOutdated": .flag(row.isOutdated),
      "isCollapsed": .flag(row.isResolved || row.isOutdated), "resolvedBy": actor(row.resolvedBy),
      "diffSide": .text(row.original.side.rawValue), "startDiffSide": .text(row.original.startSide?.rawValue),
      "pullRequest": .object(.issue(issue.id)), "repository": .object(.repository(issue.repositoryID)),
      "viewerCanReply": .flag(true), "viewerCanResolve": .flag(canResolve && !row.isResolved),
      "viewerCanUnresolve": .flag(canResolve && row.isResolved),
    ]
    return fields.merging(anchorFields(of: row)) { $1 }
  }

  private func anchorFields(of thread: ForgeThread) -> [String: ForgeGraphValue] {
    [
      "path": .text(thread.current?.path ?? thread.original.path), "line": .number(thread.current?.line),
      "originalLine": .number(thread.original.line), "startLine": .number(thread.current?.startLine),
      "originalStartLine": .number(thread.original.startLine), "subjectType": .text("LINE"),
    ]
  }

  /// What everything that somebody wrote has.
  private func said(
    by author: String, _ body: String, at createdAt: Timestamp, on issue: ForgeIssue, updatedAt: Timestamp
  ) -> [String: ForgeGraphValue] {
    [
      "author": actor(author), "authorAssociation": association(author, issue.id), "body": .text(body),
      "bodyText": .text(body), "createdAt": .time(createdAt), "updatedAt": .time(updatedAt),
      "isMinimized": .flag(false), "repository": .object(.repository(issue.repositoryID)),
      "lastEditedAt": updatedAt == createdAt ? .null : .time(updatedAt),
      "viewerDidAuthor": .flag(author.lowercased() == session.viewer.lowercased()),
    ]
  }

  func statusWord(of sha: CommitSHA, _ repositoryID: Int) -> String {
    let states = session.state.currentStatuses(of: sha, in: repositoryID).map(\.state)
    if states.contains(.error) { return "ERROR" }
    if states.contains(.failure) { return "FAILURE" }
    return states.contains(.pending) ? "PENDING" : "SUCCESS"
  }

  func statusFields(_ row: ForgeStatus) -> [String: ForgeGraphValue] {
    [
      "id": .text("SC_\(row.id)"), "context": .text(row.context),
      "state": .text(row.state.rawValue.uppercased()),
      "description": .text(row.description), "targetUrl": .text(row.targetURL), "creator": actor(row.creator),
      "createdAt": .time(row.createdAt), "commit": .object(.commit(row.sha, repositoryID: row.repositoryID)),
    ]
  }

  func checkRunFields(_ row: ForgeCheckRun) -> [String: ForgeGraphValue] {
    let page = ForgeView(session).jobURL(row)
    return [
      "id": .text("CR_\(row.id)"), "databaseId": .number(row.id), "name": .text(row.name),
      "status": .text(row.status.rawValue.uppercased()),
      "conclusion": .text(row.conclusion?.rawValue.uppercased()),
      "detailsUrl": .text(row.detailsURL ?? page), "url": .text(page), "permalink": .text(page),
      "startedAt": .time(row.startedAt), "completedAt": .time(row.completedAt), "title": .text(row.title),
      "summary": .text(row.summary), "text": .text(row.text), "externalId": .text(row.externalID),
      "repository": .object(.repository(row.repositoryID)), "checkSuite": .object(.checkSuite(ofRun: row.id)),
    ]
  }

  func checkSuiteFields(_ row: ForgeCheckRun) -> [String: ForgeGraphValue] {
    let name = session.state.repositories[row.repositoryID]?.fullName ?? ""
    let page = "\(ForgeView(session).web)/\(name)/actions/runs/\(row.suiteID)"
    let created = row.startedAt ?? session.state.repositories[row.repositoryID]?.createdAt
    var fields: [String: ForgeGraphValue] = [
      "id": .text("CS_\(row.suiteID)"), "databaseId": .number(row.suiteID),
      "app": .record(
        "App",
        [
          "id": .text("A_\(row.app.id)"), "databaseId": .number(row.app.id), "slug": .text(row.app.slug),
          "name": .text(row.app.name),
        ]),
      "status": .text(row.status.rawValue.uppercased()),
      "conclusion": .text(row.conclusion?.rawValue.uppercased()),
      "commit": .object(.commit(row.sha, repositoryID: row.repositoryID)), "createdAt": .time(created),
      "updatedAt": .time(row.completedAt ?? created), "url": .text(page), "branch": .null,
      "repository": .object(.repository(row.repositoryID)), "workflowRun": .null,
    ]
    guard row.app == .actions else { return fields }
    fields["workflowRun"] = .record(
      "WorkflowRun",
      [
        "id": .text("WFR_\(row.suiteID)"), "databaseId": .number(row.suiteID), "createdAt": .time(created),
        "updatedAt": .time(row.completedAt ?? created), "event": .text("pull_request"),
        "runNumber": .number(row.suiteID), "url": .text(page),
        "checkSuite": .object(.checkSuite(ofRun: row.id)),
        "workflow": .record("Workflow", ["id": .text("W_1"), "databaseId": .number(1), "name": .text("CI")]),
      ])
    return fields
  }
}
