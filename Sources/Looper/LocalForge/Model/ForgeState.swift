/// Everything the local GitHub knows, as one value: a copy is a snapshot, an assignment is a commit.
struct ForgeState: Sendable {
  var users: [String: ForgeUser] = [:]
  var repositories = ForgeTable<ForgeRepository>()
  var labels = ForgeTable<ForgeLabel>()
  var issues = ForgeTable<ForgeIssue>()
  var comments = ForgeTable<ForgeComment>()
  var events = ForgeTable<ForgeEvent>()
  var reviews = ForgeTable<ForgeReview>()
  var threads = ForgeTable<ForgeThread>()
  var reviewComments = ForgeTable<ForgeReviewComment>()
  var checkRuns = ForgeTable<ForgeCheckRun>()
  var statuses = ForgeTable<ForgeStatus>()
  /// One sequence for all ids, so that an id also orders things of different kinds.
  private var lastID = 1000

  mutating func newID() -> Int {
    lastID += 1
    return lastID
  }

  /// The account, made on first use.
  mutating func user(_ login: String) -> ForgeUser {
    if let user = users[login.lowercased()] { return user }
    let user = ForgeUser(id: newID(), login: login, isBot: login.hasSuffix("[bot]"))
    users[login.lowercased()] = user
    return user
  }

  func repository(named fullName: String) -> ForgeRepository? {
    let key = fullName.lowercased()
    return repositories.rows.first { $0.key == key }
      ?? repositories.rows.first { $0.formerNames.contains(key) }
  }

  func issue(_ number: Int, in repositoryID: Int) -> ForgeIssue? {
    issues.rows.first { $0.repositoryID == repositoryID && $0.number == number }
  }

  func issues(in repositoryID: Int) -> [ForgeIssue] {
    issues.rows.filter { $0.repositoryID == repositoryID }
  }

  func label(_ name: String, in repositoryID: Int) -> ForgeLabel? {
    let key = name.lowercased()
    return labels.rows.first { $0.repositoryID == repositoryID && $0.name.lowercased() == key }
  }

  func labels(of issue: ForgeIssue) -> [ForgeLabel] { issue.labelIDs.compactMap { labels[$0] } }

  func comments(of issueID: Int) -> [ForgeComment] { comments.rows.filter { $0.issueID == issueID } }
  func events(of issueID: Int) -> [ForgeEvent] { events.rows.filter { $0.issueID == issueID } }
  func reviews(of issueID: Int) -> [ForgeReview] { reviews.rows.filter { $0.issueID == issueID } }
  func threads(of issueID: Int) -> [ForgeThread] { threads.rows.filter { $0.issueID == issueID } }

  func reviewComments(ofThread threadID: Int) -> [ForgeReviewComment] {
    reviewComments.rows.filter { $0.threadID == threadID }
  }

  /// The newest check run of each (name, app) on a commit, in order of creation.
  func checkRuns(of sha: CommitSHA, in repositoryID: Int) -> [ForgeCheckRun] {
    let all = checkRuns.rows.filter { $0.repositoryID == repositoryID && $0.sha == sha }
    return all.filter { run in
      !all.contains { $0.id > run.id && $0.name == run.name && $0.app.id == run.app.id }
    }
  }

  /// Every status of a commit, newest first.
  func statuses(of sha: CommitSHA, in repositoryID: Int) -> [ForgeStatus] {
    statuses.rows.filter { $0.repositoryID == repositoryID && $0.sha == sha }.reversed()
  }

  /// The status that counts for each context, newest first.
  func currentStatuses(of sha: CommitSHA, in repositoryID: Int) -> [ForgeStatus] {
    var seen: Set<String> = []
    return statuses(of: sha, in: repositoryID).filter { seen.insert($0.context.lowercased()).inserted }
  }

  /// All checks of a commit in one word; nil when it has none.
  func rollup(of sha: CommitSHA, in repositoryID: Int) -> ForgeRollupState? {
    let runs = checkRuns(of: sha, in: repositoryID)
    let statuses = currentStatuses(of: sha, in: repositoryID)
    if runs.isEmpty, statuses.isEmpty { return nil }
    if statuses.contains(where: { $0.state == .error }) { return .error }
    if statuses.contains(where: { $0.state == .failure }) { return .failure }
    if runs.contains(where: { $0.conclusion?.isFailure == true }) { return .failure }
    if statuses.contains(where: { $0.state == .pending }) { return .pending }
    if runs.contains(where: { $0.status != .completed }) { return .pending }
    return .success
  }
}
