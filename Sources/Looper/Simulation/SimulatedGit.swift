import Synchronization

/// Git in memory: one store of commits for all repositories, refs per repository, one worktree per loop.
///
/// Both sides of a simulation use it: the local GitHub as its storage, the engine as its workspaces, so that a push
/// moves the head of a pull request.
final class SimulatedGit: Sendable {
  /// A commit with the whole of its tree: the repositories of a simulation have a handful of files.
  struct Commit: Sendable {
    var sha: CommitSHA
    var parents: [CommitSHA]
    var files: [String: String]
    var message: String
    var author: String
    var at: Timestamp
    /// Length of the longest way to a root.
    var depth: Int
  }

  /// One branch that moved, and who moved it.
  struct Move: Sendable {
    var repository: String
    var ref: String
    var old: CommitSHA?
    var new: CommitSHA?
    var isOurs: Bool
  }

  /// What is known of git at one moment.
  struct State: Sendable {
    var commits: [CommitSHA: Commit] = [:]
    var refs: [String: [String: CommitSHA]] = [:]
    var worktrees: [Loop.ID: SimulatedWorktree] = [:]
    /// Commits kept for people, per loop.
    var rescued: [Loop.ID: [CommitSHA]] = [:]
    /// What was removed although nothing else held it; see ``WorkIsNeverLost``.
    var lost: [CommitSHA] = []
    var moves: [Move] = []
  }

  let state = Mutex(State())

  /// Makes a commit; the same content has the same name, as in git.
  func commit(
    _ files: [String: String], parents: [CommitSHA], message: String, author: String, at: Timestamp
  ) throws -> CommitSHA {
    try state.withLock { try $0.commit(files, parents: parents, message: message, author: author, at: at) }
  }

  func files(at sha: CommitSHA) -> [String: String] { state.withLock { $0.commits[sha]?.files ?? [:] } }

  func branch(_ name: String, in repository: String) -> CommitSHA? {
    state.withLock { $0.refs[repository]?["refs/heads/\(name)"] }
  }

  /// Makes a branch where another one is.
  func branch(off base: String, as name: String, in repository: String) {
    state.withLock { state in
      let tip = state.refs[repository]?["refs/heads/\(base)"]
      state.refs[repository]?["refs/heads/\(name)"] = tip
    }
  }

  /// Commits on top of a branch, as a person's push does.
  ///
  /// - Returns: nil when there is no such branch.
  func push(
    _ edits: [String: String], to branch: String, in repository: String, author: String, at: Timestamp
  ) throws -> CommitSHA? {
    let ref = "refs/heads/\(branch)"
    return try state.withLock { state in
      guard let old = state.refs[repository]?[ref], let tip = state.commits[old] else { return nil }
      let new = try state.commit(
        tip.files.merging(edits) { $1 }, parents: [old], message: "Edit by \(author)", author: author, at: at)
      state.refs[repository]?[ref] = new
      state.moves.append(Move(repository: repository, ref: ref, old: old, new: new, isOurs: false))
      return new
    }
  }
}

extension SimulatedGit.State {
  mutating func commit(
    _ files: [String: String], parents: [CommitSHA], message: String, author: String, at: Timestamp
  ) throws -> CommitSHA {
    var digest = SimulatedDigest()
    for parent in parents { digest.add(parent.rawValue) }
    for (path, text) in files.sorted(by: { $0.key < $1.key }) {
      digest.add(path)
      digest.add(text)
    }
    digest.add(message)
    digest.add(author)
    digest.add("\(at.milliseconds / 1000)")
    guard let sha = CommitSHA(digest.hexadecimal) else {
      throw ForgeStorageError(message: "no name for a commit")
    }
    let depth = (parents.compactMap { commits[$0]?.depth }.max() ?? 0) + 1
    commits[sha] = SimulatedGit.Commit(
      sha: sha, parents: parents, files: files, message: message, author: author, at: at, depth: depth)
    return sha
  }

  /// The commit and everything before it.
  func history(of sha: CommitSHA) -> Set<CommitSHA> {
    var seen: Set<CommitSHA> = []
    var rest = [sha]
    while let next = rest.popLast() {
      guard seen.insert(next).inserted else { continue }
      rest += commits[next]?.parents ?? []
    }
    return seen
  }

  func isAncestor(_ old: CommitSHA, of new: CommitSHA) -> Bool { history(of: new).contains(old) }

  /// The common ancestor that is furthest from the root.
  func mergeBase(_ one: CommitSHA, _ other: CommitSHA) -> CommitSHA? {
    let common = history(of: one).intersection(history(of: other))
    return common.max { left, right in
      (commits[left]?.depth ?? 0, left.rawValue) < (commits[right]?.depth ?? 0, right.rawValue)
    }
  }

  /// Commits of `base..head`, oldest first.
  func commits(from base: CommitSHA, to head: CommitSHA) -> [SimulatedGit.Commit] {
    history(of: head).subtracting(history(of: base)).compactMap { commits[$0] }.sorted {
      ($0.depth, $0.sha.rawValue) < ($1.depth, $1.sha.rawValue)
    }
  }

  /// Whether a branch, a pull request's ref or a rescue ref still leads to the commit.
  func isReachable(_ sha: CommitSHA) -> Bool {
    let tips = refs.values.flatMap(\.values) + rescued.values.flatMap { $0 }
    return tips.contains { isAncestor(sha, of: $0) }
  }
}

/// A name for content: 160 bits that tell contents apart, withstanding nobody.
struct SimulatedDigest: Sendable {
  private var words: [UInt64] = [0xcbf2_9ce4_8422_2325, 0x9e37_79b9_7f4a_7c15, 0xc2b2_ae3d_27d4_eb4f]

  mutating func add(_ text: String) {
    for byte in text.utf8 { mix(UInt64(byte)) }
    mix(0x100)
  }

  private mutating func mix(_ value: UInt64) {
    // FNV-1a with three beginnings.
    for index in words.indices { words[index] = (words[index] ^ value) &* 0x100_0000_01b3 }
  }

  /// Forty digits.
  var hexadecimal: String {
    var generator = SplitMix(state: words[0])
    let mixed = [words[0], words[1], words[2] ^ generator.next()].map { word in
      var scramble = SplitMix(state: word)
      let text = String(scramble.next(), radix: 16)
      return String(repeating: "0", count: 16 - text.count) + text
    }
    return String(mixed.joined().prefix(40))
  }

  var value: UInt64 { words[0] }
}
