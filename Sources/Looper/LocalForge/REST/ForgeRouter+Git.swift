import Foundation

/// Commits, branches, refs and files.
extension ForgeRouter {
  static let gitRoutes: [ForgeRoute] = [
    ForgeRoute("GET", "/repos/{o}/{r}/commits/{ref*}/pulls") { session, call in
      let (repository, sha) = try await commit(session, call)
      return try await pullsContaining(sha, session, call, repository: repository)
    },
    ForgeRoute("GET", "/repos/{o}/{r}/commits") { session, call in
      let repository = try session.repository(call.repositoryName)
      let revision = call.request.query("sha") ?? repository.defaultBranch
      guard let tip = try await resolve(revision, session, in: repository),
        let facts = try await session.git.commit(tip, in: repository.path)
      else { throw ForgeRefusal.notFound }
      return try call.page([ForgeView(session).commit(facts, in: repository)])
    },
    ForgeRoute("GET", "/repos/{o}/{r}/commits/{ref*}") { session, call in
      let (repository, sha) = try await commit(session, call)
      guard let facts = try await session.git.commit(sha, in: repository.path) else {
        throw ForgeRefusal.notFound
      }
      return ForgeResponse(200, ForgeView(session).commit(facts, in: repository))
    },
    ForgeRoute("GET", "/repos/{o}/{r}/branches") { session, call in
      let repository = try session.repository(call.repositoryName)
      let rows = repository.branches.sorted { $0.key < $1.key }
      return try call.page(rows.map { branch($0.key, $0.value, in: repository) })
    },
    ForgeRoute("GET", "/repos/{o}/{r}/branches/{b*}") { session, call in
      let repository = try session.repository(call.repositoryName)
      guard let sha = repository.branches[call.path("b")] else {
        throw ForgeRefusal(status: 404, message: "Branch not found")
      }
      return ForgeResponse(200, branch(call.path("b"), sha, in: repository))
    },
    ForgeRoute("GET", "/repos/{o}/{r}/git/ref/heads/{b*}") { session, call in
      let repository = try session.repository(call.repositoryName)
      guard let sha = repository.branches[call.path("b")] else { throw ForgeRefusal.notFound }
      return ForgeResponse(200, reference(call.path("b"), sha, in: repository, session))
    },
    ForgeRoute("GET", "/repos/{o}/{r}/git/matching-refs/heads/{b*}") { session, call in
      let repository = try session.repository(call.repositoryName)
      let rows = repository.branches.filter { $0.key.hasPrefix(call.path("b")) }.sorted { $0.key < $1.key }
      return try call.page(rows.map { reference($0.key, $0.value, in: repository, session) })
    },
    ForgeRoute("POST", "/repos/{o}/{r}/git/refs") { session, call in try await createRef(&session, call) },
    ForgeRoute("PATCH", "/repos/{o}/{r}/git/refs/heads/{b*}") { session, call in
      try await moveRef(&session, call)
    },
    ForgeRoute("DELETE", "/repos/{o}/{r}/git/refs/heads/{b*}") { session, call in
      let repository = try session.repository(call.repositoryName)
      try session.require(.write, in: repository)
      guard let sha = repository.branches[call.path("b")] else {
        throw ForgeRefusal(status: 422, message: "Reference does not exist")
      }
      try await session.git.updateRef("refs/heads/\(call.path("b"))", in: repository.path, from: sha, to: nil)
      _ = try await session.observeBranches()
      return .noContent
    },
    ForgeRoute("GET", "/repos/{o}/{r}/contents/{path*}") { session, call in try await contents(session, call)
    },
    ForgeRoute("GET", "/repos/{o}/{r}/compare/{range*}") { session, call in try await compare(session, call)
    },
  ]

  static func commit(_ session: ForgeSession, _ call: ForgeCall) async throws -> (ForgeRepository, CommitSHA)
  {
    let repository = try session.repository(call.repositoryName)
    guard let sha = try await resolve(call.path("ref"), session, in: repository) else {
      throw ForgeRefusal(status: 422, message: "No commit found for SHA: \(call.path("ref"))")
    }
    return (repository, sha)
  }

  private static func resolve(
    _ revision: String, _ session: ForgeSession, in repository: ForgeRepository
  ) async throws -> CommitSHA? {
    if let sha = repository.branches[revision] { return sha }
    if revision.hasPrefix("heads/"), let sha = repository.branches[String(revision.dropFirst(6))] {
      return sha
    }
    return try await session.git.resolve(revision, in: repository.path)
  }

  private static func branch(_ name: String, _ sha: CommitSHA, in repository: ForgeRepository) -> JSONValue {
    [
      "name": .string(name), "commit": ["sha": .string(sha.rawValue)],
      "protected": .bool(repository.protections[name] != nil),
    ]
  }

  private static func reference(
    _ name: String, _ sha: CommitSHA, in repository: ForgeRepository, _ session: ForgeSession
  ) -> JSONValue {
    [
      "ref": .string("refs/heads/\(name)"), "node_id": .string("REF_\(repository.id)_\(name)"),
      "url": .string("\(ForgeView(session).api)/repos/\(repository.fullName)/git/refs/heads/\(name)"),
      "object": ["sha": .string(sha.rawValue), "type": "commit"],
    ]
  }

