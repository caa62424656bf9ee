/// Fields that follow from the object alone, by type; whatever needs arguments or git is in
/// `ForgeGraphExecutor+Computed.swift`.
extension ForgeGraphExecutor {
  func plainFields(of object: ForgeGraphObject) -> [String: ForgeGraphValue] {
    let state = session.state
    switch object {
    case .query, .mutation: return [:]
    case .record(_, let fields): return fields
    case .repository(let id): return state.repositories[id].map(repositoryFields) ?? [:]
    case .issue(let id): return state.issues[id].map(issueFields) ?? [:]
    case .comment(let id): return state.comments[id].map(commentFields) ?? [:]
    case .review(let id): return state.reviews[id].map(reviewFields) ?? [:]
    case .reviewComment(let id): return state.reviewComments[id].map(reviewCommentFields) ?? [:]
    case .thread(let id): return state.threads[id].map(threadFields) ?? [:]
    case .label(let id): return state.labels[id].map(labelFields) ?? [:]
    case .event(let id): return state.events[id].map(eventFields) ?? [:]
    case .actor(let login): return actorFields(login)
    case .commit(let sha, let repositoryID):
      return [
        "id": .text("C_\(repositoryID)_\(sha)"), "oid": .text(sha.rawValue),
        "abbreviatedOid": .text(sha.short),
        "repository": .object(.repository(repositoryID)),
        "statusCheckRollup": .object(
          state.rollup(of: sha, in: repositoryID).map { _ in .rollup(sha, repositoryID: repositoryID) }),
        "status": .object(
          state.currentStatuses(of: sha, in: repositoryID).isEmpty
            ? nil : .combinedStatus(sha, repositoryID: repositoryID)),
      ]
    case .ref(let name, let repositoryID): return refFields(name, repositoryID)
    case .rollup(let sha, let repositoryID):
      return [
        "id": .text("SCR_\(repositoryID)_\(sha)"),
        "commit": .object(.commit(sha, repositoryID: repositoryID)),
        "state": .text(state.rollup(of: sha, in: repositoryID)?.rawValue.uppercased()),
      ]
    case .combinedStatus(let sha, let repositoryID):
      return [
        "id": .text("ST_\(repositoryID)_\(sha)"), "commit": .object(.commit(sha, repositoryID: repositoryID)),
        "contexts": .list(state.currentStatuses(of: sha, in: repositoryID).map { .object(.status($0.id)) }),
        "state": .text(statusWord(of: sha, repositoryID)),
      ]
    case .checkRun(let id): return state.checkRuns[id].map(checkRunFields) ?? [:]
    case .checkSuite(let id): return state.checkRuns[id].map(checkSuiteFields) ?? [:]
    case .status(let id): return state.statuses[id].map(statusFields) ?? [:]
    }
  }

  private func repositoryFields(_ row: ForgeRepository) -> [String: ForgeGraphValue] {
    [
      "id": .text("R_\(row.id)"), "databaseId": .number(row.id), "name": .text(row.name),
      "nameWithOwner": .text(row.fullName), "owner": .object(.actor(row.owner)),
      "url": .text("\(ForgeView(session).web)/\(row.fullName)"), "sshUrl": .text("file://\(row.path)"),
      "isArchived": .flag(row.isArchived), "isPrivate": .flag(row.isPrivate),
      "isFork": .flag(row.parentID != nil),
      "isLocked": .flag(false), "isDisabled": .flag(false), "hasIssuesEnabled": .flag(true),
      "viewerPermission": .text(
        row.permission(of: session.viewer) == .none
          ? nil : row.permission(of: session.viewer).rawValue.uppercased()),
      "createdAt": .time(row.createdAt), "updatedAt": .time(row.updatedAt), "pushedAt": .time(row.updatedAt),
      "parent": .object(row.parentID.map(ForgeGraphObject.repository)),
      "defaultBranchRef": .object(
        row.branches[row.defaultBranch] == nil ? nil : .ref(row.defaultBranch, repositoryID: row.id)),
      "autoMergeAllowed": .flag(row.allowsAutoMerge), "mergeCommitAllowed": .flag(row.allowsMergeCommit),
      "squashMergeAllowed": .flag(row.allowsSquash), "rebaseMergeAllowed": .flag(row.allowsRebase),
      "viewerDefaultMergeMethod": .text(row.usualMergeMethod.rawValue.uppercased()),
    ]
  }

