/// Reads the answer to ``GitHubSweepQuery``; pure.
struct GitHubSweepDecoder {
  var now: Timestamp

  /// One result per asked repository; what is wrong with one leaves the others alone.
  func repositories(
    _ answer: GraphQLAnswer, asked: [SweepRequest.Repository]
  ) -> [ProjectName: Result<SweepResult.Repository, Failure>] {
    var results: [ProjectName: Result<SweepResult.Repository, Failure>] = [:]
    for (index, repository) in asked.enumerated() {
      let alias = GitHubSweepQuery.alias(repository: index)
      var found = result(
        for: repository, data: answer.data[alias] ?? .null, errors: answer.errors(under: alias))
      if case .success(var seen) = found {
        seen.triggers += reviewRequests(in: answer.data["reviews"], for: seen.name)
        found = .success(seen)
      }
      results[repository.project] = found
    }
    return results
  }

  /// A page of triggers, and where the next one begins.
  func page(
    of kind: GitHubTriggerQuery.Kind, _ connection: JSONValue?
  ) -> GitHubPullDecoder.Page<SweepResult.Trigger> {
    let found = triggers(in: connection, subject: kind == .issues ? Subject.issue : Subject.pull).found
    return .init(elements: found, next: GitHubPullDecoder.nextCursor(connection))
  }

  /// The search is over everything the login can see; only the asked repository's count.
  func reviewRequests(in search: JSONValue?, for project: ProjectName) -> [SweepResult.Trigger] {
    let nodes = (search?["nodes"]?.arrayValue ?? []).filter { node in
      node["repository"]?["nameWithOwner"]?.stringValue?.lowercased() == project.slug.lowercased()
    }
    return triggers(in: ["nodes": .array(nodes)], subject: Subject.pull).found
  }

  /// The rules' lists that did not fit into the answer.
  static func longLists(
    of repository: SweepRequest.Repository, in data: JSONValue?
  ) -> [AutoList] {
    GitHubSweepQuery.autoLists(of: repository).filter {
      GitHubPullDecoder.nextCursor(data?[$0.alias]) != nil
    }
  }

  /// What the rules alone found, each issue once.
  private func automatic(
    _ repository: SweepRequest.Repository, in data: JSONValue, besides known: [SweepResult.Trigger]
  ) -> [SweepResult.Trigger] {
    let lists = GitHubSweepQuery.autoLists(of: repository)
    var seen = Set(known.map(\.subject))
    return lists.flatMap { triggers(in: data[$0.alias], subject: Subject.issue).found }.compactMap {
      trigger in
      guard seen.insert(trigger.subject).inserted else { return nil }
      var trigger = trigger
      trigger.isAuto = true
      return trigger
    }
  }

  private func result(
    for repository: SweepRequest.Repository, data: JSONValue, errors: [GraphQLError]
  ) -> Result<SweepResult.Repository, Failure> {
    let project = repository.project
    guard !data.isNull else {
      let error = errors.first
      let failure = error.map { GitHubFailure.classify(graphQL: $0, now: now) }
      return .failure(failure ?? Failure(.transient, "github left \(project) out of its answer"))
    }
    // A missing live number is an ordinary answer; checks that cannot be read show as such.
    if let error = errors.first(where: { !($0.isNotFound && $0.path.count == 2) && !$0.hidesOnlyChecks }) {
      return .failure(GitHubFailure.classify(graphQL: error, now: now))
    }
    let issues = triggers(in: data["issues"], subject: Subject.issue)
    let pulls = triggers(in: data["pullRequests"], subject: Subject.pull)
    let name = data["nameWithOwner"]?.stringValue.flatMap { ProjectName("\(project.host)/\($0)") }
    return .success(
      SweepResult.Repository(
        name: name ?? project, defaultBranch: data["defaultBranchRef"]?["name"]?.stringValue ?? "",
        triggers: issues.found + pulls.found
          + automatic(repository, in: data, besides: issues.found),
        areTriggersTruncated: issues.isTruncated || pulls.isTruncated,
        issues: fingerprints(of: repository.issues, in: data, alias: GitHubSweepQuery.alias(issue:)),
        pulls: fingerprints(of: repository.pulls, in: data, alias: GitHubSweepQuery.alias(pull:))))
  }

