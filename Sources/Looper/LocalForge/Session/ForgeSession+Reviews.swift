/// Reviews, threads and review requests.
extension ForgeSession {
  /// A comment of a review that is being written.
  struct NewReviewComment: Sendable {
    var anchor: ForgeAnchor
    var body: String
  }

  /// A review that is being written; `event` nil leaves it pending.
  struct NewReview: Sendable {
    /// What the reviewer says, by the REST names.
    enum Event: String, Sendable {
      case approve = "APPROVE"
      case requestChanges = "REQUEST_CHANGES"
      case comment = "COMMENT"

      var state: ForgeReview.State {
        switch self {
        case .approve: .approved
        case .requestChanges: .changesRequested
        case .comment: .commented
        }
      }
    }

    var event: Event?
    var body = ""
    /// The commit it is about; the current head when nil.
    var commit: String?
    var comments: [NewReviewComment] = []
  }

  mutating func submitReview(_ new: NewReview, on issue: ForgeIssue) async throws -> ForgeReview {
    let pull = try pull(of: issue)
    try require(.read, in: try repositoryOf(issue))
    try checkReview(new, on: issue)
    let commit = try await reviewedCommit(new.commit, of: issue, pull: pull)
    let files = new.comments.isEmpty ? [] : try await filesShown(at: commit, of: issue)
    for comment in new.comments {
      guard let file = files.first(where: { $0.path == comment.anchor.path }) else {
        throw ForgeRefusal.unprocessable("Path could not be resolved")
      }
      try checkAnchor(comment.anchor, in: file, sentence: "Line could not be resolved")
    }
    let review = ForgeReview(
      id: state.newID(), issueID: issue.id, author: viewer, body: new.body,
      state: new.event?.state ?? .pending,
      commit: commit, createdAt: now, submittedAt: new.event == nil ? nil : now)
    state.reviews.put(review)
    for comment in new.comments {
      _ = startThread(comment, review: review, issue: issue, files: files)
    }
    try settle(review, on: issue)
    return review
  }

  private func checkReview(_ new: NewReview, on issue: ForgeIssue) throws {
    let isOwn = issue.author.lowercased() == viewer.lowercased()
    switch new.event {
    case .approve? where isOwn: throw ForgeRefusal.unprocessable("Can not approve your own pull request")
    case .requestChanges? where isOwn:
      throw ForgeRefusal.unprocessable("Can not request changes on your own pull request")
    case .requestChanges? where new.body.isEmpty, .comment? where new.body.isEmpty && new.comments.isEmpty:
      throw ForgeRefusal(status: 422, message: "Unprocessable Entity", errors: ["Body can't be blank"])
    case .approve?, .requestChanges?, .comment?, nil: break
    }
    try checkBody(new.body, resource: "PullRequestReview")
    let pending = state.reviews(of: issue.id).contains { $0.state == .pending && $0.author == viewer }
    if pending { throw ForgeRefusal.unprocessable("User can only have one pending review per pull request") }
  }

  /// Turns a pending review into a submitted one.
  mutating func submitPending(_ review: ForgeReview, event: NewReview.Event, body: String) throws
    -> ForgeReview
  {
    let issue = try issue(review.issueID)
    guard review.state == .pending, review.author.lowercased() == viewer.lowercased() else {
      throw ForgeRefusal(status: 422, message: "Can not submit a review that is not pending.")
    }
    var review = review
    // It is no longer in the way of itself.
    state.reviews[review.id] = nil
    let hasComments = state.reviewComments.rows.contains { $0.reviewID == review.id }
    try checkReview(NewReview(event: event, body: body.isEmpty && hasComments ? "comments" : body), on: issue)
    review.state = event.state
    review.submittedAt = now
    if !body.isEmpty { review.body = body }
    state.reviews.put(review)
    try settle(review, on: issue)
    return review
  }

  private mutating func settle(_ review: ForgeReview, on issue: ForgeIssue) throws {
    guard review.state != .pending else { return }
    var issue = issue
    issue.pull?.requestedReviewers.removeAll { $0.lowercased() == viewer.lowercased() }
    touch(issue)
    changes.append(.reviewed(repository: fullName(issue), number: issue.number, author: viewer))
  }

