/// GitHub, as the engine needs it. The production adapter is ``GitHub`` over `gh api`.
///
/// Every call may fail with a ``Failure`` classified by the adapter: `transient` (network, 5xx, HTML, truncated
/// answers, deadline), `rateLimited(until)`, `permanent` (401 and 403 without a limit, 404, 422), `conflict`.
protocol Forge: Sendable {
  /// One look over all projects of a host, in one request for up to 50 projects.
  func sweep(_ request: SweepRequest) async throws(Failure) -> SweepResult

  /// A detailed look at one loop's issue and pull request, with authors' permissions where a decision needs them.
  func observe(_ project: ProjectName, issue: Int?, pull: Int?) async throws(Failure) -> Observation

  /// What is known of the repository itself; `permanent` when it does not exist for this login.
  func repository(_ project: ProjectName) async throws(Failure) -> RepositoryFacts

  /// The failing part of a check's log and annotations, at most ``CheckExcerpt/bytesMax``.
  func failureExcerpt(of check: CheckSnapshot, in project: ProjectName) async throws(Failure) -> String

  /// The number of the open pull request whose head is this branch of the repository itself.
  func openPull(headedBy branch: String, in project: ProjectName) async throws(Failure) -> Int?

  /// The few facts every write is checked against just before it is sent.
  func guardFacts(_ project: ProjectName, issue: Int?, pull: Int?) async throws(Failure) -> WriteGuard

  /// Looks whether a write that may have happened did; nil means it certainly did not.
  func probe(_ write: ResolvedWrite) async throws(Failure) -> Receipt?

  /// Performs a write. Never called for ``Write/pushBranch(_:)``, which is git's.
  func perform(_ write: ResolvedWrite) async throws(Failure) -> Receipt
}

/// A write whose target is known, with the key that its hidden marker carries.
struct ResolvedWrite: Equatable, Sendable {
  var project: ProjectName
  var key: String
  var write: Write
  /// Issue or pull request number; 0 for writes that have none.
  var number: Int
  /// GitHub's id of the comment that is to be replaced, where it is known.
  var remoteID: String?
}

/// What is true right now of a loop's subject; a person's change always wins over a pending write.
struct WriteGuard: Equatable, Sendable {
  var issueLabels: [String]
  var pullLabels: [String]
  var isIssueOpen: Bool
  /// Nil when the loop has no pull request.
  var pullState: PullSnapshot.State?
  var pullHead: CommitSHA?
}

/// Bounds of what a fixer is shown of a failing check.
enum CheckExcerpt {
  static let bytesMax: ByteCount = .kibibytes(8)
}
