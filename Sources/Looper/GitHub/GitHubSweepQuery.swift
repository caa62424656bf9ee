/// The text of the one GraphQL request a sweep sends for up to ``repositoriesMax`` repositories.
///
/// Aliases: `r0`, `r1` … per repository; in it `i12` and `p13` per live issue and pull request.
enum GitHubSweepQuery {
  static let repositoriesMax = 50
  /// How many triggers one answer holds per repository, issues and pull requests apart.
  ///
  /// GitHub charges by what could come back, a point per hundred connections: with 50 repositories the larger
  /// page would cost 41 points each 30 s, which is the whole budget of 5,000 an hour.
  static func triggersMax(repositories: Int) -> (issues: Int, pulls: Int) {
    repositories <= 10 ? (50, 30) : (20, 10)
  }

  /// - Parameter searchesReviews: whether pull requests that want a review are searched for where they count.
  static func text(for repositories: [SweepRequest.Repository], searchesReviews: Bool = true) -> String {
    let sizes = triggersMax(repositories: repositories.count)
    let parts = repositories.enumerated().map { index, repository in
      text(for: repository, alias: alias(repository: index), sizes: sizes)
    }
    var fragments = ""
    if repositories.contains(where: { $0.asksForIssues || !unique($0.issues).isEmpty }) {
      fragments += issueFragment
    }
    if repositories.contains(where: { !$0.pullLabels.isEmpty || !unique($0.pulls).isEmpty }) {
      fragments += pullFragment
    }
    if repositories.contains(where: { !unique($0.pulls).isEmpty }) { fragments += checksFragment }
    let reviews =
      searchesReviews && repositories.contains { !$0.pullLabels.isEmpty } ? reviewRequests : ""
    return "query Sweep {\n" + parts.joined() + reviews + "}\n" + fragments
  }

  /// Pull requests anywhere that want a review by the login itself, not by a team it is in.
  private static let reviewRequests =
    "  reviews: search(query: \"\(reviewSearch)\", type: ISSUE, first: 50) \(reviewFields)\n"
  private static let reviewSearch = "is:open is:pr archived:false user-review-requested:@me"
  private static let reviewFields =
    "{ nodes { ... on PullRequest { title repository { nameWithOwner } ...pullState } } "
    + "pageInfo { hasNextPage endCursor } }"

  /// The search from its second page on. Variable: `after`.
  static let moreReviewRequests =
    "query MoreReviews($after: String) {\n"
    + "  reviews: search(query: \"\(reviewSearch)\", type: ISSUE, first: 100, after: $after) \(reviewFields)\n}\n"
    + pullFragment
  /// Further pages of the search, which GitHub ends at a thousand.
  static let reviewPagesMax = 10

  static func alias(repository index: Int) -> String { "r\(index)" }
  static func alias(issue number: Int) -> String { "i\(number)" }
  static func alias(pull number: Int) -> String { "p\(number)" }

  private static func text(
    for repository: SweepRequest.Repository, alias: String, sizes: (issues: Int, pulls: Int)
  ) -> String {
    let project = repository.project
    let owner = GraphQLText.literal(project.owner)
    let name = GraphQLText.literal(project.name)
    var lines = [
      "\(alias): repository(owner: \(owner), name: \(name)) {", "  nameWithOwner defaultBranchRef { name }",
    ]
    // The newest first: what was labelled a moment ago is on the first page however many are labelled.
    let order = "orderBy: {field: UPDATED_AT, direction: DESC}"
    if !repository.issueLabels.isEmpty {
      let labels = GraphQLText.list(repository.issueLabels)
      lines.append(
        "  issues(labels: \(labels), states: OPEN, first: \(sizes.issues), \(order)) "
          + "{ nodes { title ...issueState } pageInfo { hasNextPage } }")
    }
    if !repository.pullLabels.isEmpty {
      let labels = GraphQLText.list(repository.pullLabels)
      lines.append(
        "  pullRequests(labels: \(labels), states: OPEN, first: \(sizes.pulls), \(order)) "
          + "{ nodes { title ...pullState } pageInfo { hasNextPage } }")
    }
    lines += automatic(repository, size: sizes.issues, order)
    for number in unique(repository.issues) {
      lines.append("  \(Self.alias(issue: number)): issue(number: \(number)) { ...issueState }")
    }
    for number in unique(repository.pulls) {
      lines.append(
        "  \(Self.alias(pull: number)): pullRequest(number: \(number)) { ...pullState ...pullChecks }")
    }
    lines.append("}")
    return lines.map { "  \($0)\n" }.joined()
  }

  private static func automatic(
    _ repository: SweepRequest.Repository, size: Int, _ order: String
  ) -> [String] {
    autoLists(of: repository).map { list in
      "  \(list.alias): issues(filterBy: {\(list.filter)}, first: \(size), \(order)) "
        + "{ nodes { title ...issueState } pageInfo { hasNextPage endCursor } }"
    }
  }

  /// One list for all labels of the rules, and one for each author, for GitHub takes one author at a time.
  static func autoLists(of repository: SweepRequest.Repository) -> [AutoList] {
    let since = repository.autoSince.map { ", since: \(GraphQLText.literal($0.iso8601))" } ?? ""
    var lists: [AutoList] = []
    if !repository.autoLabels.isEmpty {
      let labels = GraphQLText.list(repository.autoLabels)
      lists.append(AutoList(alias: "auto", filter: "states: [OPEN], labels: \(labels)\(since)"))
    }
    for (index, author) in repository.autoAuthors.enumerated() {
      let login = GraphQLText.literal(author)
      lists.append(
        AutoList(alias: "auto\(index)", filter: "states: [OPEN], createdBy: \(login)\(since)"))
    }
    return lists
  }

  private static func unique(_ numbers: [Int]) -> [Int] { Set(numbers).filter { $0 > 0 }.sorted() }

  static let issueFragment = """
    fragment issueState on Issue {
      number updatedAt state
      labels(first: 30) { nodes { name } }
    }

    """

  static let pullFragment = """
    fragment pullState on PullRequest {
      number updatedAt state isDraft headRefOid baseRefOid mergeable
      baseRef { target { oid ... on Commit { statusCheckRollup { state } } } }
      labels(first: 30) { nodes { name } }
    }

    """

  private static let checksFragment = """
    fragment pullChecks on PullRequest {
      commits(last: 1) { nodes { commit { oid statusCheckRollup { state contexts(first: 50) {
        totalCount
        nodes {
          __typename
          ... on CheckRun { name status conclusion }
          ... on StatusContext { context state }
        }
      } } } } }
    }

    """
}

/// One list of issues that rules ask for: its name in the answer, and the members of its `IssueFilters`.
struct AutoList: Equatable, Sendable {
  var alias: String
  var filter: String
}

extension SweepRequest.Repository {
  fileprivate var asksForIssues: Bool { !issueLabels.isEmpty || !autoLabels.isEmpty || !autoAuthors.isEmpty }
}
