import Synchronization

/// Names of projects, read once: a name changes in letter case at most.
///
/// A hundred followers of the event stream would otherwise ask the database for the same name at the same moment.
final class ProjectNames: Sendable {
  private let known = Mutex<[Project.ID: String]>([:])

  /// nil when there is no such project.
  func name(of id: Project.ID, in store: Store) async throws -> String? {
    if let name = known.withLock({ $0[id] }) { return name }
    let name = try await store.project(id)?.name.display
    known.withLock { $0[id] = name }
    return name
  }
}
