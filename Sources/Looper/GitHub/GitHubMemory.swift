import Synchronization

/// What the adapter was told a moment ago: only a saving, never a truth.
final class GitHubMemory: Sendable {
  /// How long an answer is believed.
  static let lifetime = Duration.seconds(300)
  /// Above this the oldest knowledge is dropped whole.
  static let entriesMax = 10_000

  private struct Remembered<Value: Sendable>: Sendable {
    var value: Value
    var at: Timestamp

    /// A clock that went back makes everything stale.
    func value(now: Timestamp) -> Value? { now >= at && now - at < GitHubMemory.lifetime ? value : nil }
  }

  private struct PermissionKey: Hashable {
    var project: ProjectName
    var login: String
  }

  private struct LabelKey: Hashable {
    var project: ProjectName
    var label: String
  }

  private struct State {
    var viewers: [String: Remembered<String>] = [:]
    var permissions: [PermissionKey: Remembered<Permission>] = [:]
    var labels: [LabelKey: Remembered<Bool>] = [:]
    var dependencies: [String: Dependencies] = [:]
    var names: [ProjectName: ProjectName] = [:]
  }

  /// Whether a GitHub tells what an issue depends on.
  enum Dependencies: Equatable, Sendable {
    case unknown
    /// It did once, which does not change.
    case told
    /// It seems not to know them, and was asked twice.
    case unheardOf
  }

  private let state = Mutex(State())

  func viewer(on host: String, now: Timestamp) -> String? {
    state.withLock { $0.viewers[host]?.value(now: now) }
  }

  func remember(viewer: String, on host: String, now: Timestamp) {
    state.withLock { $0.viewers[host] = Remembered(value: viewer, at: now) }
  }

  /// What GitHub calls a repository, as far as it told: its former names take no writes.
  func name(of project: ProjectName) -> ProjectName { state.withLock { $0.names[project] } ?? project }

  func remember(name: ProjectName, of project: ProjectName) {
    state.withLock { state in
      if state.names.count >= Self.entriesMax { state.names = [:] }
      state.names[project] = name == project ? nil : name
    }
  }

  func dependencies(on host: String) -> Dependencies {
    state.withLock { $0.dependencies[host] ?? .unknown }
  }

  func remember(dependencies: Dependencies, on host: String) {
    state.withLock { $0.dependencies[host] = dependencies }
  }

  func permission(of login: String, in project: ProjectName, now: Timestamp) -> Permission? {
    let key = PermissionKey(project: project, login: login.lowercased())
    return state.withLock { $0.permissions[key]?.value(now: now) }
  }

  func remember(_ permission: Permission, of login: String, in project: ProjectName, now: Timestamp) {
    let key = PermissionKey(project: project, login: login.lowercased())
    state.withLock { state in
      if state.permissions.count >= Self.entriesMax { state.permissions = [:] }
      state.permissions[key] = Remembered(value: permission, at: now)
    }
  }

  func knowsLabel(_ label: String, in project: ProjectName, now: Timestamp) -> Bool {
    let key = LabelKey(project: project, label: label.lowercased())
    return state.withLock { $0.labels[key]?.value(now: now) } ?? false
  }

  func remember(label: String, in project: ProjectName, now: Timestamp) {
    let key = LabelKey(project: project, label: label.lowercased())
    state.withLock { state in
      if state.labels.count >= Self.entriesMax { state.labels = [:] }
      state.labels[key] = Remembered(value: true, at: now)
    }
  }
}
