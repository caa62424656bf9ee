import Foundation

extension GitHub {
  /// `issue` with what blocks it: GitHub's own dependencies, and what its author wrote.
  func addingBlockers(to issue: IssueSnapshot, in project: ProjectName) async throws(Failure) -> IssueSnapshot
  {
    var issue = issue
    let linked = try await linkedBlockers(of: issue, in: project)
    if linked == nil { issue.areBlockersHidden = true }
    let known = Set((linked ?? []).filter { $0.repository == nil }.map(\.number))
    let written = DependencyText.numbers(in: issue).filter { !known.contains($0) }
    issue.blockers = (linked ?? []) + (written.isEmpty ? [] : try await states(of: written, in: project))
    return issue
  }

  /// Nil when GitHub does not tell them to this login.
  ///
  /// - Parameter isSecond: whether GitHub is asked again because it did not seem to know dependencies.
  private func linkedBlockers(
    of issue: IssueSnapshot, in project: ProjectName, isSecond: Bool = false
  ) async throws(Failure) -> [BlockerSnapshot]? {
    let path = GitHubPath.repository(
      project, "issues", String(issue.number), "dependencies", "blocked_by", query: [("per_page", "100")])
    switch try await channel.attempt(.rest(.get, path, on: project.host, for: .observe)) {
    case .done(let json):
      memory.remember(dependencies: .told, on: project.host)
      return (json.arrayValue ?? []).compactMap { Self.blocker($0, of: issue, in: project) }
    case .refused(404, _, let failure), .refused(410, _, let failure):
      // A GitHub that does not know dependencies yet has none. One that has told some has not forgotten them.
      switch memory.dependencies(on: project.host) {
      case .told: throw Failure(.transient, failure.message)
      case .unheardOf: return []
      case .unknown where !isSecond: return try await linkedBlockers(of: issue, in: project, isSecond: true)
      case .unknown:
        memory.remember(dependencies: .unheardOf, on: project.host)
        return []
      }
    // Whoever may read the issue may read these, also with a fine-grained token ("Issues: read"): what is refused all the
    // same is there for all we know.
    case .refused(403, _, _): return nil
    case .refused(_, _, let failure): throw failure
    }
  }

  /// - Parameter issue: what is blocked; its address has the name that GitHub calls the repository by now.
  private static func blocker(
    _ json: JSONValue, of issue: IssueSnapshot, in project: ProjectName
  ) -> BlockerSnapshot? {
    guard let number = json["number"]?.integerValue, let state = json["state"]?.stringValue else {
      return nil
    }
    let slug = json["repository_url"]?.stringValue.flatMap { url in
      url.range(of: "/repos/").map { String(url[$0.upperBound...]) }
    }
    let own = issue.url.lowercased()
    let isElsewhere =
      slug.map {
        let slug = $0.lowercased()
        return slug != project.slug.lowercased() && !own.hasSuffix("/\(slug)/issues/\(issue.number)")
      } ?? false
    return BlockerSnapshot(
      repository: isElsewhere ? slug : nil, number: Int(number), isOpen: state.lowercased() == "open")
  }

  /// Numbers that do not exist block nothing.
  private func states(of numbers: [Int], in project: ProjectName) async throws(Failure) -> [BlockerSnapshot] {
    let answer = try await channel.graphql(
      .graphql(
        GitHubDependencyQuery.text(numbers), variables: Self.variables(project, issue: nil, pull: nil),
        on: project.host, for: .observe))
    if let error = answer.errors.first(where: { !$0.isNotFound }) {
      throw GitHubFailure.classify(graphQL: error, now: now)
    }
    return numbers.compactMap { number in
      let found = answer.data["repository"]?[GitHubDependencyQuery.alias(number)]
      return (found?["state"] ?? found?["pullState"])?.stringValue.map {
        BlockerSnapshot(repository: nil, number: number, isOpen: $0 == "OPEN")
      }
    }
  }
}

/// The request that asks how the issues and pull requests stand that somebody named.
enum GitHubDependencyQuery {
  static func alias(_ number: Int) -> String { "n\(number)" }

  /// Variables: `owner`, `name`.
  static func text(_ numbers: [Int]) -> String {
    let fields = numbers.map { number in
      "    \(alias(number)): issueOrPullRequest(number: \(number)) "
        + "{ ... on Issue { state } ... on PullRequest { pullState: state } }\n"
    }
    return
      "query Dependencies($owner: String!, $name: String!) {\n  repository(owner: $owner, name: $name) {\n"
      + fields.joined() + "  }\n}\n"
  }
}
