/// How far the conversation of a pull request was read at one look, by GitHub's ids, which rise: no clock is asked.
struct ConversationMark: Equatable, Sendable {
  /// The newest comment of any review thread; 0 when there was none.
  var threadComment: Int64 = 0
  var review: Int64 = 0
  /// Nil for a look of a version that did not read them.
  var comment: Int64?
  /// When the look began, by our own clock.
  var lookedAt: Timestamp

  init(_ pull: PullSnapshot?, at time: Timestamp) {
    threadComment = (pull?.threads ?? []).flatMap(\.comments).map(\.id).max() ?? 0
    review = (pull?.reviews ?? []).map(\.id).max() ?? 0
    lookedAt = time
    guard let pull else {
      comment = 0
      return
    }
    comment = pull.comments.map { $0.map(\.id).max() ?? 0 }
  }

  func precedes(thread comment: CommentSnapshot) -> Bool { comment.id > threadComment }
  func precedes(review comment: CommentSnapshot) -> Bool { comment.id > review }

  func precedes(comment: CommentSnapshot) -> Bool {
    self.comment.map { comment.id > $0 } ?? (comment.createdAt > lookedAt)
  }
}

extension Coordinator {
  /// What people with write access said about the pull request as a whole, in a comment or a review's text, since the
  /// loop's first run and the last fix: what was there before the first run is history.
  ///
  /// - Parameter evidence: whether their author has write access: unknown asks for those that may turn out to count.
  func remarks(
    _ facts: LoopFacts, _ pull: PullSnapshot, by evidence: Evidence = .yes
  ) -> [CommentSnapshot] {
    guard let first = facts.firstMark else { return [] }
    let marks = [first] + [facts.fixMark].compactMap(\.self)
    let viewer = facts.observation?.viewer ?? ""
    let comments = (pull.comments ?? []).filter { comment in
      marks.allSatisfy { $0.precedes(comment: comment) }
    }
    let reviews = pull.reviews.compactMap(\.remark).filter { remark in
      marks.allSatisfy { $0.precedes(review: remark) }
    }
    return (comments + reviews).filter { comment in
      comment.isByWriter(viewer: viewer, evidence)
        // What answered a question was heard.
        && !facts.answers.contains { $0.answer == comment.body && $0.by == comment.author.login }
    }
  }

  /// The first reply to an open question.
  ///
  /// - Parameter evidence: whether its author has write access: unknown asks for one that may turn out to count.
  func reply(
    to question: PendingQuestion, _ facts: LoopFacts, by evidence: Evidence = .yes
  ) -> CommentSnapshot? {
    let viewer = facts.observation?.viewer ?? ""
    let comments = (facts.observation?.issue?.comments ?? []) + (facts.observation?.pull?.comments ?? [])
    return comments.sorted { $0.id < $1.id }.first { comment in
      question.precedes(comment) && comment.isByWriter(viewer: viewer, evidence)
    }
  }
}

extension PendingQuestion {
  /// By GitHub's ids; by time only where the question was never seen to be posted.
  func precedes(_ comment: CommentSnapshot) -> Bool {
    postedID.map { comment.id > $0 } ?? (comment.createdAt > askedAt)
  }
}

extension CommentSnapshot {
  /// Whether a person with write access wrote it, or with as much as is known of it.
  func isByWriter(viewer: String, _ evidence: Evidence = .yes) -> Bool {
    author.canWrite == evidence && !author.isBot && !isOurs(viewer: viewer)
  }
}

extension ReviewSnapshot {
  /// What it says as a whole; nil when it says nothing, or asks for nothing.
  var remark: CommentSnapshot? {
    switch state {
    case .approved, .dismissed, .pending: return nil
    case .changesRequested, .commented: break
    }
    guard let submittedAt, body.contains(where: { !$0.isWhitespace }) else { return nil }
    return CommentSnapshot(
      id: id, author: author, body: body, createdAt: submittedAt, updatedAt: submittedAt, url: url)
  }
}

extension ThreadSnapshot {
  /// A remark as a fixer is shown it: a conversation of one comment, about no place.
  init(remark: CommentSnapshot) {
    self.init(id: "", isResolved: false, isOutdated: false, path: "", line: nil, comments: [remark])
  }

  /// Whether it is about the pull request as a whole, and is answered there.
  var isRemark: Bool { id.isEmpty }
}
