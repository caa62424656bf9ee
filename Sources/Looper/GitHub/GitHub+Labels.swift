extension GitHub {
  /// The colour of labels Looper makes; one that exists is never recoloured.
  static let labelColour = "5319e7"
  static let labelDescription = "Used by Looper"
  /// GitHub allows a hundred labels on an issue.
  private static let labelsMax = 100

  /// The labels on the write's target, in lower case.
  func labels(of resolved: ResolvedWrite) async throws(Failure) -> [String] {
    let path = GitHubPath.repository(
      resolved.project, "issues", String(resolved.number), "labels",
      query: [("per_page", String(Self.labelsMax))])
    return try Self.labelNames(try await look(path, in: resolved.project), resolved.project)
  }

  func addLabel(_ label: String, to resolved: ResolvedWrite) async throws(Failure) -> Receipt {
    try await ensureLabel(label, in: resolved.project)
    let path = GitHubPath.repository(resolved.project, "issues", String(resolved.number), "labels")
    let json = try await write(.post, path, ["labels": [.string(label)]], to: resolved.project)
    guard try Self.labelNames(json, resolved.project).contains(label.lowercased()) else {
      throw Failure(.transient, "github took the label \(label) for #\(resolved.number) but does not list it")
    }
    return Receipt()
  }

  func removeLabel(_ label: String, from resolved: ResolvedWrite) async throws(Failure) -> Receipt {
    let path = GitHubPath.repository(resolved.project, "issues", String(resolved.number), "labels", label)
    let outcome = try await channel.attempt(.rest(.delete, path, on: resolved.project.host, for: .write))
    guard case .refused(let status, let said, let failure) = outcome else { return Receipt() }
    // 404 is success only if it is about the label: the same status hides a missing issue or right. A list may lag.
    if status == 404, said.lowercased().contains("label does not exist") { return Receipt() }
    if try await labels(of: resolved).contains(label.lowercased()) { throw failure }
    return Receipt()
  }

  /// Makes the label if the repository has none of that name.
  private func ensureLabel(_ label: String, in project: ProjectName) async throws(Failure) {
    guard !memory.knowsLabel(label, in: project, now: now) else { return }
    let path = GitHubPath.repository(project, "labels", label)
    switch try await channel.attempt(.rest(.get, path, on: project.host, for: .probe)) {
    case .done: break
    case .refused(404, _, _): try await createLabel(label, in: project)
    case .refused(_, _, let failure): throw failure
    }
    memory.remember(label: label, in: project, now: now)
  }

  private func createLabel(_ label: String, in project: ProjectName) async throws(Failure) {
    let body: JSONValue = [
      "name": .string(label), "color": .string(Self.labelColour),
      "description": .string(Self.labelDescription),
    ]
    let path = GitHubPath.repository(project, "labels")
    let outcome = try await channel.attempt(.rest(.post, path, on: project.host, for: .write, body: body))
    // It may have been made by somebody between the look and the write.
    if case .refused(_, let said, let failure) = outcome, !said.contains("already_exists") { throw failure }
  }

  private static func labelNames(_ json: JSONValue, _ project: ProjectName) throws(Failure) -> [String] {
    guard let elements = json.arrayValue else { throw unexpected("a list of labels", project) }
    return elements.compactMap { $0["name"]?.stringValue?.lowercased() }
  }
}
