/// What somebody may do in a repository, weakest first.
enum ForgePermission: String, Sendable, CaseIterable, Comparable {
  case none
  case read
  case triage
  case write
  case maintain
  case admin

  private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
  static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }

  /// The four words of the REST `permission` member; `role_name` has the exact one.
  var legacyName: String {
    switch self {
    case .none: "none"
    case .read, .triage: "read"
    case .write, .maintain: "write"
    case .admin: "admin"
    }
  }
}

/// An account: a person, or an app's bot.
struct ForgeUser: Sendable, Identifiable, Hashable {
  let id: Int
  let login: String
  let isBot: Bool
}

/// A label of a repository; names are unique without regard to case.
struct ForgeLabel: Sendable, Identifiable, Hashable {
  let id: Int
  let repositoryID: Int
  var name: String
  /// Six hexadecimal digits.
  var color: String
  var description: String?
}

/// What a protected branch demands before a merge.
struct ForgeProtection: Sendable, Hashable {
  var requiredChecks: [ForgeRequiredCheck] = []
  /// A head behind its base may not be merged.
  var isStrict = false
  var requiredApprovals = 0
  /// Merges go through a queue.
  var hasQueue = false
  /// How long the queue tries what is in it before it merges.
  var queueTime: Duration = .zero
  /// How often the queue throws a pull request out before it merges it.
  var queueRefusals = 0
}

/// One required check: by name, and by app when it is pinned to one.
struct ForgeRequiredCheck: Sendable, Hashable {
  var name: String
  var appID: Int?
}

/// A repository: its settings, who may do what, and the branches of its bare git repository when last
/// looked at.
struct ForgeRepository: Sendable, Identifiable {
  let id: Int
  let owner: String
  var name: String
  /// In lower case; GitHub redirects from them, until another repository takes such a name.
  var formerNames: Set<String> = []
  /// The bare git repository.
  let path: String
  var defaultBranch: String
  let createdAt: Timestamp
  var updatedAt: Timestamp
  var isPrivate = false
  var isArchived = false
  /// The repository this is a fork of.
  var parentID: Int?
  var allowsMergeCommit = true
  var allowsSquash = true
  var allowsRebase = true
  var allowsAutoMerge = false
  /// How the button in the browser merges.
  var usualMergeMethod = ForgeMergeMethod.merge
  /// By login in lower case; the owner is always admin.
  var permissions: [String: ForgePermission] = [:]
  var branches: [String: CommitSHA] = [:]
  var protections: [String: ForgeProtection] = [:]
  var nextNumber = 1

  var fullName: String { "\(owner)/\(name)" }
  var key: String { fullName.lowercased() }

  func permission(of login: String) -> ForgePermission {
    if login.lowercased() == owner.lowercased() { return .admin }
    return permissions[login.lowercased()] ?? (isPrivate ? .none : .read)
  }
}
