/// What happens to issues and to the issue side of pull requests.
extension ForgeSession {
  /// GitHub's bound on a comment or body, in characters.
  static let bodyLengthMax = 65_536
  /// GitHub's bound on a title.
  static let titleLengthMax = 256

  mutating func createIssue(
    in repository: ForgeRepository, title: String, body: String, labels: [String] = []
  ) throws -> ForgeIssue {
    try require(.read, in: repository)
    let issue = try newIssue(in: repository, title: title, body: body)
    changes.append(.issueOpened(repository: repository.fullName, number: issue.number))
    // GitHub ignores labels given by somebody who may not set them.
    if !labels.isEmpty, repository.permission(of: viewer) >= .triage { _ = try addLabels(labels, to: issue) }
    return try self.issue(issue.id)
  }

  /// Takes the next number of the repository; ``createPull`` builds on it.
  mutating func newIssue(in repository: ForgeRepository, title: String, body: String) throws -> ForgeIssue {
    guard !title.allSatisfy(\.isWhitespace) else {
      throw ForgeRefusal.invalid("Issue", "title", code: "missing_field")
    }
    guard title.count <= Self.titleLengthMax else {
      throw ForgeRefusal.invalid(
        "Issue", "title", code: "custom", message: "title is too long (maximum is 256 characters)")
    }
    try checkBody(body, resource: "Issue")
    guard var stored = state.repositories[repository.id] else { throw ForgeRefusal.notFound }
    let issue = ForgeIssue(
      id: state.newID(), repositoryID: stored.id, number: stored.nextNumber, title: title, body: body,
      author: viewer, createdAt: now, updatedAt: now)
    stored.nextNumber += 1
    state.repositories.put(stored)
    state.issues.put(issue)
    return issue
  }

  func checkBody(_ body: String, resource: String) throws {
    guard body.unicodeScalars.count <= Self.bodyLengthMax else {
      throw ForgeRefusal.invalid(
        resource, "body", code: "unprocessable", message: "body is too long (maximum is 65536 characters)")
    }
  }

  /// What an edit changes; nil leaves a member as it is.
  struct IssueEdit: Sendable {
    var title: String?
    var body: String?
    var state: ForgeIssue.State?
    var stateReason: String?
    var labels: [String]?
    var assignees: [String]?
  }

  mutating func edit(_ issue: ForgeIssue, _ edit: IssueEdit) throws -> ForgeIssue {
    let repository = try repository(issue.repositoryID)
    if issue.author.lowercased() != viewer.lowercased() { try require(.triage, in: repository) }
    var changed = issue
    if let title = edit.title, title != issue.title {
      record(.renamed, on: issue) { event in
        event.renamedFrom = issue.title
        event.renamedTo = title
      }
      changed.title = title
    }
    if let body = edit.body {
      try checkBody(body, resource: "Issue")
      if body != issue.body { (changed.lastEditedAt, changed.editor) = (now, viewer) }
      changed.body = body
    }
    if let assignees = edit.assignees { changed.assignees = assignees }
    touch(changed)
    if let labels = edit.labels { _ = try setLabels(labels, of: changed) }
    switch edit.state {
    case .closed?: try close(try self.issue(issue.id), reason: edit.stateReason)
    case .open?: try reopen(try self.issue(issue.id))
    case nil: break
    }
    return try self.issue(issue.id)
  }

  /// Removes an issue for good, as its repository's administrators may.
  mutating func delete(_ issue: ForgeIssue) { state.issues[issue.id] = nil }

  mutating func close(_ issue: ForgeIssue, reason: String? = nil) throws {
    guard issue.state == .open else { return }
    var issue = issue
    issue.state = .closed
    issue.closedAt = now
    issue.closedBy = viewer
    if !issue.isPull { issue.stateReason = reason ?? "completed" }
    // Whoever opens it again has to ask for its merge again.
    issue.pull?.autoMerge = nil
    issue.pull?.queuedAt = nil
    let stateReason = issue.stateReason
    record(.closed, on: issue) { $0.stateReason = stateReason }
    touch(issue)
    changes.append(.closed(repository: fullName(issue), number: issue.number))
  }

  mutating func reopen(_ issue: ForgeIssue) throws {
    guard issue.state == .closed else { return }
    var issue = issue
    if let pull = issue.pull {
      let head = state.repositories[pull.headRepositoryID]?.branches[pull.headBranch]
      guard !pull.isMerged, head != nil else {
        throw ForgeRefusal.invalid(
          "PullRequest", "state", code: "custom",
          message: "state cannot be changed. The pull request cannot be reopened.")
      }
    }
    issue.state = .open
    issue.closedAt = nil
    issue.closedBy = nil
    if !issue.isPull { issue.stateReason = "reopened" }
    record(.reopened, on: issue)
    touch(issue)
    changes.append(.reopened(repository: fullName(issue), number: issue.number))
  }