  private func issueFields(_ row: ForgeIssue) -> [String: ForgeGraphValue] {
    var fields: [String: ForgeGraphValue] = [
      "id": .text(row.isPull ? "PR_\(row.id)" : "I_\(row.id)"), "databaseId": .number(row.id),
      "fullDatabaseId": .text(String(row.id)), "number": .number(row.number), "title": .text(row.title),
      "titleHTML": .text(row.title), "body": .text(row.body), "bodyText": .text(row.body),
      "state": .text(row.state.rawValue.uppercased()), "url": .text(web(row)),
      "createdAt": .time(row.createdAt),
      "updatedAt": .time(row.updatedAt), "closed": .flag(row.state == .closed),
      "closedAt": .time(row.closedAt),
      "author": actor(row.author), "authorAssociation": association(row.author, row.id),
      "editor": actor(row.editor), "lastEditedAt": .time(row.lastEditedAt), "locked": .flag(row.isLocked),
      "repository": .object(.repository(row.repositoryID)),
      "viewerDidAuthor": .flag(row.author.lowercased() == session.viewer.lowercased()),
      "stateReason": .text(row.stateReason?.uppercased()),
    ]
    if let pull = row.pull { fields.merge(pullFields(row, pull)) { $1 } }
    return fields
  }

  private func pullFields(_ row: ForgeIssue, _ pull: ForgePull) -> [String: ForgeGraphValue] {
    let head = session.state.repositories[pull.headRepositoryID]
    let base = session.state.repositories[row.repositoryID]
    let hasHead = head?.branches[pull.headBranch] != nil
    let hasBase = base?.branches[pull.baseBranch] != nil
    let rollup = session.state.rollup(of: pull.headSHA, in: row.repositoryID)
    return [
      "state": .text(pull.isMerged ? "MERGED" : row.state.rawValue.uppercased()),
      "isDraft": .flag(pull.isDraft),
      "merged": .flag(pull.isMerged), "mergedAt": .time(pull.mergedAt), "mergedBy": actor(pull.mergedBy),
      "headRefName": .text(pull.headBranch), "headRefOid": .text(pull.headSHA.rawValue),
      "headRef": .object(hasHead ? .ref(pull.headBranch, repositoryID: pull.headRepositoryID) : nil),
      "headRepository": .object(.repository(pull.headRepositoryID)),
      "headRepositoryOwner": actor(head?.owner),
      "isCrossRepository": .flag(pull.headRepositoryID != row.repositoryID),
      "baseRefName": .text(pull.baseBranch), "baseRefOid": .text(pull.baseSHA.rawValue),
      "baseRef": .object(hasBase ? .ref(pull.baseBranch, repositoryID: row.repositoryID) : nil),
      "baseRepository": .object(.repository(row.repositoryID)),
      "mergeCommit": .object(pull.mergeCommit.map { .commit($0, repositoryID: row.repositoryID) }),
      "potentialMergeCommit": .null, "reviewDecision": .text(session.reviewDecision(of: row)),
      "statusCheckRollup": .object(rollup.map { _ in .rollup(pull.headSHA, repositoryID: row.repositoryID) }),
      "maintainerCanModify": .flag(pull.maintainerCanModify), "permalink": .text(web(row)),
      "viewerCanUpdate": .flag((base?.permission(of: session.viewer) ?? .none) >= .write),
      "totalCommentsCount": .number(
        session.state.comments(of: row.id).count
          + session.state.reviewComments.rows.count { $0.issueID == row.id }),
      "autoMergeRequest": pull.autoMerge.map { autoMerge($0, row) } ?? .null,
      "isInMergeQueue": .flag(pull.queuedAt != nil),
      "isMergeQueueEnabled": .flag(base?.protections[pull.baseBranch]?.hasQueue == true),
      "mergeQueueEntry": queueEntry(row, pull),
    ]
  }

