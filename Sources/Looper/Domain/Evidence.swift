/// What is known of a yes-or-no fact. Unknown permits nothing that cannot be undone.
enum Evidence: String, Codable, Sendable, CaseIterable {
  case yes
  case no
  case unknown

  init(_ value: Bool?) {
    switch value {
    case true?: self = .yes
    case false?: self = .no
    case nil: self = .unknown
    }
  }
}

/// What a person may do in a repository, as GitHub answers it live.
enum Permission: String, Codable, Sendable, CaseIterable {
  case admin
  case maintain
  case write
  case triage
  case read
  case none

  /// Whether this person's labels, threads and answers count.
  var canWrite: Bool {
    switch self {
    case .admin, .maintain, .write: true
    case .triage, .read, .none: false
    }
  }
}
