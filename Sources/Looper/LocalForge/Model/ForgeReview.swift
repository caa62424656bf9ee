/// The side of a diff a line is on, by GitHub's names.
enum ForgeDiffSide: String, Sendable, Hashable { case left = "LEFT", right = "RIGHT" }

/// A review of a pull request, bound to the head it looked at.
struct ForgeReview: Sendable, Identifiable {
  /// Where a review is, or what it said, by the names both interfaces use.
  enum State: String, Sendable {
    case pending = "PENDING"
    case commented = "COMMENTED"
    case approved = "APPROVED"
    case changesRequested = "CHANGES_REQUESTED"
    case dismissed = "DISMISSED"
  }

  let id: Int
  let issueID: Int
  let author: String
  var body: String
  var state: State
  let commit: CommitSHA
  let createdAt: Timestamp
  var submittedAt: Timestamp?
}

/// A line, or a range of lines, of one file's diff.
struct ForgeAnchor: Sendable, Hashable {
  var path: String
  var line: Int
  var side = ForgeDiffSide.right
  var startLine: Int?
  var startSide: ForgeDiffSide?
}

/// A conversation anchored to lines of the diff.
struct ForgeThread: Sendable, Identifiable {
  let id: Int
  let issueID: Int
  /// Where it was written, on ``originalCommit``.
  let original: ForgeAnchor
  let originalCommit: CommitSHA
  let diffHunk: String
  /// Where it is on the current head; nil when the lines are gone from the diff.
  var current: ForgeAnchor?
  var resolvedBy: String?

  /// What GraphQL calls it.
  var nodeID: String { "PRRT_\(id)" }
  var isOutdated: Bool { current == nil }
  var isResolved: Bool { resolvedBy != nil }
}

/// One comment of a thread.
struct ForgeReviewComment: Sendable, Identifiable {
  let id: Int
  let issueID: Int
  let threadID: Int
  let reviewID: Int
  let author: String
  var body: String
  let createdAt: Timestamp
  var updatedAt: Timestamp
  /// The first comment of the thread, on answers.
  let replyToID: Int?
}
