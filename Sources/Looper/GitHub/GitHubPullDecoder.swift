/// Reads a pull request of a GraphQL answer; pure.
enum GitHubPullDecoder {
  /// A page of a list, and where the next one begins.
  struct Page<Element> {
    var elements: [Element]
    /// Nil at the end.
    var next: String?
    /// An element could not be read, so the list is not whole.
    var hasGap = false
  }

  /// The pull request with the first page of its lists.
  static func pull(_ json: JSONValue) -> PullSnapshot? {
    guard let number = json["number"]?.integerValue, let nodeID = json["id"]?.stringValue,
      let head = GitHubDecoder.commit(json["headRefOid"]),
      let updatedAt = GitHubDecoder.time(json["updatedAt"]),
      let state = state(json["state"])
    else { return nil }
    let checks = checks(json, head: head)
    let threads = threads(json["reviewThreads"])
    let reviewNodes = json["reviews"]?["nodes"]?.arrayValue ?? []
    let reviews = reviewNodes.compactMap(review)
    let hasEarlier = json["reviews"]?["pageInfo"]?["hasPreviousPage"]?.boolValue ?? true
    return PullSnapshot(
      number: Int(number), nodeID: nodeID, title: json["title"]?.stringValue ?? "",
      body: json["body"]?.stringValue ?? "", url: json["url"]?.stringValue ?? "",
      author: GitHubDecoder.author(json["author"]), state: state,
      isDraft: json["isDraft"]?.boolValue ?? false,
      headRef: json["headRefName"]?.stringValue ?? "", headSHA: head,
      headRepository: json["headRepository"]?["nameWithOwner"]?.stringValue,
      isCrossRepository: json["isCrossRepository"]?.boolValue ?? true,
      baseRef: json["baseRefName"]?.stringValue ?? "", baseSHA: GitHubDecoder.commit(json["baseRefOid"]),
      isMergeable: mergeable(json["mergeable"]), labels: GitHubDecoder.labels(json),
      checks: checks.elements, areChecksTruncated: checks.next != nil || checks.hasGap,
      threads: threads.elements, areThreadsTruncated: threads.next != nil || threads.hasGap,
      reviews: reviews, areReviewsTruncated: hasEarlier || reviews.count < reviewNodes.count,
      updatedAt: updatedAt,
      base: GitHubMergeDecoder.base(json["baseRef"]),
      comments: json["comments"]?["nodes"]?.arrayValue.map { $0.compactMap(GitHubDecoder.comment) })
  }

  static func threads(_ connection: JSONValue?) -> Page<ThreadSnapshot> {
    let nodes = connection?["nodes"]?.arrayValue ?? []
    let threads = nodes.compactMap(thread)
    return Page(
      elements: threads, next: nextCursor(connection),
      hasGap: connection == nil || threads.count < nodes.count)
  }

  static func thread(_ json: JSONValue) -> ThreadSnapshot? {
    guard let id = json["id"]?.stringValue, let isResolved = json["isResolved"]?.boolValue else { return nil }
    let comments = (json["comments"]?["nodes"]?.arrayValue ?? []).compactMap(GitHubDecoder.comment)
    guard !comments.isEmpty else { return nil }
    return ThreadSnapshot(
      id: id, isResolved: isResolved, isOutdated: json["isOutdated"]?.boolValue ?? false,
      path: json["path"]?.stringValue ?? "", line: json["line"]?.integerValue.map { Int($0) },
      comments: comments)
  }

  /// The checks of the last commit. Those of another commit than the head are not the head's: a gap.
  static func checks(
    _ pull: JSONValue, head: CommitSHA?, isFurtherPage: Bool = false
  ) -> Page<CheckSnapshot> {
    let commit = pull["commits"]?["nodes"]?[0]?["commit"]
    guard let commit, head == nil || GitHubDecoder.commit(commit["oid"]) == head else {
      return Page(elements: [], next: nil, hasGap: true)
    }
    guard let rollup = commit["statusCheckRollup"] else { return Page(elements: [], next: nil, hasGap: true) }
    // Null is "there is none": a refusal comes with an error besides.
    guard !rollup.isNull else { return Page(elements: [], next: nil, hasGap: isFurtherPage) }
    let nodes = rollup["contexts"]?["nodes"]?.arrayValue
    let checks = (nodes ?? []).compactMap(check)
    return Page(
      elements: checks, next: nextCursor(rollup["contexts"]), hasGap: checks.count < nodes?.count ?? 1)
  }

  static func check(_ json: JSONValue) -> CheckSnapshot? {
    let isRequired = Evidence(json["isRequired"]?.boolValue)
    if let name = json["context"]?.stringValue {
      let state = json["state"]?.stringValue?.lowercased() ?? ""
      return CheckSnapshot(
        name: name, app: "", source: .status, result: result(ofState: state), id: nil, conclusion: state,
        url: json["targetUrl"]?.stringValue ?? "", title: json["description"]?.stringValue ?? "",
        isRequired: isRequired)
    }
    guard let name = json["name"]?.stringValue else { return nil }
    let status = json["status"]?.stringValue?.lowercased() ?? ""
    let conclusion = json["conclusion"]?.stringValue?.lowercased() ?? ""
    return CheckSnapshot(
      name: name, app: json["checkSuite"]?["app"]?["slug"]?.stringValue ?? "", source: .checkRun,
      result: status == "completed" ? result(ofConclusion: conclusion) : .pending,
      id: json["databaseId"]?.integerValue, conclusion: conclusion.isEmpty ? status : conclusion,
      url: json["detailsUrl"]?.stringValue ?? "", title: json["title"]?.stringValue ?? "",
      isRequired: isRequired, appID: json["checkSuite"]?["app"]?["databaseId"]?.integerValue)
  }

  /// A word we do not know is no result yet: it neither passes nor sends a fixer.
  static func result(ofConclusion conclusion: String) -> CheckSnapshot.Result {
    switch conclusion {
    case "success": .passed
    case "neutral", "skipped": .neutral
    case "failure", "timed_out", "cancelled", "startup_failure", "stale": .failed
    // `action_required` among them: it goes on when a person acts.
    default: .pending
    }
  }

  static func result(ofState state: String) -> CheckSnapshot.Result {
    switch state {
    case "success": .passed
    case "failure", "error": .failed
    default: .pending
    }
  }

  static func nextCursor(_ connection: JSONValue?) -> String? {
    guard connection?["pageInfo"]?["hasNextPage"]?.boolValue == true else { return nil }
    return connection?["pageInfo"]?["endCursor"]?.stringValue
  }

  static func state(_ json: JSONValue?) -> PullSnapshot.State? {
    json?.stringValue.flatMap { PullSnapshot.State(rawValue: $0.lowercased()) }
  }

  private static func mergeable(_ json: JSONValue?) -> Evidence {
    switch json?.stringValue {
    case "MERGEABLE": .yes
    case "CONFLICTING": .no
    default: .unknown
    }
  }

  private static func review(_ json: JSONValue) -> ReviewSnapshot? {
    guard let url = json["url"]?.stringValue, let id = GitHubDecoder.id(fromURL: url),
      let word = json["state"]?.stringValue?.lowercased(),
      let state = ReviewSnapshot.State(rawValue: word.replacing("_", with: "-"))
    else { return nil }
    return ReviewSnapshot(
      id: id, author: GitHubDecoder.author(json["author"]), state: state,
      body: json["body"]?.stringValue ?? "",
      commit: GitHubDecoder.commit(json["commit"]?["oid"]),
      submittedAt: GitHubDecoder.time(json["submittedAt"]),
      url: url)
  }
}
