/// The REST shape of reviews, checks, commits and files.
extension ForgeView {
  func review(_ row: ForgeReview) -> JSONValue {
    guard let issue = state.issues[row.issueID] else { return .null }
    return [
      "id": ForgeJSON.number(row.id), "node_id": .string("PRR_\(row.id)"), "user": user(row.author),
      "body": .string(row.body), "state": .string(row.state.rawValue),
      "html_url": .string("\(urls(issue).web)#pullrequestreview-\(row.id)"),
      "commit_id": .string(row.commit.rawValue), "submitted_at": ForgeJSON.time(row.submittedAt),
      "author_association": association(of: row.author, in: issue.repositoryID),
    ]
  }

  func reviewComment(_ row: ForgeReviewComment) -> JSONValue {
    guard let issue = state.issues[row.issueID], let thread = state.threads[row.threadID] else {
      return .null
    }
    let name = state.repositories[issue.repositoryID]?.fullName ?? ""
    var members: [String: JSONValue] = [
      "id": ForgeJSON.number(row.id), "node_id": .string("PRRC_\(row.id)"),
      "pull_request_review_id": ForgeJSON.number(row.reviewID), "body": .string(row.body),
      "user": user(row.author), "author_association": association(of: row.author, in: issue.repositoryID),
      "created_at": ForgeJSON.time(row.createdAt), "updated_at": ForgeJSON.time(row.updatedAt),
      "diff_hunk": .string(thread.diffHunk), "path": .string(thread.current?.path ?? thread.original.path),
      "side": .string(thread.original.side.rawValue),
      "commit_id": .string(
        (thread.isOutdated ? thread.originalCommit : issue.pull?.headSHA ?? thread.originalCommit).rawValue),
      "original_commit_id": .string(thread.originalCommit.rawValue),
      "html_url": .string("\(urls(issue).web)#discussion_r\(row.id)"),
      "url": .string("\(api)/repos/\(name)/pulls/comments/\(row.id)"),
      "pull_request_url": .string("\(api)/repos/\(name)/pulls/\(issue.number)"), "subject_type": "line",
    ]
    members["line"] = ForgeJSON.number(thread.current?.line)
    members["original_line"] = ForgeJSON.number(thread.original.line)
    members["start_line"] = ForgeJSON.number(thread.current?.startLine)
    members["original_start_line"] = ForgeJSON.number(thread.original.startLine)
    members["start_side"] = ForgeJSON.text(thread.original.startSide?.rawValue)
    if let replyTo = row.replyToID { members["in_reply_to_id"] = ForgeJSON.number(replyTo) }
    return .object(members)
  }

  func file(_ row: ForgeFileDiff) -> JSONValue {
    var members: [String: JSONValue] = [
      "filename": .string(row.path), "status": .string(row.status.rawValue),
      "additions": ForgeJSON.number(row.additions), "deletions": ForgeJSON.number(row.deletions),
      "changes": ForgeJSON.number(row.additions + row.deletions),
    ]
    if !row.isBinary { members["patch"] = .string(row.patch) }
    if let previous = row.previousPath { members["previous_filename"] = .string(previous) }
    return .object(members)
  }

  func commit(_ row: ForgeCommitFacts, in repository: ForgeRepository) -> JSONValue {
    let url = "\(api)/repos/\(repository.fullName)/commits/\(row.sha)"
    return [
      "sha": .string(row.sha.rawValue), "node_id": .string("C_\(repository.id)_\(row.sha)"),
      "url": .string(url), "html_url": .string("\(web)/\(repository.fullName)/commit/\(row.sha)"),
      "commit": [
        "message": .string(row.message), "tree": ["sha": .string(row.tree.rawValue)],
        "author": [
          "name": .string(row.authorName), "email": .string(row.authorEmail),
          "date": ForgeJSON.time(row.authoredAt),
        ],
        "committer": [
          "name": .string(row.committerName), "email": .string(row.committerEmail),
          "date": ForgeJSON.time(row.committedAt),
        ],
      ],
      "author": state.users[row.authorName.lowercased()].map { user($0.login) } ?? .null,
      "committer": .null,
      "parents": .array(row.parents.map { ["sha": .string($0.rawValue)] }),
    ]
  }

