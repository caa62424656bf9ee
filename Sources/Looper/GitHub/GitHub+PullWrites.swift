/// A pull request as REST shows it, as far as writes need it.
struct GitHubPull: Equatable, Sendable {
  var number: Int
  var url: String
  var title: String
  var body: String
  var author: String
  var headRef: String
  var headSHA: String
  var headRepository: String?
  /// As GitHub calls it today, whatever name the request used.
  var baseRepository: String?

  init?(_ json: JSONValue) {
    guard let number = json["number"]?.integerValue else { return nil }
    self.number = Int(number)
    url = json["html_url"]?.stringValue ?? ""
    title = json["title"]?.stringValue ?? ""
    body = json["body"]?.stringValue ?? ""
    author = json["user"]?["login"]?.stringValue ?? ""
    headRef = json["head"]?["ref"]?.stringValue ?? ""
    headSHA = json["head"]?["sha"]?.stringValue ?? ""
    headRepository = json["head"]?["repo"]?["full_name"]?.stringValue
    baseRepository = json["base"]?["repo"]?["full_name"]?.stringValue
  }

  var receipt: Receipt { Receipt(pullNumber: number, remoteID: String(number), url: url) }
}

extension GitHub {
  /// The open pull request whose head is exactly this branch of the repository itself.
  func openPullRequest(
    headedBy branch: String, in project: ProjectName, for kind: GhRequest.Kind
  ) async throws(Failure) -> GitHubPull? {
    // An owner's former name finds nothing.
    let owner = memory.name(of: project).owner
    let query = [("head", "\(owner):\(branch)"), ("state", "open"), ("per_page", "100")]
    let path = GitHubPath.repository(project, "pulls", query: query)
    let json = try await channel.rest(.rest(.get, path, on: project.host, for: kind))
    guard let elements = json.arrayValue else { throw Self.unexpected("a list of pull requests", project) }
    // GitHub ignores a `head` it does not understand and lists everything, so the match is checked here.
    return elements.compactMap(GitHubPull.init).first { pull in
      pull.headRef == branch && pull.headRepository != nil && pull.headRepository == pull.baseRepository
    }
  }

  func open(_ opening: OpenPullRequest, for resolved: ResolvedWrite) async throws(Failure) -> Receipt {
    if let receipt = try await adoptable(opening, for: resolved) { return receipt }
    let body: JSONValue = [
      "title": .string(opening.title), "head": .string(opening.head), "base": .string(opening.base),
      "body": .string(WriteMarker(key: resolved.key).appended(to: opening.body)),
    ]
    let request = GhRequest.rest(
      .post, GitHubPath.repository(resolved.project, "pulls"), on: resolved.project.host, for: .write,
      body: body)
    switch try await channel.attempt(request) {
    case .done(let json):
      guard let pull = GitHubPull(json) else { throw Self.unexpected("a pull request", resolved.project) }
      return pull.receipt
    case .refused(422, let said, let failure) where said.lowercased().contains("already exists"):
      // Somebody was faster, or an earlier try of ours arrived after all.
      if let receipt = try await adoptable(opening, for: resolved) { return receipt }
      // The list lags behind; a later look shows it.
      throw Failure(.transient, failure.message)
    case .refused(_, _, let failure): throw failure
    }
  }

  private func adoptable(_ opening: OpenPullRequest, for resolved: ResolvedWrite) async throws(Failure)
    -> Receipt?
  {
    var receipt = try await openPullRequest(headedBy: opening.head, in: resolved.project, for: .probe)?
      .receipt
    receipt?.wasFound = true
    return receipt
  }

  func probeUpdate(_ resolved: ResolvedWrite, title: String?, body: String?) async throws(Failure) -> Receipt?
  {
    let pull = try await pull(resolved.number, in: resolved.project)
    let hasTitle = title.map { $0.trimmingWhitespace == pull.title.trimmingWhitespace } ?? true
    let hasBody = body.map { WriteMarker.stripped($0) == WriteMarker.stripped(pull.body) } ?? true
    return hasTitle && hasBody ? pull.receipt : nil
  }

  func update(_ resolved: ResolvedWrite, title: String?, body: String?) async throws(Failure) -> Receipt {
    var members: [String: JSONValue] = [:]
    if let title { members["title"] = .string(title) }
    if let body { members["body"] = .string(WriteMarker(key: resolved.key).appended(to: body)) }
    let path = GitHubPath.repository(resolved.project, "pulls", String(resolved.number))
    let json = try await write(.patch, path, .object(members), to: resolved.project)
    guard let pull = GitHubPull(json) else { throw Self.unexpected("a pull request", resolved.project) }
    return pull.receipt
  }

  func pull(_ number: Int, in project: ProjectName) async throws(Failure) -> GitHubPull {
    let json = try await look(GitHubPath.repository(project, "pulls", String(number)), in: project)
    guard let pull = GitHubPull(json) else { throw Self.unexpected("a pull request", project) }
    return pull
  }

  /// An answer of success that does not hold what it must: the write may have happened.
  static func unexpected(_ what: String, _ project: ProjectName) -> Failure {
    Failure(.transient, "github answered for \(project) with something that is not \(what)")
  }
}

extension String {
  /// Without spaces at the ends, as GitHub stores titles.
  fileprivate var trimmingWhitespace: String {
    var text = Substring(self)
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }
}
