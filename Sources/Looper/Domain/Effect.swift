/// An intended write to GitHub or to a remote branch: a row decided together with what justifies it.
///
/// ```
///   pending ─▶ sending ─▶ done(receipt)
///      │          ├─▶ pending      (failed for now; probed before it is sent again)
///      │          └─▶ refused      (never going to work)
///      └─▶ cancelled               (an earlier one of its batch was refused, the loop ended)
/// ```
struct Effect: Codable, Equatable, Sendable, Identifiable {
  typealias ID = Identifier<Effect>

  /// Where a write is on its way; see the diagram of ``Effect``.
  enum State: String, Codable, Sendable, CaseIterable { case pending, sending, done, refused, cancelled }

  /// Also its place in the loop's order.
  let id: ID
  var loopID: Loop.ID
  var runID: Run.ID?
  /// The stage that emitted it; empty for the coordinator's.
  var stage: String
  /// Idempotency key: made of immutable identity, never of model text; unique.
  var key: String
  var write: Write
  var state: State
  /// How often it was sent; above zero means: probe first.
  var attempts: Int
  var notBefore: Timestamp
  /// When it was last sent; nil when it never was.
  var sentAt: Timestamp?
  var receipt: Receipt?
  var failure: Failure?
  var createdAt: Timestamp
  var endedAt: Timestamp?

  /// Whether it may still be sent.
  var isOpen: Bool { state == .pending || state == .sending }
}

/// An effect before it has a row.
struct EffectDraft: Codable, Equatable, Sendable {
  /// Unique among the effects of its loop; see ``Loop/effectKey(_:)``.
  var key: String
  var write: Write
}

extension Loop {
  /// The whole key of an effect: repository, subject and loop go before what is written.
  ///
  /// The loop is part of it, so that a later loop of the same subject is not taken for done what an earlier one did, and
  /// a probe does not find the earlier one's write on GitHub.
  func effectKey(_ key: String) -> String { effectKeyPrefix + key }

  /// The draft's key again.
  func draftKey(ofEffect key: String) -> String {
    // Rows of versions before 0006 name the repository only.
    for prefix in [effectKeyPrefix, "\(project.key)/"] where key.hasPrefix(prefix) {
      return String(key.dropFirst(prefix.count))
    }
    return key
  }

  private var effectKeyPrefix: String { "\(project.key)/\(subject.kind)-\(subject.number)/\(id.handle)/" }
}

/// Which issue or pull request a write is for. A pull request that the same batch opens has no number yet.
enum WriteTarget: Codable, Hashable, Sendable {
  case number(Int)
  /// The loop's own pull request, known when the write is sent.
  case loopPull
}

/// The closed vocabulary of writes to the outside world.
enum Write: Codable, Equatable, Sendable {
  case pushBranch(PushBranch)
  case openPullRequest(OpenPullRequest)
  case updatePullRequest(WriteTarget, title: String?, body: String?)
  case addLabel(WriteTarget, label: String)
  case removeLabel(WriteTarget, label: String)
  case submitReview(WriteTarget, ReviewSubmission)
  case setCommitStatus(CommitStatus)
  case replyToThread(WriteTarget, threadID: String, body: String)
  /// Without evidence it is resolved as it is; with it only while the evidence holds.
  case resolveThread(threadID: String, evidence: ThreadEvidence? = nil)
  case rerunCheck(CheckRerun)
  case updateHead(WriteTarget, HeadUpdate)
  case merge(WriteTarget, MergeOrder)
  /// Take back an order to merge that GitHub has not carried out yet.
  case withdrawMerge(WriteTarget)
  /// A comment of its own: only questions to people.
  case comment(WriteTarget, body: String)
  /// The one status comment per issue, edited in place. Only the newest pending one is sent.
  case statusComment(WriteTarget, body: String)

  /// One for each; the word is stored, shown and used as metrics label.
  enum Kind: String, CaseIterable, Sendable {
    case pushBranch = "push-branch"
    case openPullRequest = "open-pull-request"
    case updatePullRequest = "update-pull-request"
    case addLabel = "add-label"
    case removeLabel = "remove-label"
    case submitReview = "submit-review"
    case setCommitStatus = "set-commit-status"
    case replyToThread = "reply-to-thread"
    case resolveThread = "resolve-thread"
    case rerunCheck = "rerun-check"
    case updateHead = "update-head"
    case merge
    case withdrawMerge = "withdraw-merge"
    case comment
    case statusComment = "status-comment"
  }

