/// One request or action on a copy of the state; the forge keeps the copy only when nothing was refused.
struct ForgeSession: Sendable {
  var state: ForgeState
  let git: any ForgeRepositoryStorage
  let configuration: ForgeConfiguration
  /// Who acts.
  let viewer: String
  let now: Timestamp
  var changes: [ForgeChange] = []

  init(state: ForgeState, git: any ForgeRepositoryStorage, configuration: ForgeConfiguration, viewer: String)
  {
    self.state = state
    self.git = git
    self.configuration = configuration
    self.viewer = viewer
    now = configuration.now()
    _ = self.state.user(viewer)
  }

  // MARK: finding things

  /// The repository, when the viewer may see it.
  func repository(_ fullName: String) throws -> ForgeRepository {
    guard let repository = state.repository(named: fullName), repository.permission(of: viewer) >= .read
    else {
      throw ForgeRefusal.notFound
    }
    return repository
  }

  func repository(_ id: Int) throws -> ForgeRepository {
    guard let repository = state.repositories[id], repository.permission(of: viewer) >= .read else {
      throw ForgeRefusal.notFound
    }
    return repository
  }

  func issue(_ number: Int, in repository: ForgeRepository) throws -> ForgeIssue {
    guard let issue = state.issue(number, in: repository.id) else { throw ForgeRefusal.notFound }
    return issue
  }

  func issue(_ id: Int) throws -> ForgeIssue {
    guard let issue = state.issues[id] else { throw ForgeRefusal.notFound }
    return issue
  }

  func pull(_ number: Int, in repository: ForgeRepository) throws -> (issue: ForgeIssue, pull: ForgePull) {
    let issue = try issue(number, in: repository)
    return (issue, try pull(of: issue))
  }

  func pull(of issue: ForgeIssue) throws -> ForgePull {
    guard let pull = issue.pull else { throw ForgeRefusal.notFound }
    return pull
  }

  /// Refuses, as GitHub does, what the viewer may not do.
  func require(_ permission: ForgePermission, in repository: ForgeRepository) throws {
    guard repository.permission(of: viewer) >= permission else {
      throw ForgeRefusal.forbidden("Resource not accessible by personal access token")
    }
    if repository.isArchived {
      throw ForgeRefusal.forbidden("Repository was archived so is read-only.")
    }
  }

  /// Stores a changed issue as changed now.
  mutating func touch(_ issue: ForgeIssue) {
    var issue = issue
    issue.updatedAt = now
    state.issues.put(issue)
  }

  mutating func record(
    _ kind: ForgeEvent.Kind, on issue: ForgeIssue, fill: (inout ForgeEvent) -> Void = { _ in }
  ) {
    var event = ForgeEvent(id: state.newID(), issueID: issue.id, kind: kind, actor: viewer, createdAt: now)
    fill(&event)
    state.events.put(event)
  }

  func fullName(_ issue: ForgeIssue) -> String { state.repositories[issue.repositoryID]?.fullName ?? "" }
}
