/// Check runs and commit statuses.
extension ForgeSession {
  /// What a report about a check run says; nil leaves a member as it is.
  struct CheckReport: Sendable {
    var name: String?
    var status: ForgeCheckRun.Status?
    var conclusion: ForgeCheckRun.Conclusion?
    var startedAt: Timestamp?
    var completedAt: Timestamp?
    var detailsURL: String?
    var externalID: String?
    var title: String?
    var summary: String?
    var text: String?
    var annotations: [ForgeAnnotation] = []
    var log: String?
    var app: ForgeApp?
  }

  mutating func createCheckRun(
    in repository: ForgeRepository, sha: CommitSHA, _ report: CheckReport
  ) async throws -> ForgeCheckRun {
    try requireApp(in: repository)
    guard let name = report.name, !name.isEmpty else {
      throw ForgeRefusal.invalid("CheckRun", "name", code: "missing_field")
    }
    guard try await git.commit(sha, in: repository.path) != nil else {
      throw ForgeRefusal(status: 422, message: "No commit found for SHA: \(sha)")
    }
    let run = ForgeCheckRun(
      id: state.newID(), repositoryID: repository.id, sha: sha, suiteID: state.newID(),
      app: report.app ?? .actions, name: name, status: .queued)
    return update(run, report)
  }

  mutating func updateCheckRun(_ run: ForgeCheckRun, _ report: CheckReport) throws -> ForgeCheckRun {
    try requireApp(in: try repository(run.repositoryID))
    return update(run, report)
  }

  private func requireApp(in repository: ForgeRepository) throws {
    guard configuration.allowsUserCheckRuns || state.users[viewer.lowercased()]?.isBot == true else {
      throw ForgeRefusal.forbidden("You must authenticate via a GitHub App.")
    }
    try require(.write, in: repository)
  }

  private mutating func update(_ run: ForgeCheckRun, _ report: CheckReport) -> ForgeCheckRun {
    var run = run
    run.name = report.name ?? run.name
    // A conclusion completes the run, whatever status came with it.
    run.status = report.conclusion == nil ? report.status ?? run.status : .completed
    run.conclusion = run.status == .completed ? report.conclusion ?? run.conclusion : nil
    run.startedAt = report.startedAt ?? run.startedAt ?? (run.status == .queued ? nil : now)
    run.completedAt = run.status == .completed ? report.completedAt ?? run.completedAt ?? now : nil
    run.detailsURL = report.detailsURL ?? run.detailsURL
    run.externalID = report.externalID ?? run.externalID
    run.title = report.title ?? run.title
    run.summary = report.summary ?? run.summary
    run.text = report.text ?? run.text
    run.annotations += report.annotations
    run.log = report.log ?? run.log
    state.checkRuns.put(run)
    let name = state.repositories[run.repositoryID]?.fullName ?? ""
    changes.append(.checkRun(repository: name, id: run.id, status: run.status.rawValue))
    return run
  }

  /// Starts a check over, as a new run of the same name and app.
  mutating func rerun(_ run: ForgeCheckRun) throws -> ForgeCheckRun {
    let repository = try repository(run.repositoryID)
    try require(.write, in: repository)
    guard run.status == .completed else {
      throw ForgeRefusal.forbidden("This check run is already running")
    }
    var fresh = ForgeCheckRun(
      id: state.newID(), repositoryID: run.repositoryID, sha: run.sha, suiteID: run.suiteID, app: run.app,
      name: run.name, status: .queued, detailsURL: run.detailsURL)
    fresh.rerunCount = run.rerunCount + 1
    state.checkRuns.put(fresh)
    changes.append(.rerunRequested(repository: repository.fullName, id: fresh.id))
    return fresh
  }

  mutating func postStatus(
    in repository: ForgeRepository, sha: String, context: String, state word: String, description: String?,
    targetURL: String?
  ) async throws -> ForgeStatus {
    try require(.write, in: repository)
    guard let verdict = ForgeStatus.State(rawValue: word) else {
      throw ForgeRefusal.invalid(
        "Status", "state", code: "custom", message: "state is not included in the list")
    }
    if let description, description.count > 140 {
      throw ForgeRefusal.invalid(
        "Status", "description", code: "custom",
        message: "description is too long (maximum is 140 characters)")
    }
    guard let name = CommitSHA(sha.lowercased()), try await git.commit(name, in: repository.path) != nil
    else {
      throw ForgeRefusal(status: 422, message: "No commit found for SHA: \(sha)")
    }
    let status = ForgeStatus(
      id: state.newID(), repositoryID: repository.id, sha: name, context: context, state: verdict,
      description: description, targetURL: targetURL, creator: viewer, createdAt: now)
    state.statuses.put(status)
    return status
  }
}
