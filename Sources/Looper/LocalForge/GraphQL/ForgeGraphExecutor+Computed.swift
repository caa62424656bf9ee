import Foundation

/// Fields that need arguments, other rows or git; nil when a type has no such field.
extension ForgeGraphExecutor {
  mutating func computedField(
    _ name: String, of object: ForgeGraphObject, _ arguments: ForgeGraphArguments
  ) async throws -> ForgeGraphValue? {
    switch object {
    case .query: return try queryField(name, arguments)
    case .mutation: return try await mutationField(name, arguments.nested("input"))
    case .repository(let id):
      guard let row = session.state.repositories[id] else { return nil }
      return try await repositoryField(name, of: row, arguments)
    case .issue(let id):
      guard let row = session.state.issues[id] else { return nil }
      return try await issueField(name, of: row, arguments)
    case .review(let id):
      guard name == "comments" else { return nil }
      let rows = session.state.reviewComments.rows.filter { $0.reviewID == id }
      return try reviewComments(rows, arguments)
    case .thread(let id):
      guard name == "comments" else { return nil }
      return try reviewComments(session.state.reviewComments(ofThread: id), arguments)
    case .commit(let sha, let repositoryID):
      return try await commitField(name, of: sha, repositoryID, arguments)
    case .ref(let branch, let repositoryID):
      if name == "rules" { return try rules(of: branch, repositoryID, arguments) }
      guard name == "associatedPullRequests" else { return nil }
      let rows = session.state.issues(in: repositoryID).filter { $0.pull?.headBranch == branch }
      return try pulls(rows, arguments, field: name)
    case .rollup(let sha, let repositoryID):
      return name == "contexts" ? try rollupContexts(of: sha, repositoryID, arguments) : nil
    case .combinedStatus(let sha, let repositoryID):
      let rows = session.state.currentStatuses(of: sha, in: repositoryID)
      return name == "context"
        ? .object(rows.first { $0.context == arguments.text("name") }.map { .status($0.id) }) : nil
    case .checkRun(let id): return try checkRunField(name, of: id, arguments)
    case .checkSuite(let id): return try checkSuiteField(name, of: id, arguments)
    case .status(let id):
      guard name == "isRequired", let row = session.state.statuses[id] else { return nil }
      return try .flag(isRequired(name: row.context, appID: nil, repositoryID: row.repositoryID, arguments))
    case .comment, .reviewComment, .label, .event, .actor, .record: return nil
    }
  }

  private func queryField(_ name: String, _ arguments: ForgeGraphArguments) throws -> ForgeGraphValue? {
    switch name {
    case "viewer": return .object(.actor(session.viewer))
    case "repository":
      let fullName = "\(arguments.text("owner") ?? "")/\(arguments.text("name") ?? "")"
      guard let row = try? session.repository(fullName) else {
        throw ForgeGraphError(
          "Could not resolve to a Repository with the name '\(fullName)'.", type: "NOT_FOUND")
      }
      return .object(.repository(row.id))
    case "node": return .object(try object(withID: arguments.text("id") ?? ""))
    case "nodes": return .list(try (arguments.texts("ids") ?? []).map { .object(try object(withID: $0)) })
    case "search": return try search(arguments)
    case "resource": return .object(resource(arguments.text("url") ?? ""))
    case "rateLimit":
      let fields: [String: ForgeGraphValue] = [
        "cost": .number(1), "limit": .number(usage.limit), "nodeCount": .number(0),
        "remaining": .number(usage.remaining), "resetAt": .time(usage.reset), "used": .number(usage.used),
      ]
      return .record("RateLimit", fields)
    default: return nil
    }
  }

  private func resource(_ url: String) -> ForgeGraphObject? {
    let parts = url.split(separator: "/").dropFirst(2).map(String.init)
    guard parts.count >= 2, let row = try? session.repository("\(parts[0])/\(parts[1])") else { return nil }
    if parts.count == 2 { return .repository(row.id) }
    guard parts.count == 4, let number = Int(parts[3]) else { return nil }
    return session.state.issue(number, in: row.id).map { .issue($0.id) }
  }

  private func repositoryField(
    _ name: String, of row: ForgeRepository, _ arguments: ForgeGraphArguments
  ) async throws -> ForgeGraphValue? {
    let state = session.state
    switch name {
    case "issues": return try issues(state.issues(in: row.id).filter { !$0.isPull }, arguments)
    case "pullRequests": return try pulls(state.issues(in: row.id).filter(\.isPull), arguments, field: name)
    case "issue", "pullRequest", "issueOrPullRequest":
      let number = arguments.number("number") ?? 0
      let found = state.issue(number, in: row.id)
      guard let found, name == "issueOrPullRequest" || found.isPull == (name == "pullRequest") else {
        let kind =
          name == "issue" ? "an Issue" : name == "pullRequest" ? "a PullRequest" : "an issue or pull request"
        throw ForgeGraphError("Could not resolve to \(kind) with the number of \(number).", type: "NOT_FOUND")
      }
      return .object(.issue(found.id))
    case "label": return .object(state.label(arguments.text("name") ?? "", in: row.id).map { .label($0.id) })
    case "labels":
      let rows = state.labels.rows.filter { label in
        label.repositoryID == row.id
          && (arguments.text("query").map { label.name.lowercased().contains($0.lowercased()) } ?? true)
      }
      return try labels(rows, arguments)
    case "ref":
      let branch = Self.branchName(arguments.text("qualifiedName") ?? "")
      return .object(row.branches[branch] == nil ? nil : .ref(branch, repositoryID: row.id))
    case "refs":
      let entries = row.branches.keys.sorted().filter { _ in arguments.text("refPrefix") == "refs/heads/" }
      let nodes = entries.map { Entry($0, .object(.ref($0, repositoryID: row.id))) }
      return try connection("Ref", of: nodes, arguments, in: name)
    case "object": return try await gitObject(in: row, arguments)
    default: return nil
    }
  }