  /// The word of its ``Kind``.
  var kind: String { ofKind.rawValue }

  private var ofKind: Kind {
    switch self {
    case .pushBranch: .pushBranch
    case .openPullRequest: .openPullRequest
    case .updatePullRequest: .updatePullRequest
    case .addLabel: .addLabel
    case .removeLabel: .removeLabel
    case .submitReview: .submitReview
    case .setCommitStatus: .setCommitStatus
    case .replyToThread: .replyToThread
    case .resolveThread: .resolveThread
    case .rerunCheck: .rerunCheck
    case .updateHead: .updateHead
    case .merge: .merge
    case .withdrawMerge: .withdrawMerge
    case .comment: .comment
    case .statusComment: .statusComment
    }
  }
}

/// Push a commit of the mirror to a branch, if the branch is still where it was.
struct PushBranch: Codable, Equatable, Sendable {
  var branch: String
  var commit: CommitSHA
  /// The remote branch's commit before; nil when the branch must not exist.
  var expectedOld: CommitSHA?
}

/// Open a pull request, or adopt the open one of that head branch.
struct OpenPullRequest: Codable, Equatable, Sendable {
  var head: String
  var base: String
  var title: String
  var body: String
}

/// One review of one head.
struct ReviewSubmission: Codable, Equatable, Sendable {
  /// A comment on lines of the diff.
  struct Comment: Codable, Equatable, Sendable {
    var path: String
    var line: Int
    var side: FindingDraft.Side
    var startLine: Int?
    var body: String
  }

  var head: CommitSHA
  var verdict: Verdict
  var body: String
  var comments: [Comment]
}

/// The status `looper/review` on a commit.
struct CommitStatus: Codable, Equatable, Sendable {
  /// What GitHub shows beside the commit.
  enum State: String, Codable, Sendable { case pending, success, failure, error }

  /// Its name among a commit's checks.
  static let context = "looper/review"
  /// GitHub's bound.
  static let descriptionLengthMax = 140

  var commit: CommitSHA
  var state: State
  var description: String
}

/// Proof that a write happened.
struct Receipt: Codable, Equatable, Sendable {
  /// GitHub's number of the pull request, for ``Write/openPullRequest(_:)``.
  var pullNumber: Int?
  /// GitHub's id of what was made: a comment, a review.
  var remoteID: String?
  var url: String?
  /// True when a probe found it, so that it was not sent again.
  var wasFound = false
}

extension Write {
  /// Whether the loop's next decision needs a look that is newer than this write.
  var movesTheLoop: Bool {
    switch self {
    case .pushBranch, .openPullRequest, .updatePullRequest, .submitReview, .replyToThread, .resolveThread,
      .rerunCheck, .updateHead, .merge, .withdrawMerge:
      true
    // Labels of the pull request say what comes next; those of the subject (`needs-human`) only tell people.
    case .addLabel(let target, _), .removeLabel(let target, _): target == .loopPull
    case .setCommitStatus, .comment, .statusComment: false
    }
  }

  /// One line for the event log.
  var summary: String {
    switch self {
    case .pushBranch(let push): "pushed \(push.commit.short) to \(push.branch)"
    case .openPullRequest(let open): "opened pull request for \(open.head)"
    case .updatePullRequest: "updated the pull request"
    case .addLabel(_, let label): "label +\(label)"
    case .removeLabel(_, let label): "label -\(label)"
    case .submitReview(_, let review):
      "review of \(review.head.short): \(review.verdict.rawValue), \(review.comments.count) comments"
    case .setCommitStatus(let status):
      "status \(status.state.rawValue) on \(status.commit.short): \(status.description)"
    case .replyToThread: "replied in a thread"
    case .resolveThread: "resolved a thread"
    case .rerunCheck(let rerun): "ran \(rerun.check.name) on \(rerun.head.short) again"
    case .updateHead(_, let update): "brought \(update.head.short) up to its base \(update.base.short)"
    case .merge(_, let order): order.summary
    case .withdrawMerge: "took the order to merge back"
    case .comment: "commented"
    case .statusComment: "status comment"
    }
  }
}
