/// What identifies a check: its name, and the app it comes from.
struct CheckName: Codable, Hashable, Sendable {
  var name: String
  /// Empty for a commit status.
  var app: String
}

/// The branch a pull request goes to, as its tip is now.
struct BaseSnapshot: Codable, Equatable, Sendable {
  /// How a check of the base stands.
  struct Check: Codable, Equatable, Sendable {
    var check: CheckName
    var result: CheckSnapshot.Result
  }

  var sha: CommitSHA
  /// Only the first hundred; one that is missing is not known to fail.
  var checks: [Check]
  /// Names of the checks that must have passed before a merge; nil when that could not be read.
  var requiredChecks: [String]?
  /// Those among them that only one app may report. Nil for a look of a version that did not ask.
  var pinnedChecks: [PinnedCheck]?

  /// A required check that counts from one app alone.
  struct PinnedCheck: Codable, Hashable, Sendable {
    var name: String
    /// GitHub's number of the app.
    var appID: Int64
  }

  func hasFailed(_ check: CheckName) -> Bool {
    checks.contains { $0.check == check && $0.result == .failed }
  }

  func isRunning(_ check: CheckName) -> Bool {
    checks.contains { $0.check == check && $0.result == .pending }
  }
}

/// What GitHub says about merging a pull request.
struct MergeSnapshot: Codable, Equatable, Sendable {
  /// GitHub's own summary of whether it would merge now.
  enum Status: String, Codable, Sendable {
    /// Nothing is in the way.
    case clean
    /// It may be merged though a check that is not required does not pass.
    case unstable
    /// It may be merged; the repository has hooks that run before.
    case hasHooks = "has_hooks"
    /// The head must be brought up to its base first.
    case behind
    /// A requirement of the base is not met.
    case blocked
    case dirty
    case draft
    case unknown
  }

  /// What the reviews amount to, where reviews are required.
  enum Decision: String, Codable, Sendable {
    case approved, changesRequested = "changes_requested", reviewRequired = "review_required"
  }

  /// The three ways GitHub merges.
  enum Method: String, Codable, Sendable { case merge, squash, rebase }

  var status: Status
  /// Nil where no review is required.
  var decision: Decision?
  /// The way this repository merges unless told otherwise; nil when none is known to be allowed.
  var method: Method?
  var allowsAutoMerge: Bool
  /// Who asked GitHub to merge as soon as it can; nil when nobody did.
  var autoMergeBy: String?
  var hasQueue: Bool
  var isQueued: Bool
  var additions: Int
  var deletions: Int
  var changedFiles: Int
  /// At most the first hundred; complete when there are ``changedFiles`` of them.
  var changedPaths: [String]
  /// What renamed files among them were called before; nil when none was renamed.
  var formerPaths: [String]?
  /// True when files were renamed and what they were called before could not be read.
  var hidesFormerPaths: Bool?

  var changedLines: Int { additions + deletions }
  /// Every path that the change touches, by its name before and after.
  var touchedPaths: [String] { changedPaths + (formerPaths ?? []) }
  var arePathsComplete: Bool { changedPaths.count == changedFiles }
}

/// The newest request for a review by Looper's own login that still stands.
struct ReviewRequestSnapshot: Codable, Equatable, Sendable {
  /// Who asked; nil when the timeline did not tell.
  var by: AuthorSnapshot?
  var at: Timestamp?
}

/// An issue or pull request that has to be closed before an issue can be worked on.
struct BlockerSnapshot: Codable, Equatable, Sendable {
  /// `owner/name`; nil when it is in the same repository.
  var repository: String?
  var number: Int
  var isOpen: Bool

  /// `#12` or `owner/name#12`.
  var text: String { "\(repository ?? "")#\(number)" }
}
