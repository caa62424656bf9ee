import Foundation

/// What people do in the browser. Every action needs the permission it needs on GitHub, and is refused the
/// same way.
extension LocalForge {
  /// Makes a repository whose bare git directory is on disk; its owner is admin.
  @discardableResult
  func createRepository(
    _ fullName: String, defaultBranch: String = "main",
    files: [String: String] = ["README.md": "# A project\n"],
    isPrivate: Bool = false
  ) async throws -> ForgeRepository {
    let data = files.mapValues { Data($0.utf8) }
    let root = configuration.repositoriesRoot
    let parts = fullName.split(separator: "/").map(String.init)
    guard parts.count == 2 else { throw ForgeRefusal.invalid("Repository", "name", code: "invalid") }
    return try await perform(as: parts[0]) { session in
      guard session.state.repository(named: fullName) == nil else {
        throw ForgeRefusal.invalid("Repository", "name", code: "already_exists")
      }
      let path = "\(root)/\(parts[0])/\(parts[1]).git"
      try await session.git.create(path, defaultBranch: defaultBranch, files: data, at: session.now)
      return try await session.addRepository(
        owner: parts[0], name: parts[1], path: path, defaultBranch: defaultBranch, isPrivate: isPrivate)
    }
  }

  /// Makes a repository with the files of a directory, without its `.git`.
  @discardableResult
  func createRepository(
    _ fullName: String, defaultBranch: String = "main", importing directory: String
  ) async throws -> ForgeRepository {
    var files: [String: String] = [:]
    for path in try FileManager.default.subpathsOfDirectory(atPath: directory)
    where path != ".git" && !path.hasPrefix(".git/") {
      guard let data = FileManager.default.contents(atPath: "\(directory)/\(path)") else { continue }
      files[path] = String(decoding: data, as: UTF8.self)
    }
    return try await createRepository(fullName, defaultBranch: defaultBranch, files: files)
  }

  /// Copies a repository under somebody else's name.
  @discardableResult
  func fork(_ fullName: String, as login: String) async throws -> ForgeRepository {
    let root = configuration.repositoriesRoot
    return try await perform(as: login) { session in
      let parent = try session.repository(fullName)
      let path = "\(root)/\(login)/\(parent.name).git"
      try await session.git.fork(parent.path, to: path)
      return try await session.addRepository(
        owner: login, name: parent.name, path: path, defaultBranch: parent.defaultBranch, isPrivate: false,
        parentID: parent.id)
    }
  }

  /// Changes a repository's settings: merge methods, protections, archiving.
  func configure(_ fullName: String, _ change: @Sendable (inout ForgeRepository) -> Void) async throws {
    try await perform(as: String(fullName.prefix { $0 != "/" })) { session in
      var repository = try session.repository(fullName)
      change(&repository)
      repository.updatedAt = session.now
      session.state.repositories.put(repository)
    }
  }

  /// Gives a repository another name of the same owner; its address for git stays.
  func rename(_ fullName: String, to name: String) async throws {
    try await configure(fullName) {
      $0.formerNames.insert($0.key)
      $0.name = name
    }
  }

  func setPermission(_ permission: ForgePermission, of login: String, in fullName: String) async throws {
    try await configure(fullName) { $0.permissions[login.lowercased()] = permission }
    try await perform(as: login) { _ in }
  }

  /// - Returns: the number.
  @discardableResult
  func createIssue(
    in fullName: String, title: String, body: String = "", labels: [String] = [], as login: String
  ) async throws -> Int {
    try await perform(as: login) { session in
      try session.createIssue(in: session.repository(fullName), title: title, body: body, labels: labels)
        .number
    }
  }

  func editIssue(
    _ number: Int, in fullName: String, title: String? = nil, body: String? = nil, as login: String
  ) async throws {
    try await onIssue(number, in: fullName, as: login) { session, issue in
      _ = try session.edit(issue, ForgeSession.IssueEdit(title: title, body: body))
    }
  }

  func addLabel(_ name: String, to number: Int, in fullName: String, as login: String) async throws {
    try await onIssue(number, in: fullName, as: login) { session, issue in
      _ = try session.addLabels([name], to: issue)
    }
  }

  func removeLabel(_ name: String, from number: Int, in fullName: String, as login: String) async throws {
    try await onIssue(number, in: fullName, as: login) { session, issue in
      _ = try session.removeLabel(name, from: issue)
    }
  }

  /// - Returns: the comment's id.
  @discardableResult
  func comment(_ body: String, on number: Int, in fullName: String, as login: String) async throws -> Int {
    try await onIssue(number, in: fullName, as: login) { session, issue in
      try session.comment(on: issue, body: body).id
    }
  }

  func delete(_ number: Int, in fullName: String, as login: String) async throws {
    try await onIssue(number, in: fullName, as: login) { session, issue in session.delete(issue) }
  }

  func setDraft(_ isDraft: Bool, of number: Int, in fullName: String, as login: String) async throws {
    try await onIssue(number, in: fullName, as: login) { session, issue in
      _ = try session.setDraft(isDraft, of: issue)
    }
  }