  private func triggers(
    in connection: JSONValue?, subject: (Int) -> Subject
  ) -> (found: [SweepResult.Trigger], isTruncated: Bool) {
    let found = (connection?["nodes"]?.arrayValue ?? []).compactMap { node -> SweepResult.Trigger? in
      guard let number = node["number"]?.integerValue else { return nil }
      return SweepResult.Trigger(
        subject: subject(Int(number)), title: node["title"]?.stringValue ?? "",
        labels: GitHubFingerprint.labels(of: node), fingerprint: GitHubFingerprint.text(of: node))
    }
    return (found, connection?["pageInfo"]?["hasNextPage"]?.boolValue ?? false)
  }

  private func fingerprints(of numbers: [Int], in data: JSONValue, alias: (Int) -> String) -> [Int: String] {
    var result: [Int: String] = [:]
    for number in numbers {
      guard let node = data[alias(number)], !node.isNull else { continue }
      result[number] = GitHubFingerprint.text(of: node)
    }
    return result
  }
}

/// How a ``SubjectFingerprint`` is made of GitHub's answer.
enum GitHubFingerprint {
  /// Check runs do not move `updatedAt` on GitHub, so they are in it; our own status is not, or each of our
  /// verdicts would look like news. Of more checks than were read GitHub's own sum tells when they end.
  static func text(of node: JSONValue) -> String {
    SubjectFingerprint(
      updatedAt: node["updatedAt"]?.stringValue ?? "?", state: node["state"]?.stringValue ?? "?",
      pull: node["isDraft"]?.boolValue.map { pull(of: node, isDraft: $0) }, labels: labels(of: node),
      checks: node["commits"].map { _ in checks(of: node) }
    ).text
  }

  private static func pull(of node: JSONValue, isDraft: Bool) -> SubjectFingerprint.Pull {
    // GitHub keeps `baseRefOid` at what the base was when the head was pushed; its tip and how that does is in the ref.
    let tip = node["baseRef"]?["target"]
    let state = tip?["statusCheckRollup"]?["state"]?.stringValue.map { ":\($0)" } ?? ""
    return SubjectFingerprint.Pull(
      isDraft: isDraft, head: node["headRefOid"]?.stringValue ?? "?",
      base: (tip?["oid"]?.stringValue ?? node["baseRefOid"]?.stringValue ?? "?") + state,
      mergeable: node["mergeable"]?.stringValue ?? "UNKNOWN")
  }

  static func labels(of node: JSONValue) -> [String] {
    (node["labels"]?["nodes"]?.arrayValue ?? []).compactMap { $0["name"]?.stringValue }
  }

  private static func checks(of pull: JSONValue) -> String {
    let rollup = pull["commits"]?["nodes"]?[0]?["commit"]?["statusCheckRollup"]
    guard let contexts = rollup?["contexts"] else { return "none" }
    let nodes = contexts["nodes"]?.arrayValue ?? []
    var words = nodes.compactMap(check).sorted()
    if let total = contexts["totalCount"]?.integerValue, total > nodes.count {
      words.append("of \(total):\(rollup?["state"]?.stringValue ?? "?")")
    }
    return words.isEmpty ? "none" : words.joined(separator: ",")
  }

  /// Nil for our own status.
  private static func check(_ node: JSONValue) -> String? {
    if let context = node["context"]?.stringValue {
      return context == CommitStatus.context ? nil : "\(context):\(node["state"]?.stringValue ?? "?")"
    }
    guard let name = node["name"]?.stringValue else { return "hidden" }
    return "\(name):\(node["conclusion"]?.stringValue ?? node["status"]?.stringValue ?? "?")"
  }
}
