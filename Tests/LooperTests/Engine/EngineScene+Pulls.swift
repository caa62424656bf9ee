import Testing

@testable import Looper

extension EngineScene {
  static let repository = ForgeScene.repository

  /// A pull request that alice asked Looper to take over.
  func adoptPull() async throws -> Int {
    try await watch()
    let number = try await forgeScene.openPull()
    try await forge.addLabel("looper:adopt", to: number, in: Self.repository, as: "alice")
    return number
  }

  func pull(_ number: Int) async throws -> ForgePull {
    let state = await forge.snapshot()
    let repository = try #require(state.repository(named: Self.repository))
    return try #require(state.issue(number, in: repository.id)?.pull)
  }

  func body(of number: Int) async throws -> String {
    let state = await forge.snapshot()
    let repository = try #require(state.repository(named: Self.repository))
    return try #require(state.issue(number, in: repository.id)).body
  }

  func head(of number: Int) async throws -> CommitSHA { try await pull(number).headSHA }

  /// The tip of `main`.
  func base() async throws -> CommitSHA {
    try #require(await forge.snapshot().repository(named: Self.repository)?.branches["main"])
  }

  /// What the repository's automation says of a commit.
  @discardableResult
  func check(
    _ conclusion: ForgeCheckRun.Conclusion, of name: String = "test", on sha: CommitSHA,
    app: ForgeApp? = nil, log: String? = nil
  ) async throws -> Int {
    try await forge.reportCheck(
      .init(name: name, conclusion: conclusion, log: log, app: app), on: sha, in: Self.repository)
  }

  /// Check runs of a commit that were started over and have not ended.
  func reruns(of sha: CommitSHA) async -> [ForgeCheckRun] {
    await forge.snapshot().checkRuns.rows.filter {
      $0.sha == sha && $0.rerunCount > 0 && $0.status != .completed
    }
  }

  func rounds(_ count: Int) async throws {
    for _ in 0..<count { try await round() }
  }

  /// Where the worktrees of all loops lie.
  func worktreePaths() async throws -> Set<String> {
    var paths: Set<String> = []
    for loop in try await store.loops(state: nil, project: nil, before: .max, limit: 100) {
      if let worktree = try await store.worktree(of: loop.id) { paths.insert(worktree.path) }
    }
    return paths
  }

  /// How many comments each issue has that Looper has a loop about, in order of their numbers.
  func commentCounts() async throws -> [Int] {
    let state = await forge.snapshot()
    let repository = try #require(state.repository(named: Self.repository))
    return try await store.loops(state: nil, project: nil, before: .max, limit: 100).map(\.subject.number)
      .sorted().map { state.issue($0, in: repository.id).map { state.comments(of: $0.id).count } ?? 0 }
  }

  var loop: Loop {
    get async throws {
      try #require(try await store.loops(state: nil, project: nil, before: .max, limit: 1).first)
    }
  }

  /// The sentence of `looper why` for the newest loop.
  func why() async throws -> String { try await whyView().sentence }

  /// What `looper why` says of the newest loop.
  func whyView() async throws -> WhyView {
    let id = try await loop.id
    let record = try #require(try await store.whyRecord(of: id, at: time.now))
    return WhyAnswer(
      record: record, host: .init(), policy: settings.current.policy, limits: .init(), vendors: [],
      now: time.now
    ).view
  }
}