  func close(_ number: Int, in fullName: String, as login: String) async throws {
    try await onIssue(number, in: fullName, as: login) { session, issue in
      _ = try session.edit(issue, ForgeSession.IssueEdit(state: .closed))
    }
  }

  func reopen(_ number: Int, in fullName: String, as login: String) async throws {
    try await onIssue(number, in: fullName, as: login) { session, issue in
      _ = try session.edit(issue, ForgeSession.IssueEdit(state: .open))
    }
  }

  /// - Returns: the number.
  @discardableResult
  func createPull(in fullName: String, _ new: ForgeSession.NewPull, as login: String) async throws -> Int {
    try await perform(as: login) { session in
      try await session.createPull(in: session.repository(fullName), new).number
    }
  }

  /// - Returns: the review's id.
  @discardableResult
  func submitReview(
    _ review: ForgeSession.NewReview, on number: Int, in fullName: String, as login: String
  ) async throws -> Int {
    try await onIssue(number, in: fullName, as: login) { session, issue in
      try await session.submitReview(review, on: issue).id
    }
  }

  func dismissReview(_ id: Int, as login: String) async throws {
    try await perform(as: login) { session in
      guard let review = session.state.reviews[id] else { throw ForgeRefusal.notFound }
      _ = try session.dismiss(review)
    }
  }

  /// - Returns: the comment's id.
  @discardableResult
  func reply(_ body: String, toThread id: Int, as login: String) async throws -> Int {
    try await perform(as: login) { session in
      guard let thread = session.state.threads[id] else { throw ForgeRefusal.notFound }
      return try session.reply(to: thread, body: body).id
    }
  }

  func setResolved(_ isResolved: Bool, thread id: Int, as login: String) async throws {
    try await perform(as: login) { session in
      guard let thread = session.state.threads[id] else { throw ForgeRefusal.notFound }
      _ = try session.setResolved(isResolved, thread: thread)
    }
  }

  func requestReview(from reviewers: [String], on number: Int, in fullName: String, as login: String)
    async throws
  {
    try await onIssue(number, in: fullName, as: login) { session, issue in
      _ = try session.requestReviews(reviewers, on: issue)
    }
  }

  @discardableResult
  func merge(
    _ number: Int, in fullName: String, method: ForgeMergeMethod = .merge, as login: String
  ) async throws -> CommitSHA {
    try await onIssue(number, in: fullName, as: login) { session, issue in
      try await session.merge(issue, ForgeSession.MergeOrder(method: method))
    }
  }

  /// Takes a pull request out of the merge queue, and back the order to merge it when it can be.
  func takeBackMerge(of number: Int, in fullName: String, as login: String) async throws {
    try await onIssue(number, in: fullName, as: login) { session, issue in
      _ = try session.dequeue(try session.setAutoMerge(nil, of: issue))
    }
  }

  func setBlockers(_ numbers: [Int], of number: Int, in fullName: String, as login: String) async throws {
    try await onIssue(number, in: fullName, as: login) { session, issue in
      var issue = issue
      issue.blockedBy = numbers
      session.touch(issue)
    }
  }

  /// Reports a check run as the repository's automation does.
  ///
  /// - Parameter id: the run to update; nil starts a new one.
  /// - Returns: the run's id.
  @discardableResult
  func reportCheck(
    _ report: ForgeSession.CheckReport, on sha: CommitSHA, in fullName: String, updating id: Int? = nil
  ) async throws -> Int {
    try await perform(as: "github-actions[bot]") { session in
      guard var repository = session.state.repository(named: fullName) else { throw ForgeRefusal.notFound }
      repository.permissions["github-actions[bot]"] = .write
      session.state.repositories.put(repository)
      guard let id else { return try await session.createCheckRun(in: repository, sha: sha, report).id }
      guard let run = session.state.checkRuns[id] else { throw ForgeRefusal.notFound }
      return try session.updateCheckRun(run, report).id
    }
  }

  func postStatus(
    _ state: ForgeStatus.State, context: String, on sha: CommitSHA, in fullName: String, as login: String
  ) async throws {
    try await perform(as: login) { session in
      _ = try await session.postStatus(
        in: session.repository(fullName), sha: sha.rawValue, context: context, state: state.rawValue,
        description: nil, targetURL: nil)
    }
  }

  private func onIssue<Answer: Sendable>(
    _ number: Int, in fullName: String, as login: String,
    _ action: @Sendable (inout ForgeSession, ForgeIssue) async throws -> Answer
  ) async throws -> Answer {
    try await perform(as: login) { session in
      let issue = try session.issue(number, in: try session.repository(fullName))
      return try await action(&session, issue)
    }
  }
}

extension ForgeSession {
  /// Enters a repository whose bare git directory exists.
  mutating func addRepository(
    owner: String, name: String, path: String, defaultBranch: String, isPrivate: Bool, parentID: Int? = nil
  ) async throws -> ForgeRepository {
    var repository = ForgeRepository(
      id: state.newID(), owner: owner, name: name, path: path, defaultBranch: defaultBranch, createdAt: now,
      updatedAt: now, isPrivate: isPrivate, parentID: parentID)
    repository.branches = try await git.branches(of: path)
    state.repositories.put(repository)
    return repository
  }
}
