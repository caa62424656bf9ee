import Synchronization

/// The worktree of one loop in the simulated git.
struct SimulatedWorktree: Sendable {
  var repository: String
  var start: CommitSHA
  /// The last commit made in it.
  var head: CommitSHA
  /// Uncommitted files; nil is a removed one.
  var dirt: [String: String?] = [:]
  /// How often something beside it was touched, for ``Workspaces/surroundings(of:checkout:)``.
  var strayEdits = 0

  /// What the files are now.
  func files(in state: SimulatedGit.State) -> [String: String] {
    var files = state.commits[head]?.files ?? [:]
    for (path, text) in dirt { files[path] = text }
    return files
  }
}

/// The engine's git in a simulation; behaves as ``GitWorkspaces`` promises.
struct SimulatedWorkspaces: Workspaces, MergeSizes {
  let git: SimulatedGit
  let fate: SimulatedFate
  let time: SimulatedTime
  /// What a mutation test takes away.
  var flaw: SimulationFlaw?
  /// Told before something is pushed.
  let witness: @Sendable (Write) async -> Void

  static let root = "simulated"

  static func path(of project: ProjectName) -> String { "\(root)/\(project.owner)/\(project.name).git" }

  func prepare(_ request: WorktreeRequest) async throws(Failure) -> WorktreeFacts {
    try fate.call("git prepare \(request.loopID.handle)") { () throws(Failure) in
      try unwrapped { try git.state.withLock { try prepare(request, in: &$0) } }
    }
  }

  private func prepare(_ request: WorktreeRequest, in state: inout SimulatedGit.State) throws -> WorktreeFacts
  {
    let path = Self.path(of: request.repository.name)
    let refs = state.refs[path] ?? [:]
    guard let base = refs["refs/heads/\(request.baseBranch)"] else {
      throw Failure(.permanent, "\(request.repository.name) has no branch '\(request.baseBranch)'")
    }
    let start = try Self.start(request.start, base: base, refs: refs)
    var worktree =
      state.worktrees[request.loopID] ?? SimulatedWorktree(repository: path, start: start, head: start)
    let continues =
      request.adoptsEarlierWork && worktree.start == start && state.isAncestor(start, of: worktree.head)
    if !continues {
      try rescue(worktree, of: request.loopID, in: &state)
      worktree = SimulatedWorktree(repository: path, start: start, head: start)
    }
    state.worktrees[request.loopID] = worktree
    let files = state.commits[start]?.files ?? [:]
    return WorktreeFacts(
      loopID: request.loopID, repository: request.repository, path: "/simulated/\(request.loopID.handle)",
      startSHA: start, baseSHA: base, mergeBase: state.mergeBase(base, start) ?? base,
      repositoryConfiguration: nil, spec: request.specPath.flatMap { files[$0] },
      adoptedEarlierWork: worktree.head != start || !worktree.dirt.isEmpty,
      leavesAsPatch: request.leavesAsPatch ? true : nil)
  }

  private static func start(
    _ wanted: WorktreeStart, base: CommitSHA, refs: [String: CommitSHA]
  ) throws(Failure) -> CommitSHA {
    let (found, expected) =
      switch wanted {
      case .freshBase: (base as CommitSHA?, base)
      case .branch(let name, let expected): (refs["refs/heads/\(name)"], expected)
      case .pull(let number, let expected): (refs["refs/pull/\(number)/head"], expected)
      }
    guard found == expected else {
      throw Failure(
        .conflict, "the head is at \(found?.short ?? "nothing"), not \(expected.short); look again")
    }
    return expected
  }

  func inspect(_ facts: WorktreeFacts, leftovers: LeftoverPolicy) async throws(Failure) -> TreeFacts {
    try fate.call("git inspect \(facts.loopID.handle)") { () throws(Failure) in
      try unwrapped { try git.state.withLock { try inspect(facts, leftovers, in: &$0) } }
    }
  }

  private func inspect(
    _ facts: WorktreeFacts, _ leftovers: LeftoverPolicy, in state: inout SimulatedGit.State
  ) throws -> TreeFacts {
    guard var worktree = state.worktrees[facts.loopID] else {
      throw Failure(.agent, "the worktree \(facts.path) is gone")
    }
    var discarded = false
    switch leftovers {
    case .discard:
      discarded = worktree.head != facts.startSHA || !worktree.dirt.isEmpty
      if worktree.head != facts.startSHA { try rescue(worktree, of: facts.loopID, in: &state) }
      worktree.head = facts.startSHA
      worktree.dirt = [:]
    case .commit(let message):
      if !worktree.dirt.isEmpty {
        worktree.head = try state.commit(
          worktree.files(in: state), parents: [worktree.head], message: message, author: "looper",
          at: time.now)
        worktree.dirt = [:]
      }
    }
    state.worktrees[facts.loopID] = worktree
    let head = worktree.head
    func files(_ sha: CommitSHA) -> [String: String] { state.commits[sha]?.files ?? [:] }
    return TreeFacts(
      headSHA: head, commits: state.commits(from: facts.startSHA, to: head).map(\.sha),
      changedPaths: SimulatedDiff.files(from: files(facts.startSHA), to: files(head)).map(\.path),
      files: SimulatedDiff.files(from: files(facts.mergeBase), to: files(head)).map(\.treeFile),
      isTruncated: false, discardedChanges: discarded, unmergedPaths: [],
      patch: patch(of: facts, to: head))
  }

