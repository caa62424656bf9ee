/// Computed fields of issues and pull requests.
extension ForgeGraphExecutor {
  mutating func issueField(
    _ name: String, of row: ForgeIssue, _ arguments: ForgeGraphArguments
  ) async throws -> ForgeGraphValue? {
    switch name {
    case "labels": return try labels(session.state.labels(of: row), arguments)
    case "assignees":
      let entries = row.assignees.map { Entry($0, .object(.actor($0))) }
      return try connection("User", of: entries, arguments, in: name)
    case "comments":
      let rows = ordered(
        session.state.comments(of: row.id), arguments, by: ["UPDATED_AT": { $0.updatedAt.milliseconds }])
      let entries = rows.map { Entry($0.id, .object(.comment($0.id))) }
      return try connection("IssueComment", of: entries, arguments, in: name)
    case "timelineItems": return try await timeline(of: row, arguments)
    default: return row.isPull ? try await pullField(name, of: row, arguments) : nil
    }
  }

  private mutating func pullField(
    _ name: String, of row: ForgeIssue, _ arguments: ForgeGraphArguments
  ) async throws -> ForgeGraphValue? {
    switch name {
    case "mergeable":
      switch try await session.readMergeability(of: row) {
      case .unknown: return .text("UNKNOWN")
      case .mergeable: return .text("MERGEABLE")
      case .conflicting: return .text("CONFLICTING")
      }
    case "mergeStateStatus":
      let known = session.state.issues[row.id]?.pull?.mergeability ?? .unknown
      return .text(try await session.mergeState(of: row, mergeability: known).uppercased())
    case "additions": return .number(try await session.files(of: row).reduce(0) { $0 + $1.additions })
    case "deletions": return .number(try await session.files(of: row).reduce(0) { $0 + $1.deletions })
    case "changedFiles": return .number(try await session.files(of: row).count)
    case "files":
      let entries = try await session.files(of: row).map { Entry($0.path, Self.changedFile($0)) }
      return try connection("PullRequestChangedFile", of: entries, arguments, in: name)
    case "commits":
      let entries = try await session.commits(of: row).map { Entry($0.sha, pullCommit($0.sha, row)) }
      return try connection("PullRequestCommit", of: entries, arguments, in: name)
    case "closingIssuesReferences":
      let entries = session.closingIssues(of: row).map { Entry($0.id, .object(.issue($0.id))) }
      return try connection("Issue", of: entries, arguments, in: name)
    case "reviews", "latestReviews", "latestOpinionatedReviews", "reviewThreads", "reviewRequests":
      return try reviewList(name, of: row, arguments)
    default: return nil
    }
  }

  private func reviewList(
    _ name: String, of row: ForgeIssue, _ arguments: ForgeGraphArguments
  ) throws -> ForgeGraphValue? {
    switch name {
    case "reviewThreads":
      let rows = session.state.threads(of: row.id).filter { !isPending($0) }
      let entries = rows.map { Entry($0.id, .object(.thread($0.id))) }
      return try connection("PullRequestReviewThread", of: entries, arguments, in: name)
    case "reviewRequests":
      let entries = (row.pull?.requestedReviewers ?? []).map { login in
        Entry(
          login,
          .record(
            "ReviewRequest",
            [
              "id": .text("RR_\(row.id)_\(login)"), "databaseId": .number(row.id),
              "asCodeOwner": .flag(false),
              "pullRequest": .object(.issue(row.id)), "requestedReviewer": actor(login),
            ]))
      }
      return try connection("ReviewRequest", of: entries, arguments, in: name)
    default: break
    }
    var rows = name == "reviews" ? session.state.reviews(of: row.id) : session.latestReviews(of: row)
    rows.removeAll { $0.state == .pending && $0.author != session.viewer }
    if name == "latestOpinionatedReviews" {
      rows.removeAll { $0.state != .approved && $0.state != .changesRequested && $0.state != .dismissed }
    }
    if let author = arguments.text("author") {
      rows.removeAll { $0.author.lowercased() != author.lowercased() }
    }
    if let states = arguments.texts("states") { rows.removeAll { !states.contains($0.state.rawValue) } }
    let entries = rows.map { Entry($0.id, .object(.review($0.id))) }
    return try connection("PullRequestReview", of: entries, arguments, in: name)
  }

