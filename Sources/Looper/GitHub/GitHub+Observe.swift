extension GitHub {
  /// Threads read of one pull request.
  static let threadsMax = 300
  /// Comments read of one thread.
  static let threadCommentsMax = 300
  /// Checks read of one head.
  static let checksMax = 500

  func observe(_ project: ProjectName, issue: Int?, pull: Int?) async throws(Failure) -> Observation {
    let query = GitHubObserveQuery.text(hasIssue: issue != nil, hasPull: pull != nil)
    let answer = try await channel.graphql(
      .graphql(
        query, variables: Self.variables(project, issue: issue, pull: pull), on: project.host, for: .observe))
    if let error = answer.errors.first(where: { !$0.hidesOnlyChecks }) {
      throw GitHubFailure.classify(graphQL: error, now: now)
    }
    guard let viewer = answer.data["viewer"]?["login"]?.stringValue else {
      throw Failure(.transient, "github did not say who is logged in at \(project.host)")
    }
    memory.remember(viewer: viewer, on: project.host, now: now)
    var observation = Observation(viewer: viewer, issue: nil, pull: nil)
    let repository = answer.data["repository"]
    if let issue {
      observation.issue = repository?["issue"].flatMap(GitHubDecoder.issue)
      guard let seen = observation.issue else { throw Self.unreadable("issue", issue, project) }
      // Once there is a pull request nothing waits for a dependency any more.
      if pull == nil { observation.issue = try await addingBlockers(to: seen, in: project) }
    }
    if let pull {
      let json = repository?["pullRequest"] ?? .null
      guard var snapshot = GitHubPullDecoder.pull(json) else {
        throw Self.unreadable("pull request", pull, project)
      }
      snapshot.merge = GitHubMergeDecoder.merge(json, settings: repository)
      if var merge = snapshot.merge, merge.hidesFormerPaths == true,
        let paths = try await formerPaths(of: pull, in: project)
      {
        merge.formerPaths = paths
        merge.hidesFormerPaths = nil
        snapshot.merge = merge
      }
      snapshot.reviewRequest = GitHubMergeDecoder.reviewRequest(json, viewer: viewer)
      if answer.errors.contains(where: \.hidesRules) { snapshot.base?.requiredChecks = nil }
      var whole = try await complete(snapshot, from: json, in: project)
      if answer.errors.contains(where: \.hidesHeadChecks) { whole.areChecksTruncated = true }
      observation.pull = whole
    }
    let permissions = await permissions(of: GitHubAuthors.logins(in: observation), in: project)
    return GitHubAuthors.filling(observation) { permissions[$0.lowercased()] }
  }

  /// What the first hundred renamed files were called before, which GraphQL does not tell; nil when it may not be read.
  private func formerPaths(of pull: Int, in project: ProjectName) async throws(Failure) -> [String]? {
    let path = GitHubPath.repository(project, "pulls", String(pull), "files", query: [("per_page", "100")])
    do {
      let json = try await channel.rest(.rest(.get, path, on: project.host, for: .observe))
      return json.arrayValue?.compactMap { $0["previous_filename"]?.stringValue }
    } catch {
      guard case .permanent = error.kind else { throw error }
      return nil
    }
  }

  private static func unreadable(_ kind: String, _ number: Int, _ project: ProjectName) -> Failure {
    Failure(.transient, "github's answer about \(kind) #\(number) of \(project) cannot be read")
  }

  /// Reads the further pages of a pull request's lists, up to their limits.
  private func complete(
    _ pull: PullSnapshot, from json: JSONValue, in project: ProjectName
  ) async throws(Failure) -> PullSnapshot {
    var pull = pull
    var checks = GitHubPullDecoder.checks(json, head: pull.headSHA)
    while let after = checks.next, pull.checks.count < Self.checksMax {
      let more = try await morePull(GitHubObserveQuery.moreChecks, pull.number, after: after, in: project)
      let hadGap = checks.hasGap
      checks = GitHubPullDecoder.checks(more, head: pull.headSHA, isFurtherPage: true)
      checks.hasGap = checks.hasGap || hadGap
      pull.checks += checks.elements
    }
    pull.areChecksTruncated = checks.next != nil || checks.hasGap

    var connection = json["reviewThreads"]
    var threads = GitHubPullDecoder.threads(connection)
    var hasGap = threads.hasGap
    pull.threads = try await withAllComments(threads.elements, of: connection, on: project.host)
    while let after = threads.next, pull.threads.count < Self.threadsMax {
      connection = try await morePull(GitHubObserveQuery.moreThreads, pull.number, after: after, in: project)[
        "reviewThreads"]
      threads = GitHubPullDecoder.threads(connection)
      hasGap = hasGap || threads.hasGap
      pull.threads += try await withAllComments(threads.elements, of: connection, on: project.host)
    }
    let isEveryThreadWhole = pull.threads.allSatisfy { $0.comments.count < Self.threadCommentsMax }
    pull.areThreadsTruncated = threads.next != nil || hasGap || !isEveryThreadWhole
    return pull
  }

  /// One more page of a list of a pull request.
  private func morePull(
    _ query: String, _ number: Int, after: String, in project: ProjectName
  ) async throws(Failure) -> JSONValue {
    var variables = Self.variables(project, issue: nil, pull: number)
    variables["after"] = .string(after)
    let answer = try await channel.graphql(
      .graphql(query, variables: variables, on: project.host, for: .observe))
    if let error = answer.errors.first(where: { !$0.hidesOnlyChecks }) {
      throw GitHubFailure.classify(graphQL: error, now: now)
    }
    return answer.data["repository"]?["pullRequest"] ?? .null
  }

  /// `threads` with the comments that did not fit into the page of `connection`.
  private func withAllComments(
    _ threads: [ThreadSnapshot], of connection: JSONValue?, on host: String
  ) async throws(Failure) -> [ThreadSnapshot] {
    var cursors: [String: String] = [:]
    for node in connection?["nodes"]?.arrayValue ?? [] {
      guard let id = node["id"]?.stringValue else { continue }
      cursors[id] = GitHubPullDecoder.nextCursor(node["comments"])
    }
    var result: [ThreadSnapshot] = []
    for var thread in threads {
      var cursor = cursors[thread.id]
      while let after = cursor, thread.comments.count < Self.threadCommentsMax {
        let comments = try await moreComments(of: thread.id, after: after, on: host)
        thread.comments += (comments?["nodes"]?.arrayValue ?? []).compactMap(GitHubDecoder.comment)
        cursor = GitHubPullDecoder.nextCursor(comments)
      }
      result.append(thread)
    }
    return result
  }

  private func moreComments(of thread: String, after: String, on host: String) async throws(Failure)
    -> JSONValue?
  {
    let answer = try await channel.graphql(
      .graphql(
        GitHubObserveQuery.moreThreadComments, variables: ["id": .string(thread), "after": .string(after)],
        on: host, for: .observe))
    if let error = answer.errors.first { throw GitHubFailure.classify(graphQL: error, now: now) }
    return answer.data["node"]?["comments"]
  }
}