  private func patch(of facts: WorktreeFacts, to head: CommitSHA) -> String? {
    guard facts.leavesAsPatch == true, head != facts.startSHA, flaw != .workIsNoPatch else { return nil }
    return "From \(head)\n\na patch on \(facts.startSHA)\n"
  }

  func remoteHead(of branch: String, in project: RemoteRepository) async throws(Failure) -> CommitSHA? {
    try fate.call("git ls-remote \(branch)") { () throws(Failure) in
      git.branch(branch, in: Self.path(of: project.name))
    }
  }

  /// Everything in the commit, of which what is new is a part.
  func addedText(by push: PushBranch, in project: RemoteRepository) async throws(Failure) -> [AddedText] {
    let files = git.state.withLock { $0.commits[push.commit]?.files ?? [:] }
    return files.sorted { $0.key < $1.key }.map { AddedText(place: $0.key, bytes: Array($0.value.utf8)) }
  }

  func push(_ push: PushBranch, in project: RemoteRepository) async throws(Failure) {
    await witness(.pushBranch(push))
    try fate.call("git push \(push.branch) \(push.commit.short)") { () throws(Failure) in
      try unwrapped { try git.state.withLock { try send(push, to: Self.path(of: project.name), in: &$0) } }
    }
  }

  private func send(_ push: PushBranch, to path: String, in state: inout SimulatedGit.State) throws {
    let ref = "refs/heads/\(push.branch)"
    let old = state.refs[path]?[ref]
    if flaw != .pushIgnoresTheExpectedHead {
      if let expected = push.expectedOld, !state.isAncestor(expected, of: push.commit) {
        throw Failure(
          .conflict, "\(push.commit.short) does not continue \(expected.short) of '\(push.branch)'")
      }
      // As git: what is there already is up to date, whatever was expected.
      guard old == push.expectedOld || old == push.commit else {
        throw Failure(.conflict, "'\(push.branch)' is at \(old?.short ?? "nothing")")
      }
    }
    state.refs[path, default: [:]][ref] = push.commit
    state.moves.append(.init(repository: path, ref: ref, old: old, new: push.commit, isOurs: true))
  }

  func remove(_ loopID: Loop.ID, in project: RemoteRepository) async throws(Failure) -> String? {
    try fate.call("git remove \(loopID.handle)") { () throws(Failure) in
      try unwrapped { try git.state.withLock { try remove(loopID, in: &$0) } }
    }
  }

  private func remove(_ loopID: Loop.ID, in state: inout SimulatedGit.State) throws -> String? {
    guard let worktree = state.worktrees[loopID] else { return nil }
    let before = state.rescued[loopID]?.count ?? 0
    try rescue(worktree, of: loopID, in: &state)
    state.worktrees[loopID] = nil
    let after = state.rescued[loopID]?.count ?? 0
    return after > before ? "refs/looper/rescue/\(loopID.handle)/\(after)" : nil
  }

  func mergeSize(
    of head: CommitSHA, pull: Int, base: String, in project: RemoteRepository
  ) async throws(Failure) -> MergeSize {
    try fate.call("git merge-tree #\(pull)") { () throws(Failure) in
      try unwrapped {
        try git.state.withLock { state in
          let refs = state.refs[Self.path(of: project.name)] ?? [:]
          guard let tip = refs["refs/heads/\(base)"], let origin = state.mergeBase(tip, head) else {
            throw Failure(.permanent, "\(project.name) has no branch '\(base)'")
          }
          func files(_ sha: CommitSHA) -> [String: String] { state.commits[sha]?.files ?? [:] }
          let paths = SimulatedDiff.conflicts(files(origin), files(tip), files(head))
          return MergeSize(head: head, base: tip, mergeBase: origin, conflictPaths: paths)
        }
      }
    }
  }

  func keep(_ facts: WorktreeFacts) async throws(Failure) -> String? {
    try fate.call("git keep \(facts.loopID.handle)") { () throws(Failure) in
      try unwrapped {
        try git.state.withLock { state in
          guard let worktree = state.worktrees[facts.loopID] else { return nil }
          let before = state.rescued[facts.loopID]?.count ?? 0
          try rescue(worktree, of: facts.loopID, in: &state)
          let after = state.rescued[facts.loopID]?.count ?? 0
          return after > before ? "refs/looper/rescue/\(facts.loopID.handle)/\(after)" : nil
        }
      }
    }
  }

  /// Keeps what only this worktree holds; notes what is lost when it is not kept.
  private func rescue(_ worktree: SimulatedWorktree, of loopID: Loop.ID, in state: inout SimulatedGit.State)
    throws
  {
    var head = worktree.head
    if !worktree.dirt.isEmpty {
      head = try state.commit(
        worktree.files(in: state), parents: [head], message: "Rescued", author: "looper", at: time.now)
    }
    guard !state.isReachable(head) else { return }
    if flaw != .removalForgetsToRescue { state.rescued[loopID, default: []].append(head) }
    if !state.isReachable(head) { state.lost.append(head) }
  }

  func surroundings(of worktree: WorktreeFacts, checkout: String?) async throws(Failure) -> Surroundings {
    let edits = git.state.withLock { $0.worktrees[worktree.loopID]?.strayEdits ?? 0 }
    return Surroundings(digests: ["the mirror's configuration": "\(edits)"])
  }

  /// The two kinds of error below: ours, and a bug of the simulation.
  private func unwrapped<Value>(_ body: () throws -> Value) throws(Failure) -> Value {
    do {
      return try body()
    } catch let failure as Failure {
      throw failure
    } catch {
      throw Failure(.bug, "\(error)")
    }
  }
}