  private func isPending(_ thread: ForgeThread) -> Bool {
    guard let first = session.state.reviewComments(ofThread: thread.id).first else { return false }
    let review = session.state.reviews[first.reviewID]
    return review?.state == .pending && review?.author != session.viewer
  }

  private static func changedFile(_ file: ForgeFileDiff) -> ForgeGraphValue {
    let change =
      switch file.status {
      case .added: "ADDED"
      case .removed: "DELETED"
      case .modified: "MODIFIED"
      case .renamed: "RENAMED"
      }
    return .record(
      "PullRequestChangedFile",
      [
        "path": .text(file.path), "additions": .number(file.additions), "deletions": .number(file.deletions),
        "changeType": .text(change),
      ])
  }

  private func pullCommit(_ sha: CommitSHA, _ row: ForgeIssue) -> ForgeGraphValue {
    .record(
      "PullRequestCommit",
      [
        "id": .text("PRC_\(row.id)_\(sha)"), "commit": .object(.commit(sha, repositoryID: row.repositoryID)),
        "pullRequest": .object(.issue(row.id)), "url": .text("\(web(row))/commits/\(sha)"),
      ])
  }

  /// Events, comments, reviews and commits in the order they happened; commits come first.
  private func timeline(of row: ForgeIssue, _ arguments: ForgeGraphArguments) async throws -> ForgeGraphValue
  {
    var items: [TimelineItem] = session.state.events(of: row.id).map { event in
      TimelineItem(
        id: event.id, type: Self.typeName(of: event.kind), at: event.createdAt,
        value: .object(.event(event.id)))
    }
    items += session.state.comments(of: row.id).map { comment in
      TimelineItem(
        id: comment.id, type: "IssueComment", at: comment.createdAt, value: .object(.comment(comment.id)))
    }
    items += session.state.reviews(of: row.id).filter { $0.state != .pending }.map { review in
      TimelineItem(
        id: review.id, type: "PullRequestReview", at: review.createdAt, value: .object(.review(review.id)))
    }
    items.sort { $0.id < $1.id }
    if row.isPull {
      let commits = try await session.commits(of: row).enumerated().map { index, commit in
        TimelineItem(
          id: index - Self.pageMax * Self.pageMax, type: "PullRequestCommit", at: commit.committedAt,
          value: pullCommit(commit.sha, row))
      }
      items = commits + items
    }
    let known = ForgeGraphTypeTable.github.possibleTypes(
      of: row.isPull ? "PullRequestTimelineItems" : "IssueTimelineItems")
    items.removeAll { !known.contains($0.type) }
    let total = items.count
    if let types = arguments.texts("itemTypes") {
      items.removeAll { !types.contains(Self.itemType(of: $0.type)) }
    }
    if let since = arguments.time("since") { items.removeAll { $0.at < since } }
    if let skip = arguments.number("skip") { items.removeFirst(min(max(skip, 0), items.count)) }
    let extra: [String: ForgeGraphValue] = [
      "filteredCount": .number(items.count), "pageCount": .number(min(items.count, Self.pageMax)),
      "updatedAt": .time(row.updatedAt), "totalCount": .number(total),
    ]
    let name = row.isPull ? "PullRequestTimelineItems" : "IssueTimelineItems"
    return try connection(
      name, of: items.map { Entry($0.id, $0.value) }, arguments, in: "timelineItems", extra: extra)
  }

  /// One entry of a timeline.
  private struct TimelineItem {
    let id: Int
    let type: String
    let at: Timestamp
    let value: ForgeGraphValue
  }
}
