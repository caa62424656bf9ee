extension GitHub {
  private static let annotationsMax = 50

  /// Looper's status on that commit, if it is the newest and says the same.
  func findStatus(_ status: CommitStatus, in project: ProjectName) async throws(Failure) -> Receipt? {
    let path = GitHubPath.repository(
      project, "commits", status.commit.rawValue, "status", query: [("per_page", "100")])
    let json = try await look(path, in: project)
    guard let statuses = json["statuses"]?.arrayValue else {
      throw Self.unexpected("a commit's status", project)
    }
    // The combined answer has one entry per context, its newest.
    let ours = statuses.first { $0["context"]?.stringValue == CommitStatus.context }
    guard let ours, ours["state"]?.stringValue == status.state.rawValue,
      ours["description"]?.stringValue ?? "" == Self.description(of: status)
    else { return nil }
    return Receipt(remoteID: ours["id"]?.integerValue.map(String.init), url: ours["url"]?.stringValue)
  }

  func set(_ status: CommitStatus, in project: ProjectName) async throws(Failure) -> Receipt {
    let path = GitHubPath.repository(project, "statuses", status.commit.rawValue)
    let body: JSONValue = [
      "state": .string(status.state.rawValue), "context": .string(CommitStatus.context),
      "description": .string(Self.description(of: status)),
    ]
    let json = try await write(.post, path, body, to: project)
    return Receipt(remoteID: json["id"]?.integerValue.map(String.init), url: json["url"]?.stringValue)
  }

  private static func description(of status: CommitStatus) -> String {
    String(status.description.prefix(CommitStatus.descriptionLengthMax))
  }

  func failureExcerpt(of check: CheckSnapshot, in project: ProjectName) async throws(Failure) -> String {
    guard check.source == .checkRun, let id = check.id else {
      return LogExcerpt.bounded([check.title, check.url].filter { !$0.isEmpty }.joined(separator: "\n"))
    }
    let run = try await checkRun("check-runs/\(id)", of: project)
    let notes = try await optional { () async throws(Failure) -> JSONValue in
      try await checkRun("check-runs/\(id)/annotations?per_page=\(Self.annotationsMax)", of: project)
    }
    // Only checks of GitHub Actions have a job of the same id, and its log is gone after a while.
    let log = try await optional { () async throws(Failure) -> String in
      let path = GitHubPath.repository(project, "actions", "jobs", String(id), "logs")
      var request = GhRequest.rest(.get, path, on: project.host, for: .excerpt)
      request.isLog = true
      return try await channel.text(request)
    }
    return CheckExcerptText(run: run, annotations: notes?.arrayValue ?? [], log: log ?? "").text
  }

  /// A newer run of the check, or the same one running again.
  func findRerun(_ rerun: CheckRerun, in project: ProjectName) async throws(Failure) -> Receipt? {
    let path = GitHubPath.repository(
      project, "commits", rerun.head.rawValue, "check-runs",
      query: [("check_name", rerun.check.name), ("filter", "latest"), ("per_page", "100")])
    let json = try await look(path, in: project)
    guard let runs = json["check_runs"]?.arrayValue else {
      throw Self.unexpected("a list of checks", project)
    }
    let found = runs.first { run in
      guard run["app"]?["slug"]?.stringValue == rerun.check.app, let id = run["id"]?.integerValue else {
        return false
      }
      return id > rerun.checkID || id == rerun.checkID && run["status"]?.stringValue != "completed"
    }
    return found.map { Receipt(remoteID: $0["id"]?.integerValue.map(String.init)) }
  }

  /// Jobs of GitHub Actions are started over by their own route; other apps are asked to look again.
  func rerun(_ rerun: CheckRerun, in project: ProjectName) async throws(Failure) -> Receipt {
    let id = String(rerun.checkID)
    let path =
      rerun.check.app == Self.actionsApp
      ? GitHubPath.repository(project, "actions", "jobs", id, "rerun")
      : GitHubPath.repository(project, "check-runs", id, "rerequest")
    _ = try await write(.post, path, nil, to: project)
    return Receipt()
  }

  private static let actionsApp = "github-actions"

  private func checkRun(_ path: String, of project: ProjectName) async throws(Failure) -> JSONValue {
    try await channel.rest(
      .rest(.get, "\(GitHubPath.repository(project))/\(path)", on: project.host, for: .excerpt))
  }

  /// Nil for what is not there, may not be read or is too large; other failures stay.
  private func optional<Value>(
    _ read: () async throws(Failure) -> Value
  ) async throws(Failure) -> Value? {
    do {
      return try await read()
    } catch {
      guard case .permanent = error.kind else { throw error }
      return nil
    }
  }
}

/// What a fixer is shown of a failing check run: its output, its annotations, the failing part of its log; pure.
struct CheckExcerptText {
  var run: JSONValue
  var annotations: [JSONValue]
  var log: String

  /// At most ``CheckExcerpt/bytesMax``. The log gets what the rest leaves, and at least half.
  var text: String {
    let bytesMax = CheckExcerpt.bytesMax.bytes
    let head = LogExcerpt.bounded(
      (outputLines + annotationLines).joined(separator: "\n"), bytesMax: bytesMax / 2)
    guard !log.isEmpty else {
      return LogExcerpt.bounded((outputLines + annotationLines).joined(separator: "\n"), bytesMax: bytesMax)
    }
    guard !head.isEmpty else { return LogExcerpt.failing(log, bytesMax: bytesMax) }
    let room = bytesMax - head.utf8.count - 2
    return "\(head)\n\n\(LogExcerpt.failing(log, bytesMax: room))"
  }

  private var outputLines: [String] {
    ["title", "summary", "text"].compactMap { run["output"]?[$0]?.stringValue }.filter { !$0.isEmpty }
      .map { LogExcerpt.cleaned($0).joined(separator: "\n") }
  }

  /// Failures before warnings before notices.
  private var annotationLines: [String] {
    let order = ["failure", "warning", "notice"]
    let sorted = order.flatMap { level in annotations.filter { $0["annotation_level"]?.stringValue == level }
    }
    return sorted.map { note in
      let path = note["path"]?.stringValue ?? ""
      let line = note["start_line"]?.integerValue.map { ":\($0)" } ?? ""
      return
        "\(path)\(line): \(note["annotation_level"]?.stringValue ?? ""): \(note["message"]?.stringValue ?? "")"
    }
  }
}