  func status(_ row: ForgeStatus) -> JSONValue {
    [
      "id": ForgeJSON.number(row.id), "node_id": .string("SC_\(row.id)"),
      "state": .string(row.state.rawValue),
      "context": .string(row.context), "description": ForgeJSON.text(row.description),
      "target_url": ForgeJSON.text(row.targetURL), "creator": user(row.creator),
      "created_at": ForgeJSON.time(row.createdAt), "updated_at": ForgeJSON.time(row.createdAt),
    ]
  }

  func checkRun(_ row: ForgeCheckRun) -> JSONValue {
    let name = state.repositories[row.repositoryID]?.fullName ?? ""
    let url = "\(api)/repos/\(name)/check-runs/\(row.id)"
    return [
      "id": ForgeJSON.number(row.id), "node_id": .string("CR_\(row.id)"), "name": .string(row.name),
      "head_sha": .string(row.sha.rawValue), "status": .string(row.status.rawValue),
      "conclusion": ForgeJSON.text(row.conclusion?.rawValue), "external_id": .string(row.externalID),
      "url": .string(url), "html_url": .string(jobURL(row)),
      "details_url": .string(row.detailsURL ?? jobURL(row)), "started_at": ForgeJSON.time(row.startedAt),
      "completed_at": ForgeJSON.time(row.completedAt),
      "output": [
        "title": ForgeJSON.text(row.title), "summary": ForgeJSON.text(row.summary),
        "text": ForgeJSON.text(row.text), "annotations_count": ForgeJSON.number(row.annotations.count),
        "annotations_url": .string("\(url)/annotations"),
      ],
      "check_suite": ["id": ForgeJSON.number(row.suiteID)],
      "app": [
        "id": ForgeJSON.number(row.app.id), "slug": .string(row.app.slug), "name": .string(row.app.name),
      ],
      "pull_requests": [],
    ]
  }

  /// Workflow jobs and their check runs share an id, so the run's page is the job's.
  func jobURL(_ row: ForgeCheckRun) -> String {
    let name = state.repositories[row.repositoryID]?.fullName ?? ""
    return "\(web)/\(name)/actions/runs/\(row.suiteID)/job/\(row.id)"
  }

  func annotation(_ row: ForgeAnnotation) -> JSONValue {
    [
      "path": .string(row.path), "start_line": ForgeJSON.number(row.startLine),
      "end_line": ForgeJSON.number(row.endLine), "start_column": .null, "end_column": .null,
      "annotation_level": .string(row.level.rawValue), "message": .string(row.message),
      "title": ForgeJSON.text(row.title), "raw_details": ForgeJSON.text(row.rawDetails),
    ]
  }

  func job(_ row: ForgeCheckRun) -> JSONValue {
    let name = state.repositories[row.repositoryID]?.fullName ?? ""
    return [
      "id": ForgeJSON.number(row.id), "run_id": ForgeJSON.number(row.suiteID),
      "run_attempt": ForgeJSON.number(row.rerunCount + 1), "node_id": .string("CR_\(row.id)"),
      "head_sha": .string(row.sha.rawValue), "status": .string(row.status.rawValue),
      "conclusion": ForgeJSON.text(row.conclusion?.rawValue), "name": .string(row.name),
      "html_url": .string(jobURL(row)), "steps": [], "started_at": ForgeJSON.time(row.startedAt),
      "completed_at": ForgeJSON.time(row.completedAt),
      "check_run_url": .string("\(api)/repos/\(name)/check-runs/\(row.id)"),
    ]
  }
}