  private static func branchName(_ qualified: String) -> String {
    let prefix = "refs/heads/"
    return qualified.hasPrefix(prefix) ? String(qualified.dropFirst(prefix.count)) : qualified
  }

  /// `object(oid:)` or `object(expression:)`: a commit, or the file in `main:README.md`.
  private func gitObject(in row: ForgeRepository, _ arguments: ForgeGraphArguments) async throws
    -> ForgeGraphValue
  {
    let expression = arguments.text("expression") ?? arguments.text("oid") ?? ""
    let parts = expression.split(separator: ":", maxSplits: 1).map(String.init)
    guard let revision = parts.first else { return .null }
    var sha = row.branches[Self.branchName(revision)]
    if sha == nil { sha = try await session.git.resolve(revision, in: row.path) }
    guard let sha else { return .null }
    guard parts.count == 2 else { return .object(.commit(sha, repositoryID: row.id)) }
    guard case .file(let data)? = try await session.git.content(parts[1], at: sha, in: row.path) else {
      return .null
    }
    let text = String(data: data, encoding: .utf8)
    return .record(
      "Blob",
      [
        "id": .text("B_\(row.id)_\(sha)_\(parts[1])"), "oid": .text(sha.rawValue),
        "abbreviatedOid": .text(sha.short),
        "repository": .object(.repository(row.id)),
        "commitUrl": .text("\(ForgeView(session).web)/\(row.fullName)"),
        "text": .text(text), "byteSize": .number(data.count), "isBinary": .flag(text == nil),
      ])
  }

  // MARK: lists

  private func issues(_ rows: [ForgeIssue], _ arguments: ForgeGraphArguments) throws -> ForgeGraphValue {
    let filter = arguments.nested("filterBy")
    let states = filter.texts("states") ?? arguments.texts("states")
    let labels = filter.texts("labels") ?? arguments.texts("labels")
    let kept = rows.filter { row in
      if let states, !states.contains(row.state.rawValue.uppercased()) { return false }
      if let labels, !hasAny(labels, row) { return false }
      if let since = filter.time("since"), row.updatedAt < since { return false }
      if let creator = filter.text("createdBy"), creator.lowercased() != row.author.lowercased() {
        return false
      }
      return true
    }
    let entries = ordered(kept, arguments, by: Self.issueOrder).map { Entry($0.id, .object(.issue($0.id))) }
    return try connection("Issue", of: entries, arguments, in: "issues")
  }

  func pulls(_ rows: [ForgeIssue], _ arguments: ForgeGraphArguments, field: String) throws -> ForgeGraphValue
  {
    let kept = rows.filter { row in
      guard let pull = row.pull else { return false }
      let state = pull.isMerged ? "MERGED" : row.state.rawValue.uppercased()
      if let states = arguments.texts("states"), !states.contains(state) { return false }
      if let labels = arguments.texts("labels"), !hasAny(labels, row) { return false }
      if let head = arguments.text("headRefName"), head != pull.headBranch { return false }
      if let base = arguments.text("baseRefName"), base != pull.baseBranch { return false }
      return true
    }
    let entries = ordered(kept, arguments, by: Self.issueOrder).map { Entry($0.id, .object(.issue($0.id))) }
    return try connection("PullRequest", of: entries, arguments, in: field)
  }

  private static var issueOrder: [String: (ForgeIssue) -> Int64] {
    [
      "CREATED_AT": { $0.createdAt.milliseconds }, "UPDATED_AT": { $0.updatedAt.milliseconds },
    ]
  }

  /// GitHub's `labels` argument means any of them.
  private func hasAny(_ names: [String], _ row: ForgeIssue) -> Bool {
    let wanted = Set(names.map { $0.lowercased() })
    return session.state.labels(of: row).contains { wanted.contains($0.name.lowercased()) }
  }

  func labels(_ rows: [ForgeLabel], _ arguments: ForgeGraphArguments) throws -> ForgeGraphValue {
    let entries = rows.map { Entry($0.id, .object(.label($0.id))) }
    return try connection("Label", of: entries, arguments, in: "labels")
  }

  func reviewComments(_ rows: [ForgeReviewComment], _ arguments: ForgeGraphArguments) throws
    -> ForgeGraphValue
  {
    let entries = rows.map { Entry($0.id, .object(.reviewComment($0.id))) }
    return try connection("PullRequestReviewComment", of: entries, arguments, in: "comments")
  }
}