  mutating func dismiss(_ review: ForgeReview) throws -> ForgeReview {
    let issue = try issue(review.issueID)
    try require(.write, in: try repositoryOf(issue))
    guard review.state == .approved || review.state == .changesRequested else {
      throw ForgeRefusal.unprocessable(
        "Can not dismiss a \(review.state.rawValue.lowercased()) pull request review")
    }
    var review = review
    review.state = .dismissed
    state.reviews.put(review)
    touch(issue)
    return review
  }

  private func reviewedCommit(_ text: String?, of issue: ForgeIssue, pull: ForgePull) async throws
    -> CommitSHA
  {
    guard let text else { return pull.headSHA }
    guard let sha = CommitSHA(text.lowercased()) else {
      throw ForgeRefusal.unprocessable("The provided commit id is not part of the pull request")
    }
    if sha == pull.headSHA { return sha }
    guard try await commits(of: issue).contains(where: { $0.sha == sha }) else {
      throw ForgeRefusal.unprocessable("The provided commit id is not part of the pull request")
    }
    return sha
  }

  private func filesShown(at commit: CommitSHA, of issue: ForgeIssue) async throws -> [ForgeFileDiff] {
    let pull = try pull(of: issue)
    let repository = try repositoryOf(issue)
    let start = try await git.mergeBase(pull.observedBaseSHA, commit, in: repository.path) ?? pull.baseSHA
    return try await git.diff(from: start, to: commit, in: repository.path)
  }

  private func checkAnchor(_ anchor: ForgeAnchor, in file: ForgeFileDiff, sentence: String) throws {
    guard file.contains(line: anchor.line, side: anchor.side) else {
      throw ForgeRefusal.unprocessable(sentence)
    }
    guard let start = anchor.startLine else { return }
    let side = anchor.startSide ?? anchor.side
    guard start < anchor.line || side != anchor.side, file.contains(line: start, side: side) else {
      throw ForgeRefusal.unprocessable("Start line could not be resolved")
    }
  }

  private mutating func startThread(
    _ comment: NewReviewComment, review: ForgeReview, issue: ForgeIssue, files: [ForgeFileDiff]
  ) -> ForgeReviewComment {
    let anchor = comment.anchor
    let hunk = files.first { $0.path == anchor.path }?.hunkText(upTo: anchor.line, side: anchor.side) ?? ""
    let isCurrent = issue.pull?.headSHA == review.commit
    let thread = ForgeThread(
      id: state.newID(), issueID: issue.id, original: anchor, originalCommit: review.commit, diffHunk: hunk,
      current: isCurrent ? anchor : nil)
    state.threads.put(thread)
    return addComment(comment.body, to: thread, review: review, replyTo: nil)
  }

  private mutating func addComment(
    _ body: String, to thread: ForgeThread, review: ForgeReview, replyTo: Int?
  ) -> ForgeReviewComment {
    let comment = ForgeReviewComment(
      id: state.newID(), issueID: thread.issueID, threadID: thread.id, reviewID: review.id, author: viewer,
      body: body, createdAt: now, updatedAt: now, replyToID: replyTo)
    state.reviewComments.put(comment)
    return comment
  }

  /// A single comment outside a review: GitHub wraps it in a review of its own.
  mutating func commentOnLine(
    _ new: NewReviewComment, commit: String, on issue: ForgeIssue
  ) async throws -> ForgeReviewComment {
    do {
      let review = try await submitReview(
        NewReview(event: .comment, commit: commit, comments: [new]), on: issue)
      guard let comment = state.reviewComments.rows.last(where: { $0.reviewID == review.id }) else {
        throw ForgeRefusal.notFound
      }
      return comment
    } catch let refusal as ForgeRefusal {
      switch refusal.errors.first {
      case "Line could not be resolved"?, "Start line could not be resolved"?:
        throw ForgeRefusal.invalid(
          "PullRequestReviewComment", "pull_request_review_thread.line", code: "custom",
          message: "could not be resolved")
      case "Path could not be resolved"?:
        throw ForgeRefusal.invalid(
          "PullRequestReviewComment", "pull_request_review_thread.path", code: "invalid")
      default: throw refusal
      }
    }
  }

