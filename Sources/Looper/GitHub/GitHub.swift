/// GitHub through `gh api`: everything Looper reads and writes there.
///
/// Stateless but for what can be lost at any time: the rate gate, counters, and what was asked a moment ago.
struct GitHub: Forge {
  let channel: GitHubChannel
  let memory: GitHubMemory

  init(transport: any GhTransport, time: any TimeSource) {
    memory = GitHubMemory()
    channel = GitHubChannel(
      transport: transport, time: time, gate: GitHubRateGate(), counters: GitHubCallCounters(), memory: memory
    )
  }

  /// Calls made so far by purpose and outcome.
  var callCounts: [GitHubCallCounters.Key: Int] { channel.counters.snapshot() }

  /// What GitHub said of its budgets last.
  var rateBudgets: [GitHubRateGate.Key: GitHubRateGate.Budget] { channel.gate.snapshot }

  var now: Timestamp { channel.time.now }

  func repository(_ project: ProjectName) async throws(Failure) -> RepositoryFacts {
    let json = try await channel.rest(
      .rest(.get, GitHubPath.repository(project), on: project.host, for: .repository))
    guard let facts = Self.repositoryFacts(json, host: project.host) else {
      throw Failure(.permanent, "github's answer about \(project) lacks its name, branch or clone_url")
    }
    memory.remember(name: facts.name, of: project)
    return facts
  }

  func openPull(headedBy branch: String, in project: ProjectName) async throws(Failure) -> Int? {
    try await openPullRequest(headedBy: branch, in: project, for: .observe)?.number
  }

  func guardFacts(_ project: ProjectName, issue: Int?, pull: Int?) async throws(Failure) -> WriteGuard {
    guard issue != nil || pull != nil else {
      return WriteGuard(issueLabels: [], pullLabels: [], isIssueOpen: true, pullState: nil, pullHead: nil)
    }
    let answer = try await channel.graphql(
      .graphql(
        GitHubGuardQuery.text(hasIssue: issue != nil, hasPull: pull != nil),
        variables: Self.variables(project, issue: issue, pull: pull), on: project.host, for: .guardFacts))
    if let error = answer.errors.first { throw GitHubFailure.classify(graphQL: error, now: now) }
    return try GitHubGuardQuery.facts(answer.data["repository"], hasIssue: issue != nil, hasPull: pull != nil)
  }

  /// Who Looper is on `host`; asked again after ``GitHubMemory/lifetime``.
  func viewer(on host: String) async throws(Failure) -> String {
    if let login = memory.viewer(on: host, now: now) { return login }
    let answer = try await channel.graphql(
      .graphql("query Viewer { viewer { login } }", on: host, for: .viewer))
    guard let login = answer.data["viewer"]?["login"]?.stringValue, !login.isEmpty else {
      throw Failure(.transient, "github did not say who is logged in at \(host)")
    }
    memory.remember(viewer: login, on: host, now: now)
    return login
  }

  static func variables(_ project: ProjectName, issue: Int?, pull: Int?) -> [String: JSONValue] {
    var variables: [String: JSONValue] = ["owner": .string(project.owner), "name": .string(project.name)]
    if let issue { variables["issue"] = .integer(Int64(issue)) }
    if let pull { variables["pull"] = .integer(Int64(pull)) }
    return variables
  }

  static func repositoryFacts(_ json: JSONValue, host: String) -> RepositoryFacts? {
    guard let name = json["full_name"]?.stringValue.flatMap({ ProjectName("\(host)/\($0)") }),
      let branch = json["default_branch"]?.stringValue, let cloneURL = json["clone_url"]?.stringValue
    else { return nil }
    return RepositoryFacts(
      name: name, defaultBranch: branch, cloneURL: cloneURL, isArchived: json["archived"]?.boolValue ?? false,
      viewerPermission: permission(ofFlags: json["permissions"]))
  }

  /// The strongest of REST's flags; nil when there are none.
  private static func permission(ofFlags flags: JSONValue?) -> Permission? {
    guard let flags, flags.objectValue != nil else { return nil }
    let order: [(String, Permission)] = [
      ("admin", .admin), ("maintain", .maintain), ("push", .write), ("triage", .triage), ("pull", .read),
    ]
    return order.first { flags[$0.0]?.boolValue == true }?.1 ?? Permission.none
  }
}

/// The request behind ``GitHub/guardFacts(_:issue:pull:)``.
enum GitHubGuardQuery {
  static func text(hasIssue: Bool, hasPull: Bool) -> String {
    var parameters = "$owner: String!, $name: String!"
    var fields = ""
    if hasIssue {
      parameters += ", $issue: Int!"
      fields += "    issue(number: $issue) { state labels(first: 100) { nodes { name } } }\n"
    }
    if hasPull {
      parameters += ", $pull: Int!"
      fields += "    pullRequest(number: $pull) { state headRefOid labels(first: 100) { nodes { name } } }\n"
    }
    return "query Guard(\(parameters)) {\n  repository(owner: $owner, name: $name) {\n\(fields)  }\n}\n"
  }

  static func facts(_ repository: JSONValue?, hasIssue: Bool, hasPull: Bool) throws(Failure) -> WriteGuard {
    let issue = repository?["issue"]
    let pull = repository?["pullRequest"]
    guard !hasIssue || issue?["state"] != nil, !hasPull || pull?["state"] != nil else {
      throw Failure(.transient, "github's answer lacks the issue or pull request that was asked for")
    }
    return WriteGuard(
      issueLabels: issue.map(GitHubFingerprint.labels) ?? [],
      pullLabels: pull.map(GitHubFingerprint.labels) ?? [],
      isIssueOpen: issue.map { $0["state"]?.stringValue == "OPEN" } ?? true,
      pullState: GitHubPullDecoder.state(pull?["state"]), pullHead: GitHubDecoder.commit(pull?["headRefOid"]))
  }
}
