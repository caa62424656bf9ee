/// Run a check again on the same commit, to tell a flake from a failure.
struct CheckRerun: Codable, Equatable, Sendable {
  var head: CommitSHA
  var check: CheckName
  /// GitHub's id of the check run that failed.
  var checkID: Int64
}

/// Merge the base into a pull request's head, on GitHub; only a clean merge comes of it.
struct HeadUpdate: Codable, Equatable, Sendable {
  /// Another head than this is left alone.
  var head: CommitSHA
  /// The base's tip that is to be merged.
  var base: CommitSHA
}

/// Merge a pull request, if its head is still the one that was judged.
struct MergeOrder: Codable, Equatable, Sendable {
  /// How GitHub is to go about it.
  enum Way: String, Codable, Sendable {
    /// Now.
    case direct
    /// By itself as soon as the base's requirements are met.
    case automatic
    /// Through the base's merge queue.
    case queue
  }

  var head: CommitSHA
  var method: MergeSnapshot.Method
  var way: Way
}

extension MergeOrder {
  var summary: String {
    switch way {
    case .direct: "merged \(head.short)"
    case .automatic: "told GitHub to merge \(head.short) when it can"
    case .queue: "put \(head.short) into the merge queue"
    }
  }
}

/// What a thread's resolution rests on: the commit that must be the head, and the last word that was answered.
struct ThreadEvidence: Codable, Equatable, Sendable {
  var head: CommitSHA
  /// GitHub's id of the newest comment that was there when the thread was read.
  var lastCommentID: Int64?
}

extension ThreadEvidence {
  init(_ thread: ThreadSnapshot, head: CommitSHA) {
    self.init(head: head, lastCommentID: thread.comments.map(\.id).max())
  }
}

extension Write {
  /// Whether it may be dropped when the world moved: then the coordinator decides anew, and nobody is asked.
  var isOptional: Bool {
    switch self {
    case .rerunCheck, .updateHead, .merge, .withdrawMerge, .resolveThread: true
    case .pushBranch, .openPullRequest, .updatePullRequest, .addLabel, .removeLabel, .submitReview,
      .setCommitStatus, .replyToThread, .comment, .statusComment:
      false
    }
  }

  /// Whether the rest of its batch goes on without it when the world moved.
  var mayBeDropped: Bool {
    if case .replyToThread = self { true } else { isOptional }
  }

  /// Whether a final refusal is an answer the coordinator can go on with, not a reason to stop.
  var mayBeRefused: Bool { if case .rerunCheck = self { true } else { false } }

  /// Whether it takes a standing order back, which a hold, a pause or a takeover must not delay.
  var isWithdrawal: Bool { if case .withdrawMerge = self { true } else { false } }
}
