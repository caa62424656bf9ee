/// What one look at GitHub saw of one loop, stored before anyone reacts to it.
struct Observation: Codable, Equatable, Sendable {
  /// The login Looper acts as, so that its own writes can be told from other people's.
  var viewer: String
  /// The issue the loop is about; nil when its subject is a pull request.
  var issue: IssueSnapshot?
  /// The pull request, once there is one.
  var pull: PullSnapshot?
}

/// Who wrote something, and what that person may do here.
struct AuthorSnapshot: Codable, Equatable, Sendable {
  /// Empty for a deleted account.
  var login: String
  var isBot: Bool
  /// Nil when it was not asked for or could not be read: then it is neither a yes nor a no.
  var permission: Permission?

  var canWrite: Evidence { Evidence(permission?.canWrite) }
}

/// A label on an issue or pull request, and who put it there last.
struct LabelSnapshot: Codable, Equatable, Sendable {
  var name: String
  /// Nil when the timeline did not tell.
  var setBy: AuthorSnapshot?
  var setAt: Timestamp?
}

/// A comment on an issue, a pull request or a review thread.
struct CommentSnapshot: Codable, Equatable, Sendable {
  /// GitHub's numeric id.
  var id: Int64
  var author: AuthorSnapshot
  var body: String
  var createdAt: Timestamp
  var updatedAt: Timestamp
  var url: String
}

/// An issue as one look saw it.
struct IssueSnapshot: Codable, Equatable, Sendable {
  var number: Int
  var title: String
  var body: String
  var url: String
  var author: AuthorSnapshot
  var isOpen: Bool
  var labels: [LabelSnapshot]
  /// Oldest first; the newest ``commentsMax`` when there are more.
  var comments: [CommentSnapshot]
  var areCommentsTruncated: Bool
  var updatedAt: Timestamp
  /// What must be closed before work on it begins; nil when it was not asked for.
  var blockers: [BlockerSnapshot]?
  /// Whether GitHub refused to tell its own dependencies, so that ``blockers`` may lack some; nil means it told.
  var areBlockersHidden: Bool?
  /// When its text was edited last, and by whom; nil when it never was.
  var lastEditedAt: Timestamp?
  var editor: AuthorSnapshot?

  static let commentsMax = 100
}

/// A pull request as one look saw it, with what decides about its head.
struct PullSnapshot: Codable, Equatable, Sendable {
  /// Open, closed without a merge, or merged.
  enum State: String, Codable, Sendable { case open, closed, merged }

  var number: Int
  /// GraphQL's opaque id.
  var nodeID: String
  var title: String
  var body: String
  var url: String
  var author: AuthorSnapshot
  var state: State
  var isDraft: Bool
  var headRef: String
  var headSHA: CommitSHA
  /// `owner/name` the head branch lives in; nil when that repository is gone.
  var headRepository: String?
  var isCrossRepository: Bool
  var baseRef: String
  var baseSHA: CommitSHA?
  /// Unknown until GitHub has computed it.
  var isMergeable: Evidence
  var labels: [LabelSnapshot]
  var checks: [CheckSnapshot]
  /// True when there are more checks than were read: then "all green" is not known.
  var areChecksTruncated: Bool
  var threads: [ThreadSnapshot]
  var areThreadsTruncated: Bool
  var reviews: [ReviewSnapshot]
  /// True when there are earlier reviews than were read: then nobody knows who asks for changes. Nil for a look of a
  /// version that did not say.
  var areReviewsTruncated: Bool?
  var updatedAt: Timestamp
  /// Nil when the base branch is gone or could not be read.
  var base: BaseSnapshot?
  /// Nil when GitHub did not say: then nothing is merged.
  var merge: MergeSnapshot?
  /// Nil when Looper is not asked for a review.
  var reviewRequest: ReviewRequestSnapshot?
  /// The conversation, oldest first: the newest ``commentsMax``. Nil when it was not asked for.
  var comments: [CommentSnapshot]?

  static let commentsMax = 50
}

/// One check run or commit status on a pull request's head; its identity is (name, app).
struct CheckSnapshot: Codable, Equatable, Hashable, Sendable {
  /// What a check says of its commit.
  enum Result: String, Codable, Sendable {
    case pending
    case passed
    case failed
    /// Neutral or skipped: neither for nor against.
    case neutral
  }

  /// Where it came from, which decides how its log is fetched.
  enum Source: String, Codable, Sendable { case checkRun = "check-run", status }

  var name: String
  /// The app's slug; empty for a commit status.
  var app: String
  var source: Source
  var result: Result
  /// GitHub's numeric id of a check run; nil for a commit status.
  var id: Int64?
  /// GitHub's own word for the conclusion or state, lower case (`timed_out`, `error`).
  var conclusion: String
  var url: String
  /// A status's description or a check run's title; may be empty.
  var title: String
  var isRequired: Evidence
  /// GitHub's number of the app; nil for a commit status.
  var appID: Int64?

  var identity: CheckName { CheckName(name: name, app: app) }
}

/// A review conversation on a line of the diff.
struct ThreadSnapshot: Codable, Equatable, Sendable {
  /// GraphQL's opaque id.
  var id: String
  var isResolved: Bool
  var isOutdated: Bool
  var path: String
  /// Nil when the line is gone.
  var line: Int?
  /// Oldest first, never empty.
  var comments: [CommentSnapshot]
}

/// A review somebody submitted.
struct ReviewSnapshot: Codable, Equatable, Sendable {
  /// What kind of review it is, as GitHub calls it.
  enum State: String, Codable, Sendable {
    case approved, changesRequested = "changes-requested", commented, dismissed, pending
  }

  var id: Int64
  var author: AuthorSnapshot
  var state: State
  var body: String
  var commit: CommitSHA?
  var submittedAt: Timestamp?
  var url: String
}

extension [LabelSnapshot] {
  /// The label of that name, ignoring case as GitHub does.
  func named(_ name: String) -> LabelSnapshot? {
    first { $0.name.lowercased() == name.lowercased() }
  }

  func has(_ name: String) -> Bool { named(name) != nil }
}
