/// The REST shape of things, with GitHub's member names.
struct ForgeView {
  let state: ForgeState
  let host: String

  init(_ session: ForgeSession) {
    state = session.state
    host = session.configuration.host
  }

  var web: String { "https://\(host)" }
  var api: String { host == "github.com" ? "https://api.github.com" : "https://\(host)/api/v3" }

  func user(_ login: String) -> JSONValue {
    let user = state.users[login.lowercased()]
    return [
      "login": .string(user?.login ?? login), "id": ForgeJSON.number(user?.id ?? 0),
      "node_id": .string("U_\(user?.id ?? 0)"), "type": .string(user?.isBot == true ? "Bot" : "User"),
      "site_admin": false, "html_url": .string("\(web)/\(login)"), "url": .string("\(api)/users/\(login)"),
      "avatar_url": .string("\(web)/\(login).png"),
    ]
  }

  func user(_ login: String?) -> JSONValue { login.map { user($0) } ?? .null }

  func repository(_ row: ForgeRepository, viewer: String? = nil) -> JSONValue {
    var members: [String: JSONValue] = [
      "id": ForgeJSON.number(row.id), "node_id": .string("R_\(row.id)"), "name": .string(row.name),
      "full_name": .string(row.fullName), "owner": user(row.owner), "private": .bool(row.isPrivate),
      "archived": .bool(row.isArchived), "disabled": false, "fork": .bool(row.parentID != nil),
      "html_url": .string("\(web)/\(row.fullName)"), "url": .string("\(api)/repos/\(row.fullName)"),
      "clone_url": .string("file://\(row.path)"), "ssh_url": .string("file://\(row.path)"),
      "git_url": .string("file://\(row.path)"), "default_branch": .string(row.defaultBranch),
      "visibility": .string(row.isPrivate ? "private" : "public"), "has_issues": true,
      "allow_merge_commit": .bool(row.allowsMergeCommit), "allow_squash_merge": .bool(row.allowsSquash),
      "allow_rebase_merge": .bool(row.allowsRebase), "allow_auto_merge": .bool(row.allowsAutoMerge),
      "created_at": ForgeJSON.time(row.createdAt), "updated_at": ForgeJSON.time(row.updatedAt),
      "open_issues_count": ForgeJSON.number(state.issues(in: row.id).count { $0.state == .open }),
    ]
    if let viewer {
      let permission = row.permission(of: viewer)
      members["permissions"] = [
        "admin": .bool(permission >= .admin), "maintain": .bool(permission >= .maintain),
        "push": .bool(permission >= .write), "triage": .bool(permission >= .triage),
        "pull": .bool(permission >= .read),
      ]
    }
    if let parent = row.parentID.flatMap({ state.repositories[$0] }) {
      members["parent"] = repository(parent)
    }
    return .object(members)
  }

  func label(_ row: ForgeLabel) -> JSONValue {
    let name = state.repositories[row.repositoryID]?.fullName ?? ""
    return [
      "id": ForgeJSON.number(row.id), "node_id": .string("LA_\(row.id)"), "name": .string(row.name),
      "color": .string(row.color), "description": ForgeJSON.text(row.description), "default": false,
      "url": .string("\(api)/repos/\(name)/labels/\(row.name)"),
    ]
  }

  func association(of login: String, in repositoryID: Int) -> JSONValue {
    guard let repository = state.repositories[repositoryID] else { return "NONE" }
    if repository.owner.lowercased() == login.lowercased() { return "OWNER" }
    if (repository.permissions[login.lowercased()] ?? .none) >= .triage { return "COLLABORATOR" }
    let hasMerged = state.issues(in: repositoryID).contains {
      $0.pull?.isMerged == true && $0.author.lowercased() == login.lowercased()
    }
    return hasMerged ? "CONTRIBUTOR" : "NONE"
  }

  func urls(_ row: ForgeIssue) -> (api: String, web: String) {
    let name = state.repositories[row.repositoryID]?.fullName ?? ""
    return (
      "\(api)/repos/\(name)/issues/\(row.number)",
      "\(web)/\(name)/\(row.isPull ? "pull" : "issues")/\(row.number)"
    )
  }

  /// What issues and pull requests have in common.
  private func common(_ row: ForgeIssue) -> [String: JSONValue] {
    [
      "number": ForgeJSON.number(row.number), "title": .string(row.title),
      "body": row.body.isEmpty ? .null : .string(row.body), "state": .string(row.state.rawValue),
      "locked": .bool(row.isLocked), "user": user(row.author),
      "author_association": association(of: row.author, in: row.repositoryID),
      "labels": .array(state.labels(of: row).map(label)), "assignees": .array(row.assignees.map(user)),
      "created_at": ForgeJSON.time(row.createdAt), "updated_at": ForgeJSON.time(row.updatedAt),
      "closed_at": ForgeJSON.time(row.closedAt), "html_url": .string(urls(row).web), "milestone": .null,
    ]
  }

