import Foundation
import Synchronization

/// The local GitHub's side of the simulated git.
extension SimulatedGit: ForgeRepositoryStorage {
  func create(_ path: String, defaultBranch: String, files: [String: Data], at: Timestamp) async throws {
    let text = files.mapValues { String(decoding: $0, as: UTF8.self) }
    try state.withLock { state in
      let root = try state.commit(
        text, parents: [], message: "Initial commit \(path)", author: "GitHub", at: at)
      state.refs[path] = ["refs/heads/\(defaultBranch)": root]
    }
  }

  func fork(_ path: String, to newPath: String) async throws {
    state.withLock { $0.refs[newPath] = $0.refs[path] }
  }

  func branches(of path: String) async throws -> [String: CommitSHA] {
    let prefix = "refs/heads/"
    return state.withLock { state in
      (state.refs[path] ?? [:]).reduce(into: [:]) { branches, ref in
        if ref.key.hasPrefix(prefix) { branches[String(ref.key.dropFirst(prefix.count))] = ref.value }
      }
    }
  }

  func updateRef(_ ref: String, in path: String, from old: CommitSHA?, to new: CommitSHA?) async throws {
    try state.withLock { state in
      guard state.refs[path]?[ref] == old else { throw ForgeStorageError(message: "\(ref) has moved") }
      state.refs[path]?[ref] = new
      state.moves.append(Move(repository: path, ref: ref, old: old, new: new, isOurs: false))
    }
  }

  func importCommit(_ sha: CommitSHA, from source: String, into path: String, as ref: String) async throws {
    state.withLock { $0.refs[path, default: [:]][ref] = sha }
  }

  func resolve(_ revision: String, in path: String) async throws -> CommitSHA? {
    state.withLock { state in
      let refs = state.refs[path] ?? [:]
      if let found = refs["refs/heads/\(revision)"] ?? refs[revision] { return found }
      if let sha = CommitSHA(revision) { return state.commits[sha] == nil ? nil : sha }
      return state.commits.keys.filter { $0.rawValue.hasPrefix(revision) }.min { $0.rawValue < $1.rawValue }
    }
  }

  func commit(_ sha: CommitSHA, in path: String) async throws -> ForgeCommitFacts? {
    state.withLock { $0.commits[sha]?.facts }
  }

  func commits(from base: CommitSHA, to head: CommitSHA, in path: String) async throws -> [ForgeCommitFacts] {
    state.withLock { $0.commits(from: base, to: head).prefix(250).map(\.facts) }
  }

  func mergeBase(_ one: CommitSHA, _ other: CommitSHA, in path: String) async throws -> CommitSHA? {
    state.withLock { $0.mergeBase(one, other) }
  }

  func diff(from base: CommitSHA, to head: CommitSHA, in path: String) async throws -> [ForgeFileDiff] {
    SimulatedDiff.files(from: files(at: base), to: files(at: head))
  }

  func diffText(from base: CommitSHA, to head: CommitSHA, asPatches: Bool, in path: String) async throws
    -> Data
  {
    let files = SimulatedDiff.files(from: files(at: base), to: files(at: head))
    return Data(files.map { "diff --git a/\($0.path) b/\($0.path)\n\($0.patch)\n" }.joined().utf8)
  }

  func merge(_ request: ForgeMergeRequest) async throws -> ForgeMergeOutcome {
    try state.withLock { state in
      let fork = state.mergeBase(request.base, request.head)
      let origin = fork.flatMap { state.commits[$0]?.files } ?? [:]
      guard let ours = state.commits[request.base]?.files, let theirs = state.commits[request.head]?.files,
        let files = SimulatedDiff.merge(origin, ours, theirs)
      else { return .conflict }
      let parents = request.method == .merge ? [request.base, request.head] : [request.base]
      return .merged(
        try state.commit(
          files, parents: parents, message: request.message, author: request.authorName, at: request.at))
    }
  }

  func content(_ file: String, at sha: CommitSHA, in path: String) async throws -> ForgeContent? {
    let files = files(at: sha)
    if let text = files[file] { return .file(Data(text.utf8)) }
    let names = files.keys.filter { $0.hasPrefix(file + "/") }.map { $0.dropFirst(file.count + 1) }
    let entries = Set(names.map { String($0.prefix { $0 != "/" }) })
    return entries.isEmpty ? nil : .directory(entries.sorted())
  }
}

extension SimulatedGit.Commit {
  fileprivate var facts: ForgeCommitFacts {
    let email = "\(author)@users.noreply.github.com"
    return ForgeCommitFacts(
      sha: sha, tree: sha, parents: parents, message: message, authorName: author, authorEmail: email,
      authoredAt: at, committerName: author, committerEmail: email, committedAt: at)
  }
}
