import Foundation

/// Each repository as GitHub shows it to this login: may we push, can people start work, does the base need a review.
extension Doctor {
  /// More repositories than this are not looked at: each costs four calls.
  private static let projectsMax = 20
  private static let codes = ["project-access", "labels", "branch-protection"]

  /// A repository that is configured or watched.
  struct Repository: Hashable {
    var name: ProjectName
    /// Empty for the default branch.
    var base: String
  }

  /// - Parameter answers: what was found about GitHub itself.
  func repositories(_ scene: Scene, _ answers: [DoctorFinding]) async -> [DoctorFinding] {
    var notes = DoctorNotes("projects")
    let all = Self.repositories(scene)
    for repository in all.prefix(Self.projectsMax) {
      if let code = Self.obstacle(on: repository.name.host, answers) {
        for own in Self.codes { notes.skip(own, Self.notLookedAt(repository.name, code)) }
      } else {
        await examine(repository, scene, &notes)
      }
    }
    if all.isEmpty { for code in Self.codes { notes.skip(code, "no repository is watched") } }
    if all.count > Self.projectsMax {
      notes.skip(Self.codes[0], "\(all.count - Self.projectsMax) more repositories were not looked at")
    }
    notes.skip(
      "webhooks",
      "GitHub is asked every \(scene.configuration.daemon.pollInterval.inWholeSeconds) s and calls nobody")
    return notes.findings
  }

  static func notLookedAt(_ name: ProjectName, _ code: String) -> String {
    "\(name): not looked at, because of \(code)"
  }

  /// Those of the configuration, then those that only the daemon knows.
  private static func repositories(_ scene: Scene) -> [Repository] {
    let configured = scene.configuration.projects.map { Repository(name: $0.name, base: $0.base) }
    let watched = (scene.daemon?.projects ?? []).compactMap { project in
      ProjectName(project.name).map { Repository(name: $0, base: project.base ?? "") }
    }
    let known = Set(configured.map(\.name))
    return configured + watched.filter { !known.contains($0.name) }
  }

  private func examine(_ repository: Repository, _ scene: Scene, _ notes: inout DoctorNotes) async {
    let name = repository.name
    let gh = ghPath(scene)
    let path = "repos/\(name.owner)/\(name.name)"
    let facts: JSONValue
    switch await ask(gh, path, on: name) {
    case .there(let json): facts = json
    case .missing:
      notes.fail(Self.codes[0], "\(name) is not there, or not for this login", fix: "gh repo view \(name)")
      return skip("\(name) cannot be read", &notes)
    case .unknown(let reason):
      for code in Self.codes { notes.skip(code, "\(name): \(reason)") }
      return
    }
    if facts["permissions"]?["push"]?.boolValue == true {
      notes.ok(Self.codes[0], "\(name) can be pushed to")
    } else {
      notes.fail(
        Self.codes[0], "this login may not push to \(name)", fix: "gh browse --settings --repo \(name)")
    }
    await labels(gh, path, name, scene.configuration.labels, &notes)
    let branch = repository.base.isEmpty ? facts["default_branch"]?.stringValue ?? "main" : repository.base
    await protection(gh, path, name, branch, &notes)
  }

  private func skip(_ reason: String, _ notes: inout DoctorNotes) {
    for code in Self.codes.dropFirst() { notes.skip(code, reason) }
  }

  /// The two labels that people begin with; GitHub offers only those that are there.
  private func labels(
    _ gh: String, _ path: String, _ name: ProjectName, _ labels: Configuration.Labels,
    _ notes: inout DoctorNotes
  ) async {
    var missing: [String] = []
    for label in [labels.plan, labels.implement] {
      guard let part = label.addingPercentEncoding(withAllowedCharacters: .alphanumerics) else { continue }
      switch await ask(gh, "\(path)/labels/\(part)", on: name) {
      case .there: break
      case .missing: missing.append(label)
      case .unknown(let reason): return notes.skip(Self.codes[1], "\(name): \(reason)")
      }
    }
    notes.expect(
      Self.codes[1], missing.isEmpty, "\(name) has \(labels.plan) and \(labels.implement)",
      else: "\(name) lacks the label \(missing.joined(separator: " and "))",
      fix: missing.map { "gh label create '\($0)' --repo \(name)" }.joined(separator: " && "))
  }

  private func protection(
    _ gh: String, _ path: String, _ name: ProjectName, _ branch: String, _ notes: inout DoctorNotes
  ) async {
    let part = branch.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? branch
    switch await ask(gh, "\(path)/branches/\(part)", on: name) {
    case .there(let json):
      notes.expect(
        Self.codes[2], json["protected"]?.boolValue == true, "\(branch) of \(name) is protected",
        else: "\(branch) of \(name) is not protected: what is pushed to it needs no review and no check",
        fix: "gh browse --settings --repo \(name)")
    case .missing:
      notes.fail(
        Self.codes[2], "\(name) has no branch \(branch)", fix: "looper config edit")
    case .unknown(let reason): notes.skip(Self.codes[2], "\(name): \(reason)")
    }
  }

  /// What GitHub says of a path.
  private enum Found {
    case there(JSONValue)
    case missing
    /// Nothing; why not.
    case unknown(String)
  }

  private func ask(_ gh: String, _ path: String, on name: ProjectName) async -> Found {
    let answer = await probe.run(gh, ["api", "--hostname", name.host, path], allowing: .gh)
    switch answer {
    case .output(let text):
      let json = try? JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
      return json.map { .there($0) } ?? .unknown("GitHub's answer makes no sense")
    case .refused(let text) where text.contains("HTTP 404"): return .missing
    case .refused(let text), .broken(let text): return .unknown(Self.complaint(text))
    case .notFound: return .unknown("there is no gh")
    }
  }
}