  func issue(_ row: ForgeIssue) -> JSONValue {
    let urls = urls(row)
    var members = common(row)
    members["id"] = ForgeJSON.number(row.id)
    members["node_id"] = .string(row.isPull ? "PR_\(row.id)" : "I_\(row.id)")
    members["url"] = .string(urls.api)
    members["comments"] = ForgeJSON.number(state.comments(of: row.id).count)
    members["comments_url"] = .string("\(urls.api)/comments")
    members["state_reason"] = ForgeJSON.text(row.stateReason)
    members["closed_by"] = user(row.closedBy)
    members["repository_url"] = .string(
      "\(api)/repos/\(state.repositories[row.repositoryID]?.fullName ?? "")")
    if let pull = row.pull {
      members["draft"] = .bool(pull.isDraft)
      members["pull_request"] = [
        "url": .string(urls.api.replacing("/issues/", with: "/pulls/")), "html_url": .string(urls.web),
        "merged_at": ForgeJSON.time(pull.mergedAt),
      ]
    }
    return .object(members)
  }

  /// A pull request as lists show it, without what must be computed.
  func pull(_ row: ForgeIssue, _ pull: ForgePull) -> [String: JSONValue] {
    let urls = urls(row)
    var members = common(row)
    members["id"] = ForgeJSON.number(row.id)
    members["node_id"] = .string("PR_\(row.id)")
    members["url"] = .string(urls.api.replacing("/issues/", with: "/pulls/"))
    members["issue_url"] = .string(urls.api)
    members["diff_url"] = .string("\(urls.web).diff")
    members["patch_url"] = .string("\(urls.web).patch")
    members["draft"] = .bool(pull.isDraft)
    members["merged_at"] = ForgeJSON.time(pull.mergedAt)
    members["merge_commit_sha"] = ForgeJSON.text(pull.mergeCommit?.rawValue)
    members["head"] = side(pull.headRepositoryID, branch: pull.headBranch, sha: pull.headSHA)
    members["base"] = side(row.repositoryID, branch: pull.baseBranch, sha: pull.baseSHA)
    members["requested_reviewers"] = .array(pull.requestedReviewers.map(user))
    members["requested_teams"] = []
    members["auto_merge"] =
      pull.autoMerge.map { ["enabled_by": user($0.enabledBy), "merge_method": .string($0.method.rawValue)] }
      ?? .null
    return members
  }

  private func side(_ repositoryID: Int, branch: String, sha: CommitSHA) -> JSONValue {
    let row = state.repositories[repositoryID]
    return [
      "label": .string("\(row?.owner ?? ""):\(branch)"), "ref": .string(branch), "sha": .string(sha.rawValue),
      "user": user(row?.owner), "repo": row.map { repository($0) } ?? .null,
    ]
  }

  func comment(_ row: ForgeComment) -> JSONValue {
    guard let issue = state.issues[row.issueID] else { return .null }
    let urls = urls(issue)
    let name = state.repositories[row.repositoryID]?.fullName ?? ""
    return [
      "id": ForgeJSON.number(row.id), "node_id": .string("IC_\(row.id)"), "body": .string(row.body),
      "user": user(row.author), "author_association": association(of: row.author, in: row.repositoryID),
      "created_at": ForgeJSON.time(row.createdAt), "updated_at": ForgeJSON.time(row.updatedAt),
      "html_url": .string("\(urls.web)#issuecomment-\(row.id)"), "issue_url": .string(urls.api),
      "url": .string("\(api)/repos/\(name)/issues/comments/\(row.id)"),
    ]
  }

  func event(_ row: ForgeEvent) -> JSONValue {
    var members: [String: JSONValue] = [
      "id": ForgeJSON.number(row.id), "node_id": .string("EV_\(row.id)"), "event": .string(row.kind.rawValue),
      "actor": user(row.actor), "created_at": ForgeJSON.time(row.createdAt),
      "commit_id": ForgeJSON.text(row.commit?.rawValue),
    ]
    if let label = row.label {
      members["label"] = ["name": .string(label.name), "color": .string(label.color)]
    }
    if row.kind == .closed { members["state_reason"] = ForgeJSON.text(row.stateReason) }
    if let reviewer = row.reviewer { members["requested_reviewer"] = user(reviewer) }
    if row.kind == .renamed {
      members["rename"] = ["from": ForgeJSON.text(row.renamedFrom), "to": ForgeJSON.text(row.renamedTo)]
    }
    return .object(members)
  }
}
