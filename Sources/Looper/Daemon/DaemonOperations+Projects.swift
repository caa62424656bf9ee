/// Registered repositories.
extension DaemonOperations {
  func projects(_ page: PageRequest) async throws(LooperError) -> PageView<ProjectView> {
    try await answering {
      let slice = try PageCursor.page(try await store.projects(), page, in: .projects) { $0.name.key }
      let live = try await store.liveLoopCounts()
      return PageView(items: slice.items.map { view(of: $0, live) }, nextCursor: slice.nextCursor)
    }
  }

  func project(_ name: ProjectName) async throws(LooperError) -> ProjectView {
    try await answering { view(of: try await knownProject(name), try await store.liveLoopCounts()) }
  }

  func addProject(_ request: ProjectRequest) async throws(LooperError) -> ProjectView {
    try await answering {
      let asked = try request.projectName()
      let facts = try await contact(asked)
      // As GitHub spells it; what was renamed since it was added keeps the name it was added with.
      let spelled = facts?.name ?? asked
      var watched = try await store.watchedProject(asked)
      if watched == nil { watched = try await store.watchedProject(spelled) }
      let name = watched.flatMap { $0.name == spelled ? nil : $0.name } ?? spelled
      let path = try await checkout(request.path, of: [asked, spelled, name])
      let (project, _) = try await store.addProject(
        name, checkoutPath: path, baseBranch: request.base.flatMap { $0.isEmpty ? nil : $0 }, facts: facts,
        at: time.now)
      await poller.sweepSoon()
      return view(of: project, try await store.liveLoopCounts())
    }
  }

  /// What GitHub says of a repository; nil when it does not answer now, which the poller will find out again.
  ///
  /// - Throws: `not_found`, or `conflict` when it can never be worked on as it is.
  private func contact(_ name: ProjectName) async throws -> RepositoryFacts? {
    let facts: RepositoryFacts
    do throws(Failure) {
      facts = try await forge.repository(name)
    } catch {
      switch error.kind {
      case .transient, .rateLimited: return nil
      case .permanent:
        throw LooperError(
          .notFound,
          "\(name) does not exist or the gh login cannot see it; check with: gh repo view \(name.display)")
      case .usageLimited, .conflict, .agent, .needsHuman, .bug: throw error
      }
    }
    if let problem = Self.problem(facts) { throw LooperError(.conflict, problem) }
    return facts
  }

  /// The top directory of a checkout that belongs to one of `names`.
  ///
  /// - Throws: `validation`.
  private func checkout(_ path: String?, of names: [ProjectName]) async throws -> String? {
    guard let path, !path.isEmpty else { return nil }
    guard path.hasPrefix("/") else {
      throw LooperError(.validation, "\(path) is not an absolute path; give the checkout's whole path")
    }
    let found: GitCheckout?
    do {
      found = try await GitCheckout.read(path, git: git)
    } catch {
      throw LooperError(.validation, "\(path) cannot be read as a git checkout: \(error.message)")
    }
    guard let found else {
      throw LooperError(
        .validation, "\(path) is no git checkout; clone \(names[0]) there or leave the path out")
    }
    guard let origin = found.project, names.contains(origin) else {
      let other = found.project?.display ?? found.originURL ?? "missing"
      throw LooperError(
        .validation, "\(found.path) is no checkout of \(names[0]): its remote origin is \(other)")
    }
    return found.path
  }

  func removeProject(_ name: ProjectName) async throws(LooperError) -> ProjectView {
    try await answering {
      let project = try await knownProject(name)
      try await store.removeProject(project.id, at: time.now)
      return view(of: project, [:])
    }
  }

  func syncProjects(_ request: SyncRequest) async throws(LooperError) -> PageView<ProjectView> {
    try await answering {
      let chosen = try await projects(in: request)
      for project in chosen { try await refresh(project) }
      await poller.sweepSoon()
      let live = try await store.liveLoopCounts()
      let ids = Set(chosen.map(\.id))
      let fresh = try await store.projects().filter { ids.contains($0.id) }
      return PageView(items: fresh.map { view(of: $0, live) })
    }
  }

  private func projects(in request: SyncRequest) async throws -> [Project] {
    guard let text = request.project else { return try await store.projects() }
    guard let name = ProjectName(text) else {
      throw LooperError(.validation, "\(text) is not the name of a repository; write owner/name")
    }
    return [try await knownProject(name)]
  }

  /// Takes up what GitHub says of a repository now.
  private func refresh(_ project: Project) async throws {
    let facts: RepositoryFacts
    do throws(Failure) {
      facts = try await forge.repository(project.name)
    } catch {
      guard error.kind == .permanent else { throw error }
      throw LooperError(
        .notFound,
        "the gh login cannot see \(project.name) any more; if it is gone: looper project remove \(project.name)"
      )
    }
    try await store.updateFacts(of: project.id, to: facts)
  }

  private func view(of project: Project, _ live: [Project.ID: Int]) -> ProjectView {
    ProjectView(
      name: project.name.display, path: project.checkoutPath, base: project.base,
      url: SubjectAddress.web(project.name), liveLoops: live[project.id] ?? 0,
      addedAt: project.addedAt, isConfigured: loaded().configuration.project(project.names) != nil,
      problem: problem(of: project))
  }

  private func problem(of project: Project) -> String? {
    if let facts = project.facts { return Self.problem(facts) }
    let host = health[project.name.host]
    let why = host.isAvailable ? "" : ": \(host.message)"
    return "\(project.name.host) has not been asked about it yet\(why); it is when the first run starts"
  }

  /// Why a repository cannot be worked on.
  private static func problem(_ facts: RepositoryFacts) -> String? {
    if facts.isArchived { return "\(facts.name) is archived; unarchive it on GitHub to work on it" }
    if let permission = facts.viewerPermission, !permission.canWrite {
      return "the gh login may only \(permission.rawValue) \(facts.name); it needs write access"
    }
    return nil
  }
}
