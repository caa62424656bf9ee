/// The one question a tick asks a GitHub host, whatever the number of projects.
struct SweepRequest: Equatable, Sendable {
  var host: String
  var repositories: [Repository]

  /// What is asked of one repository.
  struct Repository: Equatable, Sendable {
    var project: ProjectName
    /// Open issues carrying any of these start loops.
    var issueLabels: [String]
    /// Open pull requests carrying any of these start loops.
    var pullLabels: [String]
    /// Issues and pull requests of live loops, looked at by number.
    var issues: [Int]
    var pulls: [Int]
    /// Open issues with any of these start loops by rule, those that changed since ``autoSince``.
    var autoLabels: [String] = []
    /// The same for open issues by these logins.
    var autoAuthors: [String] = []
    var autoSince: Timestamp?
    /// Whether the lists of rules are read beyond their first page.
    var readsWholeAutoLists = false
  }
}

/// What a sweep saw: just enough to know which loops deserve a detailed look.
struct SweepResult: Equatable, Sendable {
  /// One entry per asked repository; a broken one does not fail the others.
  var repositories: [ProjectName: Result<Repository, Failure>]
  /// Why something was left out: a further page, the search for review requests. What was read holds without it.
  var troubles: [Failure] = []

  /// What was seen of one repository.
  struct Repository: Equatable, Sendable {
    /// What GitHub calls it today: another name than was asked for after a rename or a transfer.
    var name: ProjectName
    var defaultBranch: String
    /// Open subjects that carry a trigger label.
    var triggers: [Trigger]
    /// True when there were more triggers than one answer holds; the next sweep must not conclude from absence.
    var areTriggersTruncated: Bool
    /// Fingerprint per issue number asked for: equal text means nothing changed. A missing number was not found.
    var issues: [Int: String]
    /// The same per pull request number.
    var pulls: [Int: String]
  }

  /// An open issue or pull request with a trigger label.
  struct Trigger: Equatable, Sendable {
    var subject: Subject
    var title: String
    /// Every label on it.
    var labels: [String]
    /// A ``SubjectFingerprint``'s text.
    var fingerprint: String
    /// Whether it was found by an `[[auto]]` rule only.
    var isAuto = false

    /// When it changed last.
    var updatedAt: Timestamp? { SubjectFingerprint(fingerprint).updatedAt }
  }
}

/// What is known of a repository itself.
struct RepositoryFacts: Codable, Equatable, Sendable {
  /// As GitHub spells it.
  var name: ProjectName
  var defaultBranch: String
  /// Where git fetches and pushes.
  var cloneURL: String
  var isArchived: Bool
  /// What Looper's own login may do there; nil when GitHub did not say.
  var viewerPermission: Permission?
}