  private func autoMerge(_ value: ForgeAutoMerge, _ row: ForgeIssue) -> ForgeGraphValue {
    .record(
      "AutoMergeRequest",
      [
        "authorEmail": .null, "commitBody": .null, "commitHeadline": .null,
        "enabledAt": .time(value.enabledAt),
        "enabledBy": actor(value.enabledBy), "mergeMethod": .text(value.method.rawValue.uppercased()),
        "pullRequest": .object(.issue(row.id)),
      ])
  }

  func queueEntry(_ row: ForgeIssue, _ pull: ForgePull) -> ForgeGraphValue {
    guard let queuedAt = pull.queuedAt else { return .null }
    return .record(
      "MergeQueueEntry",
      [
        "id": .text("MQE_\(row.id)"), "enqueuedAt": .time(queuedAt), "enqueuer": actor(pull.queuedBy ?? ""),
        "headCommit": .object(.commit(pull.headSHA, repositoryID: row.repositoryID)), "position": .number(1),
        "pullRequest": .object(.issue(row.id)),
      ])
  }

  private func labelFields(_ row: ForgeLabel) -> [String: ForgeGraphValue] {
    let name = session.state.repositories[row.repositoryID]?.fullName ?? ""
    return [
      "id": .text("LA_\(row.id)"), "name": .text(row.name), "color": .text(row.color),
      "description": .text(row.description),
      "url": .text("\(ForgeView(session).web)/\(name)/labels/\(row.name)"),
      "createdAt": .null, "repository": .object(.repository(row.repositoryID)), "isDefault": .flag(false),
    ]
  }

  private func actorFields(_ login: String) -> [String: ForgeGraphValue] {
    let user = session.state.users[login.lowercased()]
    let shown = user?.login ?? login
    // GraphQL names a bot without the suffix that REST gives it.
    let name = shown.hasSuffix("[bot]") ? String(shown.dropLast("[bot]".count)) : shown
    let web = ForgeView(session).web
    return [
      "id": .text("U_\(user?.id ?? 0)"), "databaseId": .number(user?.id ?? 0), "login": .text(name),
      "name": .text(name), "url": .text("\(web)/\(name)"), "avatarUrl": .text("\(web)/\(name).png"),
      "resourcePath": .text("/\(name)"),
    ]
  }

  private func refFields(_ name: String, _ repositoryID: Int) -> [String: ForgeGraphValue] {
    let repository = session.state.repositories[repositoryID]
    let sha = repository?.branches[name]
    return [
      "refUpdateRule": repository?.protections[name].map { Self.updateRule($0, of: name) } ?? .null,
      "id": .text("REF_\(repositoryID)_\(name)"), "name": .text(name), "prefix": .text("refs/heads/"),
      "target": .object(sha.map { .commit($0, repositoryID: repositoryID) }),
      "repository": .object(.repository(repositoryID)),
    ]
  }

  private func eventFields(_ row: ForgeEvent) -> [String: ForgeGraphValue] {
    guard let issue = session.state.issues[row.issueID] else { return [:] }
    let subject = ForgeGraphValue.object(.issue(issue.id))
    let repositoryID = issue.repositoryID
    return [
      "id": .text("EV_\(row.id)"), "actor": actor(row.actor), "createdAt": .time(row.createdAt),
      "label": .object(row.label.map { .label($0.id) }), "labelable": subject, "closable": subject,
      "stateReason": .text(row.stateReason?.uppercased()), "url": .text("\(web(issue))#event-\(row.id)"),
      "pullRequest": subject, "mergeRefName": .text(issue.pull?.baseBranch), "mergeRef": .null,
      "commit": .object(row.commit.map { .commit($0, repositoryID: repositoryID) }),
      "afterCommit": .object(row.commit.map { .commit($0, repositoryID: repositoryID) }),
      "beforeCommit": .object(row.beforeCommit.map { .commit($0, repositoryID: repositoryID) }),
      "ref": .null, "headRefName": .text(issue.pull?.headBranch), "requestedReviewer": actor(row.reviewer),
      "currentTitle": .text(row.renamedTo), "previousTitle": .text(row.renamedFrom),
    ]
  }
}
