/// An issue, or a pull request, which GitHub numbers and labels as one.
struct ForgeIssue: Sendable, Identifiable {
  /// A merged pull request is closed, too.
  enum State: String, Sendable { case open, closed }

  let id: Int
  let repositoryID: Int
  let number: Int
  var title: String
  var body: String
  let author: String
  var state: State = .open
  /// `completed`, `not_planned` or `reopened`; nil on pull requests.
  var stateReason: String?
  let createdAt: Timestamp
  var updatedAt: Timestamp
  /// When the body was edited last, and by whom.
  var lastEditedAt: Timestamp?
  var editor: String?
  var closedAt: Timestamp?
  var closedBy: String?
  /// In the order they were added.
  var labelIDs: [Int] = []
  var assignees: [String] = []
  var isLocked = false
  /// Numbers of the issues of this repository that block this one.
  var blockedBy: [Int] = []
  var pull: ForgePull?

  var isPull: Bool { pull != nil }
}

/// What an issue has when it is a pull request.
struct ForgePull: Sendable {
  /// Whether the two sides can be merged, computed lazily as GitHub does.
  enum Mergeability: Sendable, Hashable { case unknown, mergeable, conflicting }

  var headRepositoryID: Int
  var headBranch: String
  var headSHA: CommitSHA
  var baseBranch: String
  /// The tip of the base when the head was last pushed; ``ForgeRepository/branches`` has the current one.
  var baseSHA: CommitSHA
  /// The tip of the base that ``mergeability`` was last asked about.
  var observedBaseSHA: CommitSHA
  var isDraft = false
  var mergeability = Mergeability.unknown
  /// How often ``mergeability`` still answers unknown before it is computed.
  var unknownReadsLeft = 0
  var maintainerCanModify = true
  var mergedAt: Timestamp?
  var mergedBy: String?
  var mergeCommit: CommitSHA?
  var requestedReviewers: [String] = []
  var autoMerge: ForgeAutoMerge?
  /// When it was put into the merge queue, and by whom.
  var queuedAt: Timestamp?
  var queuedBy: String?
  /// How often the queue has thrown it out.
  var queueRefusals = 0

  var isMerged: Bool { mergedAt != nil }
}

/// A merge that was asked for as soon as the requirements are met.
struct ForgeAutoMerge: Sendable, Hashable {
  let method: ForgeMergeMethod
  let enabledBy: String
  let enabledAt: Timestamp
}

/// The three ways GitHub merges.
enum ForgeMergeMethod: String, Sendable, Codable { case merge, squash, rebase }

/// A comment in the conversation of an issue or a pull request.
struct ForgeComment: Sendable, Identifiable {
  let id: Int
  let repositoryID: Int
  let issueID: Int
  let author: String
  var body: String
  let createdAt: Timestamp
  var updatedAt: Timestamp
}

/// Something that happened to an issue, shown in its timeline.
struct ForgeEvent: Sendable, Identifiable {
  /// The closed set of events the local GitHub records, by their REST names.
  enum Kind: String, Sendable {
    case labeled, unlabeled, closed, reopened, merged, renamed
    case headRefForcePushed = "head_ref_force_pushed"
    case headRefDeleted = "head_ref_deleted"
    case reviewRequested = "review_requested"
    case reviewRequestRemoved = "review_request_removed"
    case readyForReview = "ready_for_review"
    case convertToDraft = "convert_to_draft"
  }

  let id: Int
  let issueID: Int
  let kind: Kind
  let actor: String
  let createdAt: Timestamp
  var label: ForgeLabel?
  /// The merge commit, or the head after a forced push.
  var commit: CommitSHA?
  /// The head before a forced push.
  var beforeCommit: CommitSHA?
  var stateReason: String?
  var reviewer: String?
  var renamedFrom: String?
  var renamedTo: String?
}