  mutating func reply(to thread: ForgeThread, body: String) throws -> ForgeReviewComment {
    let issue = try issue(thread.issueID)
    let pull = try pull(of: issue)
    try require(.read, in: try repositoryOf(issue))
    guard !body.allSatisfy(\.isWhitespace) else {
      throw ForgeRefusal.invalid("PullRequestReviewComment", "body", code: "missing_field")
    }
    try checkBody(body, resource: "PullRequestReviewComment")
    let review = ForgeReview(
      id: state.newID(), issueID: issue.id, author: viewer, body: "", state: .commented, commit: pull.headSHA,
      createdAt: now, submittedAt: now)
    state.reviews.put(review)
    let first = state.reviewComments(ofThread: thread.id).first
    let comment = addComment(body, to: thread, review: review, replyTo: first?.id)
    try settle(review, on: issue)
    return comment
  }

  mutating func setResolved(_ isResolved: Bool, thread: ForgeThread) throws -> ForgeThread {
    let issue = try issue(thread.issueID)
    if issue.author.lowercased() != viewer.lowercased() { try require(.write, in: try repositoryOf(issue)) }
    guard thread.isResolved != isResolved else { return thread }
    var thread = thread
    thread.resolvedBy = isResolved ? viewer : nil
    state.threads.put(thread)
    touch(issue)
    return thread
  }

  /// The newest opinion of each reviewer, without comments that came after a verdict.
  func latestReviews(of issue: ForgeIssue) -> [ForgeReview] {
    var latest: [String: ForgeReview] = [:]
    for review in state.reviews(of: issue.id) where review.state != .pending {
      let key = review.author.lowercased()
      if review.state == .commented, let known = latest[key], known.state != .commented { continue }
      latest[key] = review
    }
    return latest.values.sorted { $0.id < $1.id }
  }

  /// GitHub's `reviewDecision`: nil where no review is demanded, whatever the reviews say.
  func reviewDecision(of issue: ForgeIssue) -> String? {
    guard let pull = issue.pull, let repository = state.repositories[issue.repositoryID] else { return nil }
    let required = repository.protections[pull.baseBranch]?.requiredApprovals ?? 0
    guard required > 0 else { return nil }
    let verdicts = latestReviews(of: issue).filter { repository.permission(of: $0.author) >= .write }
    if verdicts.contains(where: { $0.state == .changesRequested }) { return "CHANGES_REQUESTED" }
    if verdicts.count(where: { $0.state == .approved }) >= required { return "APPROVED" }
    return "REVIEW_REQUIRED"
  }

  mutating func requestReviews(_ logins: [String], on issue: ForgeIssue) throws -> ForgeIssue {
    let repository = try repositoryOf(issue)
    try require(.write, in: repository)
    var issue = issue
    for login in logins {
      if login.lowercased() == issue.author.lowercased() {
        throw ForgeRefusal(status: 422, message: "Review cannot be requested from pull request author.")
      }
      guard state.users[login.lowercased()] != nil, repository.permission(of: login) >= .read else {
        throw ForgeRefusal(
          status: 422,
          message:
            "Reviews may only be requested from collaborators. One or more of the users or teams "
            + "you specified is not a collaborator of the \(repository.fullName) repository."
        )
      }
      guard issue.pull?.requestedReviewers.contains(login) == false else { continue }
      issue.pull?.requestedReviewers.append(login)
      record(.reviewRequested, on: issue) { $0.reviewer = login }
    }
    touch(issue)
    return try self.issue(issue.id)
  }

  mutating func removeReviewRequests(_ logins: [String], on issue: ForgeIssue) throws -> ForgeIssue {
    try require(.write, in: try repositoryOf(issue))
    let removed = Set(logins.map { $0.lowercased() })
    var issue = issue
    issue.pull?.requestedReviewers.removeAll { removed.contains($0.lowercased()) }
    for login in logins { record(.reviewRequestRemoved, on: issue) { $0.reviewer = login } }
    touch(issue)
    return try self.issue(issue.id)
  }
}
