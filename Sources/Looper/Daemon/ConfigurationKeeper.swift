import Logging

/// Does what follows from the configuration file and from its changes.
struct ConfigurationKeeper: Sendable {
  let source: ConfigurationSource
  let settings: LiveSettings
  let store: Store
  let time: any TimeSource
  let log: Logger

  /// Takes a changed file up; a broken one is told and changes nothing.
  ///
  /// - Parameter isForced: reads it whether or not it looks changed.
  func look(isForced: Bool = false) async {
    let change = source.refresh(isForced: isForced)
    do {
      try await follow(change)
    } catch {
      if case .replaced = change { source.owe() }
      if !Task.isCancelled { log.error("configuration not recorded", metadata: ["error": "\(error)"]) }
    }
  }

  private func follow(_ change: ConfigurationSource.Change) async throws {
    switch change {
    case .none: break
    case .replaced(let loaded):
      settings.replace(
        with: EngineSettings(loaded.configuration, dataDirectory: loaded.paths.dataDirectory))
      // Budgets, merging, labels: any loop may have to be decided anew.
      try await store.decideAllAnew()
      try await registerProjects()
      let waiting = source.waitingForRestart
      let rest = waiting.isEmpty ? "" : "; needs a restart: \(waiting.joined(separator: ", "))"
      try await store.append(
        EventDraft(.configuration, "taken up from the changed file\(rest)"), at: time.now)
      log.notice("configuration taken up")
    case .refused(let problem):
      try await store.append(
        EventDraft(.configuration, "kept the last good one: \(problem)"), at: time.now)
      log.error("configuration refused", metadata: ["problem": "\(problem)"])
    }
  }

  /// Watches every repository that the configuration names, one that is watched by an older name under that.
  func registerProjects() async throws {
    for project in source.loaded.configuration.projects {
      let path = project.path.isEmpty ? nil : project.path
      let base = project.base.isEmpty ? nil : project.base
      let name = try await store.watchedProject(project.name)?.name ?? project.name
      _ = try await store.addProject(name, checkoutPath: path, baseBranch: base, facts: nil, at: time.now)
    }
  }
}