  private static func createRef(_ session: inout ForgeSession, _ call: ForgeCall) async throws
    -> ForgeResponse
  {
    let repository = try session.repository(call.repositoryName)
    try session.require(.write, in: repository)
    let body = try call.body(allowing: ["ref", "sha"])
    let ref = try body.requiredText("ref", of: "Reference")
    let text = try body.requiredText("sha", of: "Reference")
    guard ref.hasPrefix("refs/heads/") else {
      throw ForgeRefusal(status: 422, message: "Reference name must start with 'refs/heads/'")
    }
    let name = String(ref.dropFirst("refs/heads/".count))
    guard repository.branches[name] == nil else {
      throw ForgeRefusal(status: 422, message: "Reference already exists")
    }
    guard let sha = CommitSHA(text), try await session.git.commit(sha, in: repository.path) != nil else {
      throw ForgeRefusal(status: 422, message: "Object does not exist")
    }
    try await session.git.updateRef(ref, in: repository.path, from: nil, to: sha)
    _ = try await session.observeBranches()
    return ForgeResponse(201, reference(name, sha, in: repository, session))
  }

  private static func moveRef(_ session: inout ForgeSession, _ call: ForgeCall) async throws -> ForgeResponse
  {
    let repository = try session.repository(call.repositoryName)
    try session.require(.write, in: repository)
    let name = call.path("b")
    let body = try call.body(allowing: ["sha", "force"])
    guard let old = repository.branches[name] else {
      throw ForgeRefusal(status: 422, message: "Reference does not exist")
    }
    guard let sha = CommitSHA(try body.requiredText("sha", of: "Reference")),
      try await session.git.commit(sha, in: repository.path) != nil
    else { throw ForgeRefusal(status: 422, message: "Object does not exist") }
    let isForward = try await session.git.mergeBase(old, sha, in: repository.path) == old
    guard try body.flag("force") == true || isForward else {
      throw ForgeRefusal(status: 422, message: "Update is not a fast forward")
    }
    try await session.git.updateRef("refs/heads/\(name)", in: repository.path, from: old, to: sha)
    _ = try await session.observeBranches()
    return ForgeResponse(200, reference(name, sha, in: repository, session))
  }

  private static func pullsContaining(
    _ sha: CommitSHA, _ session: ForgeSession, _ call: ForgeCall, repository: ForgeRepository
  ) async throws -> ForgeResponse {
    let view = ForgeView(session)
    var rows: [JSONValue] = []
    for issue in session.state.issues(in: repository.id) {
      guard let pull = issue.pull else { continue }
      let isPart = try await session.commits(of: issue).contains { $0.sha == sha }
      if isPart || pull.mergeCommit == sha { rows.append(.object(view.pull(issue, pull))) }
    }
    return try call.page(rows)
  }

  private static func contents(_ session: ForgeSession, _ call: ForgeCall) async throws -> ForgeResponse {
    let repository = try session.repository(call.repositoryName)
    let revision = call.request.query("ref") ?? repository.defaultBranch
    guard let sha = try await resolve(revision, session, in: repository) else {
      throw ForgeRefusal(status: 404, message: "No commit found for the ref \(revision)")
    }
    let path = call.path("path")
    switch try await session.git.content(path, at: sha, in: repository.path) {
    case nil: throw ForgeRefusal.notFound
    case .file(let data)? where call.request.headers["accept"]?.contains("raw") == true:
      return ForgeResponse(
        status: 200, headers: ["content-type": "application/vnd.github.raw; charset=utf-8"], body: data)
    case .file(let data)?:
      return ForgeResponse(
        200,
        [
          "type": "file", "encoding": "base64", "size": ForgeJSON.number(data.count), "path": .string(path),
          "name": ForgeJSON.text(path.split(separator: "/").last.map(String.init)),
          "content": .string(
            data.base64EncodedString(options: [.lineLength64Characters, .endLineWithLineFeed])),
        ])
    case .directory(let names)?:
      return ForgeResponse(
        200, .array(names.map { ["name": .string($0), "path": .string("\(path)/\($0)")] }))
    }
  }

  private static func compare(_ session: ForgeSession, _ call: ForgeCall) async throws -> ForgeResponse {
    let repository = try session.repository(call.repositoryName)
    let range = call.path("range")
    guard let dots = range.range(of: "..."),
      let base = try await resolve(String(range[..<dots.lowerBound]), session, in: repository),
      let head = try await resolve(String(range[dots.upperBound...]), session, in: repository),
      let start = try await session.git.mergeBase(base, head, in: repository.path)
    else { throw ForgeRefusal.notFound }
    let view = ForgeView(session)
    let ahead = try await session.git.commits(from: start, to: head, in: repository.path)
    let behind = try await session.git.commits(from: start, to: base, in: repository.path)
    let files = try await session.git.diff(from: start, to: head, in: repository.path)
    let word =
      ahead.isEmpty ? (behind.isEmpty ? "identical" : "behind") : (behind.isEmpty ? "ahead" : "diverged")
    return ForgeResponse(
      200,
      [
        "status": .string(word), "ahead_by": ForgeJSON.number(ahead.count),
        "behind_by": ForgeJSON.number(behind.count), "total_commits": ForgeJSON.number(ahead.count),
        "merge_base_commit": ["sha": .string(start.rawValue)], "base_commit": ["sha": .string(base.rawValue)],
        "commits": .array(ahead.map { view.commit($0, in: repository) }),
        "files": .array(files.map(view.file)),
      ])
  }
}
