/// Mutations: the actions of ``ForgeSession`` under their GraphQL names.
extension ForgeGraphExecutor {
  mutating func mutationField(_ name: String, _ input: ForgeGraphArguments) async throws -> ForgeGraphValue? {
    let fields: [String: ForgeGraphValue]
    switch name {
    case "addComment", "updateIssueComment", "deleteIssueComment":
      fields = try commentMutation(name, input)
    case "resolveReviewThread", "unresolveReviewThread":
      let thread = try thread(input.text("threadId"))
      _ = try session.setResolved(name == "resolveReviewThread", thread: thread)
      fields = ["thread": .object(.thread(thread.id))]
    case "addPullRequestReviewThreadReply":
      let thread = try thread(input.text("pullRequestReviewThreadId"))
      let comment = try session.reply(to: thread, body: input.text("body") ?? "")
      fields = ["comment": .object(.reviewComment(comment.id))]
    case "addLabelsToLabelable", "removeLabelsFromLabelable":
      fields = try labelMutation(name, input)
    default:
      guard let pull = try await pullMutation(name, input) else { return nil }
      fields = pull
    }
    let type = name.prefix(1).uppercased() + name.dropFirst() + "Payload"
    let given: [String: ForgeGraphValue] = ["clientMutationId": .text(input.text("clientMutationId"))]
    return .record(type, fields.merging(given) { $1 })
  }

  private func thread(_ id: String?) throws -> ForgeThread {
    guard case .thread(let number) = try object(withID: id ?? ""), let thread = session.state.threads[number]
    else {
      throw ForgeGraphError(
        "Could not resolve to a node with the global id of '\(id ?? "")'", type: "NOT_FOUND")
    }
    return thread
  }

  private mutating func commentMutation(
    _ name: String, _ input: ForgeGraphArguments
  ) throws -> [String: ForgeGraphValue] {
    if name == "addComment" {
      let issue = try issueNamed(input.text("subjectId"), isPull: nil)
      let comment = try session.comment(on: issue, body: input.text("body") ?? "")
      let node = ForgeGraphValue.object(.comment(comment.id))
      let edge = ForgeGraphValue.record(
        "IssueCommentEdge", ["cursor": .text("IC_\(comment.id)"), "node": node])
      return ["commentEdge": edge, "subject": .object(.issue(issue.id))]
    }
    let id = input.text("id") ?? ""
    guard case .comment(let number) = try object(withID: id), let comment = session.state.comments[number]
    else {
      throw ForgeGraphError("Could not resolve to a node with the global id of '\(id)'", type: "NOT_FOUND")
    }
    if name == "deleteIssueComment" {
      try session.deleteComment(comment)
      return [:]
    }
    _ = try session.editComment(comment, body: input.text("body") ?? "")
    return ["issueComment": .object(.comment(comment.id))]
  }

  private mutating func labelMutation(
    _ name: String, _ input: ForgeGraphArguments
  ) throws -> [String: ForgeGraphValue] {
    let issue = try issueNamed(input.text("labelableId"), isPull: nil)
    let names = try (input.texts("labelIds") ?? []).map { id in
      guard case .label(let number) = try object(withID: id), let label = session.state.labels[number],
        label.repositoryID == issue.repositoryID
      else {
        throw ForgeGraphError("Could not resolve to a node with the global id of '\(id)'", type: "NOT_FOUND")
      }
      return label.name
    }
    if name == "addLabelsToLabelable" {
      _ = try session.addLabels(names, to: issue)
    } else {
      // Unlike the REST route, removing what is not there is no error here.
      let held = Set(session.state.labels(of: issue).map(\.name))
      for name in names where held.contains(name) {
        _ = try session.removeLabel(name, from: try session.issue(issue.id))
      }
    }
    return ["labelable": .object(.issue(issue.id))]
  }

  private mutating func pullMutation(
    _ name: String, _ input: ForgeGraphArguments
  ) async throws -> [String: ForgeGraphValue]? {
    if name == "createPullRequest" { return try await createPull(input) }
    if name == "closeIssue" || name == "reopenIssue" {
      let issue = try issueNamed(input.text("issueId"), isPull: false)
      let state: ForgeIssue.State = name == "closeIssue" ? .closed : .open
      let reason = input.text("stateReason")?.lowercased()
      _ = try session.edit(issue, ForgeSession.IssueEdit(state: state, stateReason: reason))
      return ["issue": .object(.issue(issue.id))]
    }
    if name == "dequeuePullRequest" {
      // As on GitHub, the id is the pull request's.
      let entry = try session.dequeue(try issueNamed(input.text("id"), isPull: true))
      return ["mergeQueueEntry": entry.pull.map { queueEntry(entry, $0) } ?? .null]
    }
    let issue = try issueNamed(input.text("pullRequestId"), isPull: true)
    let method = input.text("mergeMethod").flatMap { ForgeMergeMethod(rawValue: $0.lowercased()) } ?? .merge
    switch name {
    case "updatePullRequest":
      _ = try session.edit(
        issue, ForgeSession.IssueEdit(title: input.text("title"), body: input.text("body")))
    case "closePullRequest": _ = try session.edit(issue, ForgeSession.IssueEdit(state: .closed))
    case "reopenPullRequest": _ = try session.edit(issue, ForgeSession.IssueEdit(state: .open))
    case "mergePullRequest":
      let order = ForgeSession.MergeOrder(
        method: method, title: input.text("commitHeadline"), message: input.text("commitBody"),
        expectedHead: input.text("expectedHeadOid"))
      _ = try await session.merge(issue, order)
    case "enablePullRequestAutoMerge":
      try session.requireHead(input.text("expectedHeadOid"), of: issue)
      _ = try session.setAutoMerge(method, of: issue)
    case "enqueuePullRequest":
      try session.requireHead(input.text("expectedHeadOid"), of: issue)
      let queued = try await session.enqueue(issue)
      return ["mergeQueueEntry": queued.pull.map { queueEntry(queued, $0) } ?? .null]
    case "disablePullRequestAutoMerge": _ = try session.setAutoMerge(nil, of: issue)
    case "markPullRequestReadyForReview": _ = try session.setDraft(false, of: issue)
    case "convertPullRequestToDraft": _ = try session.setDraft(true, of: issue)
    default: return nil
    }
    return ["pullRequest": .object(.issue(issue.id)), "actor": actor(session.viewer)]
  }

  private mutating func createPull(_ input: ForgeGraphArguments) async throws -> [String: ForgeGraphValue] {
    let id = input.text("repositoryId") ?? ""
    guard case .repository(let number) = try object(withID: id) else {
      throw ForgeGraphError("Could not resolve to a node with the global id of '\(id)'", type: "NOT_FOUND")
    }
    let new = ForgeSession.NewPull(
      title: input.text("title") ?? "", body: input.text("body") ?? "",
      head: Self.plainBranch(input.text("headRefName")), base: Self.plainBranch(input.text("baseRefName")),
      isDraft: input.flag("draft") ?? false, maintainerCanModify: input.flag("maintainerCanModify") ?? true)
    let issue = try await session.createPull(in: try session.repository(number), new)
    return ["pullRequest": .object(.issue(issue.id))]
  }

  private static func plainBranch(_ name: String?) -> String {
    (name ?? "").replacing("refs/heads/", with: "")
  }
}