  // MARK: labels

  mutating func createLabel(
    in repository: ForgeRepository, name: String, color: String = "ededed", description: String? = nil
  ) throws -> ForgeLabel {
    try require(.write, in: repository)
    guard !name.isEmpty, name.count <= 50 else {
      throw ForgeRefusal.invalid("Label", "name", code: "invalid")
    }
    guard color.count == 6, color.allSatisfy(\.isHexDigit) else {
      throw ForgeRefusal.invalid("Label", "color", code: "invalid")
    }
    guard state.label(name, in: repository.id) == nil else {
      throw ForgeRefusal.invalid("Label", "name", code: "already_exists")
    }
    let label = ForgeLabel(
      id: state.newID(), repositoryID: repository.id, name: name, color: color.lowercased(),
      description: description)
    state.labels.put(label)
    return label
  }

  /// Adds labels by name; names the repository lacks are made, as GitHub does for people with write access.
  mutating func addLabels(_ names: [String], to issue: ForgeIssue) throws -> [ForgeLabel] {
    let repository = try repository(issue.repositoryID)
    try require(.triage, in: repository)
    var issue = issue
    for name in names {
      let label: ForgeLabel
      if let known = state.label(name, in: repository.id) {
        label = known
      } else {
        label = try createLabel(in: repository, name: name)
      }
      guard !issue.labelIDs.contains(label.id) else { continue }
      issue.labelIDs.append(label.id)
      record(.labeled, on: issue) { $0.label = label }
      touch(issue)
      changes.append(.labeled(repository: repository.fullName, number: issue.number, label: label.name))
    }
    return state.labels(of: issue)
  }

  /// - Throws: 404 when the label does not exist or the issue does not have it.
  mutating func removeLabel(_ name: String, from issue: ForgeIssue) throws -> [ForgeLabel] {
    let repository = try repository(issue.repositoryID)
    try require(.triage, in: repository)
    guard let label = state.label(name, in: repository.id), issue.labelIDs.contains(label.id) else {
      throw ForgeRefusal(status: 404, message: "Label does not exist")
    }
    var issue = issue
    issue.labelIDs.removeAll { $0 == label.id }
    record(.unlabeled, on: issue) { $0.label = label }
    touch(issue)
    changes.append(.unlabeled(repository: repository.fullName, number: issue.number, label: label.name))
    return state.labels(of: issue)
  }

  mutating func setLabels(_ names: [String], of issue: ForgeIssue) throws -> [ForgeLabel] {
    let wanted = Set(names.map { $0.lowercased() })
    for label in state.labels(of: issue) where !wanted.contains(label.name.lowercased()) {
      _ = try removeLabel(label.name, from: try self.issue(issue.id))
    }
    return try addLabels(names, to: try self.issue(issue.id))
  }

  // MARK: comments

  mutating func comment(on issue: ForgeIssue, body: String) throws -> ForgeComment {
    let repository = try repository(issue.repositoryID)
    try require(.read, in: repository)
    guard !body.allSatisfy(\.isWhitespace) else {
      throw ForgeRefusal.invalid("IssueComment", "body", code: "missing_field")
    }
    try checkBody(body, resource: "IssueComment")
    if issue.isLocked, repository.permission(of: viewer) < .write {
      throw ForgeRefusal.forbidden("Unable to create comment because issue is locked.")
    }
    let comment = ForgeComment(
      id: state.newID(), repositoryID: repository.id, issueID: issue.id, author: viewer, body: body,
      createdAt: now, updatedAt: now)
    state.comments.put(comment)
    touch(issue)
    changes.append(.commented(repository: repository.fullName, number: issue.number, author: viewer))
    return comment
  }

  mutating func editComment(_ comment: ForgeComment, body: String) throws -> ForgeComment {
    let repository = try repository(comment.repositoryID)
    if comment.author.lowercased() != viewer.lowercased() { try require(.write, in: repository) }
    guard !body.allSatisfy(\.isWhitespace) else {
      throw ForgeRefusal.invalid("IssueComment", "body", code: "missing_field")
    }
    try checkBody(body, resource: "IssueComment")
    var comment = comment
    comment.body = body
    comment.updatedAt = now
    state.comments.put(comment)
    touch(try issue(comment.issueID))
    return comment
  }

  mutating func deleteComment(_ comment: ForgeComment) throws {
    let repository = try repository(comment.repositoryID)
    if comment.author.lowercased() != viewer.lowercased() { try require(.write, in: repository) }
    state.comments[comment.id] = nil
    touch(try issue(comment.issueID))
  }
}
