/// The app that runs a check; a check's identity is (name, app).
struct ForgeApp: Sendable, Hashable {
  var id: Int
  var slug: String
  var name: String

  /// The app behind workflow runs, with GitHub's own id for it.
  static let actions = Self(id: 15368, slug: "github-actions", name: "GitHub Actions")
}

/// A check of one commit.
struct ForgeCheckRun: Sendable, Identifiable {
  /// How far the run is, by the REST names.
  enum Status: String, Sendable { case queued, inProgress = "in_progress", completed }

  /// How a check ended, by the REST names.
  enum Conclusion: String, Sendable {
    case success, failure, neutral, cancelled, skipped, stale
    case timedOut = "timed_out"
    case actionRequired = "action_required"
    case startupFailure = "startup_failure"

    /// Whether it stands in the way of a green roll-up.
    var isFailure: Bool {
      switch self {
      case .failure, .cancelled, .timedOut, .actionRequired, .startupFailure, .stale: true
      case .success, .neutral, .skipped: false
      }
    }
  }

  let id: Int
  let repositoryID: Int
  let sha: CommitSHA
  let suiteID: Int
  let app: ForgeApp
  var name: String
  var status: Status
  /// Present exactly when ``status`` is completed.
  var conclusion: Conclusion?
  var startedAt: Timestamp?
  var completedAt: Timestamp?
  var detailsURL: String?
  var externalID = ""
  var title: String?
  var summary: String?
  var text: String?
  var annotations: [ForgeAnnotation] = []
  /// The whole log of the job behind the check.
  var log = ""
  var rerunCount = 0
}

/// A remark of a check about lines of a file.
struct ForgeAnnotation: Sendable, Hashable {
  /// How bad a remark is.
  enum Level: String, Sendable { case notice, warning, failure }

  var path: String
  var startLine: Int
  var endLine: Int
  var level: Level
  var message: String
  var title: String?
  var rawDetails: String?
}

/// A commit status, the older kind of check; the newest of a context counts.
struct ForgeStatus: Sendable, Identifiable {
  /// What a status says.
  enum State: String, Sendable { case error, failure, pending, success }

  let id: Int
  let repositoryID: Int
  let sha: CommitSHA
  let context: String
  let state: State
  let description: String?
  let targetURL: String?
  let creator: String
  let createdAt: Timestamp
}

/// The one word for all checks of a commit.
enum ForgeRollupState: String, Sendable { case error, failure, pending, success, expected }

/// Check runs a repository's automation completes on every new head of a pull request.
struct ForgeAutomaticCheck: Sendable, Hashable {
  var name: String
  var conclusion: ForgeCheckRun.Conclusion
  var log = ""
}
