extension GitHub {
  /// How many people are asked about for one observation; the rest stays unknown.
  static let permissionsMax = 60

  /// What each login may do, by lower-case login. Who could not be asked about is missing: neither yes nor no.
  func permissions(of logins: [String], in project: ProjectName) async -> [String: Permission] {
    var result: [String: Permission] = [:]
    for login in logins.prefix(Self.permissionsMax) {
      do {
        result[login.lowercased()] = try await permission(of: login, in: project)
      } catch {
        // A limit or a dead network would answer every further question the same way.
        guard case .permanent = error.kind else { break }
      }
    }
    return result
  }

  /// What `login` may do in `project`, live or as it was at most ``GitHubMemory/lifetime`` ago.
  private func permission(of login: String, in project: ProjectName) async throws(Failure) -> Permission? {
    if let known = memory.permission(of: login, in: project, now: now) { return known }
    let path = GitHubPath.repository(project, "collaborators", login, "permission")
    let permission: Permission
    switch try await channel.attempt(.rest(.get, path, on: project.host, for: .permission)) {
    case .done(let json):
      guard let read = Self.permission(json) else { return nil }
      permission = read
    // The repository was seen a moment ago, so it is the account that GitHub does not know: an app, or gone.
    case .refused(404, _, _): permission = .none
    case .refused(_, _, let failure): throw failure
    }
    memory.remember(permission, of: login, in: project, now: now)
    return permission
  }

  /// `role_name` tells triage and maintain apart; a custom role has a name of its own and `permission` what it
  /// is worth at least.
  static func permission(_ json: JSONValue) -> Permission? {
    if let role = json["role_name"]?.stringValue, let permission = Permission(rawValue: role) {
      return permission
    }
    return json["permission"]?.stringValue.flatMap(Permission.init(rawValue:))
  }
}

/// The people in an observation; pure.
enum GitHubAuthors {
  /// Logins whose permission a decision may need, most important first, each once.
  static func logins(in observation: Observation) -> [String] {
    var logins = [observation.viewer]
    _ = filling(observation, inspecting: { logins.append($0.login) }) { _ in nil }
    var seen: Set<String> = [""]
    return logins.filter { seen.insert($0.lowercased()).inserted }
  }

  /// `observation` with the permission of everyone whom `permission` knows.
  static func filling(_ observation: Observation, permission: (String) -> Permission?) -> Observation {
    filling(observation, inspecting: { _ in }, permission: permission)
  }

  private static func filling(
    _ observation: Observation, inspecting: (AuthorSnapshot) -> Void, permission: (String) -> Permission?
  ) -> Observation {
    var observation = observation
    func fill(_ author: inout AuthorSnapshot) {
      guard !author.login.isEmpty else { return }
      inspecting(author)
      author.permission = permission(author.login) ?? author.permission
    }
    func fill(_ labels: inout [LabelSnapshot]) {
      for index in labels.indices {
        guard var setter = labels[index].setBy else { continue }
        fill(&setter)
        labels[index].setBy = setter
      }
    }
    func fill(_ comments: inout [CommentSnapshot]) {
      // The newest first: where there are too many people, those who spoke last matter most.
      for index in comments.indices.reversed() { fill(&comments[index].author) }
    }
    if var issue = observation.issue {
      fill(&issue.labels)
      fill(&issue.author)
      if var editor = issue.editor {
        fill(&editor)
        issue.editor = editor
      }
      fill(&issue.comments)
      observation.issue = issue
    }
    if var pull = observation.pull {
      fill(&pull.labels)
      fill(&pull.author)
      for index in pull.threads.indices { fill(&pull.threads[index].comments) }
      if var comments = pull.comments {
        fill(&comments)
        pull.comments = comments
      }
      for index in pull.reviews.indices { fill(&pull.reviews[index].author) }
      if var asker = pull.reviewRequest?.by {
        fill(&asker)
        pull.reviewRequest?.by = asker
      }
      observation.pull = pull
    }
    return observation
  }
}
