/// What objects are called, and their ids.
extension ForgeGraphExecutor {
  func typeName(of object: ForgeGraphObject) -> String {
    switch object {
    case .query: "Query"
    case .mutation: "Mutation"
    case .repository: "Repository"
    case .issue(let id): session.state.issues[id]?.isPull == true ? "PullRequest" : "Issue"
    case .comment: "IssueComment"
    case .review: "PullRequestReview"
    case .reviewComment: "PullRequestReviewComment"
    case .thread: "PullRequestReviewThread"
    case .label: "Label"
    case .event(let id): session.state.events[id].map { Self.typeName(of: $0.kind) } ?? "LabeledEvent"
    case .actor(let login): session.state.users[login.lowercased()]?.isBot == true ? "Bot" : "User"
    case .commit: "Commit"
    case .ref: "Ref"
    case .rollup: "StatusCheckRollup"
    case .combinedStatus: "Status"
    case .checkRun: "CheckRun"
    case .checkSuite: "CheckSuite"
    case .status: "StatusContext"
    case .record(let type, _): type
    }
  }

  static func typeName(of kind: ForgeEvent.Kind) -> String {
    switch kind {
    case .labeled: "LabeledEvent"
    case .unlabeled: "UnlabeledEvent"
    case .closed: "ClosedEvent"
    case .reopened: "ReopenedEvent"
    case .merged: "MergedEvent"
    case .renamed: "RenamedTitleEvent"
    case .headRefForcePushed: "HeadRefForcePushedEvent"
    case .headRefDeleted: "HeadRefDeletedEvent"
    case .reviewRequested: "ReviewRequestedEvent"
    case .reviewRequestRemoved: "ReviewRequestRemovedEvent"
    case .readyForReview: "ReadyForReviewEvent"
    case .convertToDraft: "ConvertToDraftEvent"
    }
  }

  /// The word for a timeline entry in `itemTypes`: `LabeledEvent` is `LABELED_EVENT`.
  static func itemType(of typeName: String) -> String {
    typeName.reduce(into: "") { word, character in
      if character.isUppercase, !word.isEmpty { word.append("_") }
      word.append(character.uppercased())
    }
  }

  /// What a global node id stands for.
  ///
  /// - Throws: NOT_FOUND when there is no such thing, or the viewer may not see it.
  func object(withID id: String) throws -> ForgeGraphObject {
    let missing = ForgeGraphError(
      "Could not resolve to a node with the global id of '\(id)'", type: "NOT_FOUND")
    let parts = id.split(separator: "_").map(String.init)
    guard parts.count >= 2, let number = Int(parts[1]) else { throw missing }
    let state = session.state
    let (found, repositoryID): (ForgeGraphObject?, Int?) =
      switch parts[0] {
      case "R": (.repository(number), state.repositories[number]?.id)
      case "I", "PR": (.issue(number), state.issues[number]?.repositoryID)
      case "IC": (.comment(number), state.comments[number]?.repositoryID)
      case "PRR": (.review(number), issueRepository(state.reviews[number]?.issueID))
      case "PRRC": (.reviewComment(number), issueRepository(state.reviewComments[number]?.issueID))
      case "PRRT": (.thread(number), issueRepository(state.threads[number]?.issueID))
      case "LA": (.label(number), state.labels[number]?.repositoryID)
      case "EV": (.event(number), issueRepository(state.events[number]?.issueID))
      case "CR": (.checkRun(number), state.checkRuns[number]?.repositoryID)
      case "SC": (.status(number), state.statuses[number]?.repositoryID)
      case "C" where parts.count == 3:
        (CommitSHA(parts[2]).map { .commit($0, repositoryID: number) }, number)
      default: (nil, nil)
      }
    if parts[0] == "U", let user = state.users.values.first(where: { $0.id == number }) {
      return .actor(user.login)
    }
    guard let found, let repositoryID, let repository = state.repositories[repositoryID],
      repository.permission(of: session.viewer) >= .read
    else { throw missing }
    return found
  }

  private func issueRepository(_ issueID: Int?) -> Int? {
    issueID.flatMap { session.state.issues[$0]?.repositoryID }
  }

  /// The issue, pull request, comment … that an id must name; anything else is NOT_FOUND.
  func issueNamed(_ id: String?, isPull: Bool?) throws -> ForgeIssue {
    let id = id ?? ""
    guard case .issue(let number) = try object(withID: id), let issue = session.state.issues[number],
      isPull.map({ $0 == issue.isPull }) ?? true
    else {
      throw ForgeGraphError("Could not resolve to a node with the global id of '\(id)'", type: "NOT_FOUND")
    }
    return issue
  }

  func web(_ issue: ForgeIssue) -> String { ForgeView(session).urls(issue).web }

  func association(_ login: String, _ issueID: Int) -> ForgeGraphValue {
    guard let issue = session.state.issues[issueID] else { return .null }
    return .leaf(ForgeView(session).association(of: login, in: issue.repositoryID))
  }

  func actor(_ login: String?) -> ForgeGraphValue { .object(login.map(ForgeGraphObject.actor)) }
}
