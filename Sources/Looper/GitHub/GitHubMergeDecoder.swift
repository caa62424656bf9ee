/// Reads what decides about merging a pull request out of a GraphQL answer; pure.
enum GitHubMergeDecoder {
  /// The base branch's tip, its checks and what it requires; nil when there is no such branch.
  static func base(_ ref: JSONValue?) -> BaseSnapshot? {
    guard let ref, let sha = GitHubDecoder.commit(ref["target"]?["oid"]) else { return nil }
    let nodes = ref["target"]?["statusCheckRollup"]?["contexts"]?["nodes"]?.arrayValue ?? []
    let checks = nodes.compactMap(GitHubPullDecoder.check)
    let required = requiredChecks(ref)
    return BaseSnapshot(
      // A run that was cut off, as the next push to a base does, says nothing of the base.
      sha: sha, checks: checks.map { .init(check: $0.identity, result: $0.isCutOff ? .neutral : $0.result) },
      requiredChecks: required?.names, pinnedChecks: required?.pinned)
  }

  /// What classic protection and rule sets ask for together; nil when they could not be read.
  private static func requiredChecks(
    _ ref: JSONValue
  ) -> (names: [String], pinned: [BaseSnapshot.PinnedCheck])? {
    // Null is "no such rule" as well as "not for you"; the list of rule sets is never null when it could be read.
    guard let rules = ref["rules"]?["nodes"]?.arrayValue,
      ref["rules"]?["pageInfo"]?["hasNextPage"]?.boolValue != true
    else { return nil }
    let classic = (ref["refUpdateRule"]?["requiredStatusCheckContexts"]?.arrayValue ?? []).compactMap(
      \.stringValue)
    let ruled = rules.flatMap { $0["parameters"]?["requiredStatusChecks"]?.arrayValue ?? [] }
    let pinned = ruled.compactMap { check -> BaseSnapshot.PinnedCheck? in
      guard let name = check["context"]?.stringValue, let app = check["integrationId"]?.integerValue else {
        return nil
      }
      return .init(name: name, appID: app)
    }
    let names = Set(classic + ruled.compactMap { $0["context"]?.stringValue }).sorted()
    return (names, Set(pinned).sorted { ($0.name, $0.appID) < ($1.name, $1.appID) })
  }

  static func merge(_ pull: JSONValue, settings: JSONValue?) -> MergeSnapshot? {
    guard let word = pull["mergeStateStatus"]?.stringValue?.lowercased(),
      let additions = pull["additions"]?.integerValue, let deletions = pull["deletions"]?.integerValue,
      let files = pull["changedFiles"]?.integerValue
    else { return nil }
    let nodes = pull["files"]?["nodes"]?.arrayValue ?? []
    let enabler = pull["autoMergeRequest"]?["enabledBy"].map { GitHubDecoder.author($0).login }
    return MergeSnapshot(
      status: MergeSnapshot.Status(rawValue: word) ?? .unknown,
      decision: pull["reviewDecision"]?.stringValue.flatMap { .init(rawValue: $0.lowercased()) },
      method: method(settings), allowsAutoMerge: settings?["autoMergeAllowed"]?.boolValue ?? false,
      autoMergeBy: pull["autoMergeRequest"].flatMap { $0.isNull ? nil : enabler ?? "" },
      hasQueue: pull["isMergeQueueEnabled"]?.boolValue ?? false,
      isQueued: pull["isInMergeQueue"]?.boolValue ?? false, additions: Int(additions),
      deletions: Int(deletions), changedFiles: Int(files),
      changedPaths: nodes.compactMap { $0["path"]?.stringValue },
      hidesFormerPaths: nodes.contains { $0["changeType"]?.stringValue == "RENAMED" } ? true : nil)
  }

  /// The way the button in the browser would merge, or the first that is allowed.
  private static func method(_ settings: JSONValue?) -> MergeSnapshot.Method? {
    let keys: [(MergeSnapshot.Method, String)] = [
      (.merge, "mergeCommitAllowed"), (.squash, "squashMergeAllowed"), (.rebase, "rebaseMergeAllowed"),
    ]
    let allowed = keys.filter { settings?[$0.1]?.boolValue == true }.map(\.0)
    let usual = settings?["viewerDefaultMergeMethod"]?.stringValue.flatMap {
      MergeSnapshot.Method(rawValue: $0.lowercased())
    }
    return usual.flatMap { allowed.contains($0) ? $0 : nil } ?? allowed.first
  }

  /// The standing request for a review by `viewer`, and who made it last.
  static func reviewRequest(_ pull: JSONValue, viewer: String) -> ReviewRequestSnapshot? {
    func isForViewer(_ node: JSONValue) -> Bool {
      let login = GitHubDecoder.author(node["requestedReviewer"]).login
      return !viewer.isEmpty && login.lowercased() == viewer.lowercased()
    }
    guard (pull["reviewRequests"]?["nodes"]?.arrayValue ?? []).contains(where: isForViewer) else {
      return nil
    }
    let event = (pull["reviewRequestEvents"]?["nodes"]?.arrayValue ?? []).last(where: isForViewer)
    return ReviewRequestSnapshot(
      by: event.map { GitHubDecoder.author($0["actor"]) }, at: GitHubDecoder.time(event?["createdAt"]))
  }
}
