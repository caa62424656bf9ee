import Foundation

/// The commits a run is about.
struct GitStart: Hashable, Sendable {
  var start: CommitSHA
  var base: CommitSHA
  var mergeBase: CommitSHA
  /// Whose steering files count.
  var steering: CommitSHA
}

extension GitMirror {
  /// A repository's own configuration and a spec may be read up to this size; more is refused.
  private static let textsBytesMax = ByteCount.mebibytes(16)
  private static let configurationPath = ".looper/looper.toml"
  private static let configurationBytesMax = ByteCount.kibibytes(64)

  /// Fetches, and resolves the wanted commits once.
  ///
  /// - Throws: `conflict` when the wanted head is not what the remote has.
  func start(for request: WorktreeRequest) async throws(Failure) -> GitStart {
    try GitBranchName.check(request.baseBranch)
    if let steering = request.steeringBranch { try GitBranchName.check(steering) }
    if case .branch(let name, _) = request.start { try GitBranchName.check(name) }
    try await fetch(pull: request.start.pullNumber)
    let baseRef = Self.branchRef(request.baseBranch)
    let headRef = request.start.ref
    let steeringRef = request.steeringBranch.map(Self.branchRef) ?? baseRef
    let commits = try await commits(of: Set([baseRef, steeringRef] + [headRef].compactMap(\.self)).sorted())
    guard let base = commits[baseRef] else { throw try await lack(of: request.baseBranch) }
    let start: CommitSHA
    switch request.start {
    case .freshBase: start = base
    case .branch(let name, let expected):
      start = try confirm(headRef.flatMap { commits[$0] }, is: expected, "branch '\(name)'")
    case .pull(let number, let expected):
      if headRef.flatMap({ commits[$0] }) != expected, try await isBranchTip(expected) {
        start = expected
      } else {
        start = try confirm(headRef.flatMap { commits[$0] }, is: expected, "pull request \(number)")
      }
    }
    guard let steering = commits[steeringRef] else {
      throw Failure(
        .permanent,
        "\(remote.name) has no branch '\(request.steeringBranch ?? "")'; check its default branch")
    }
    return GitStart(
      start: start, base: base, mergeBase: try await mergeBase(base, start), steering: steering)
  }

  /// Why the base branch is not there; a repository without any gets it with its first commit.
  private func lack(of branch: String) async throws(Failure) -> Failure {
    try await hasBranches
      ? Failure(.permanent, "\(remote.name) has no branch '\(branch)'; check its default branch")
      : Failure(.transient, "\(remote.name) has no commit yet; push a first one to '\(branch)'")
  }

  private var hasBranches: Bool {
    get async throws(Failure) {
      let arguments = ["for-each-ref", "--count=1", "refs/remotes/origin/"]
      return try await !git.run(GitCall(arguments: arguments, place: place)).line.isEmpty
    }
  }

  private func confirm(
    _ found: CommitSHA?, is expected: CommitSHA, _ what: String
  ) throws(Failure) -> CommitSHA {
    guard found == expected else {
      throw Failure(
        .conflict,
        "\(what) of \(remote.name) is at \(found?.short ?? "nothing"), not \(expected.short); look again")
    }
    return expected
  }

  /// The repository's configuration on its default branch and the spec at the start commit.
  func texts(
    for request: WorktreeRequest, at commits: GitStart
  ) async throws(Failure) -> (configuration: String?, spec: String?) {
    var names = ["\(try await configurationCommit(for: request, at: commits)):\(Self.configurationPath)"]
    if let path = request.specPath {
      guard !path.contains("\n") else { throw Failure(.permanent, "the spec's path has a line break") }
      names.append("\(commits.start):\(path)")
    }
    let output = try await git.run(
      GitCall(
        arguments: ["cat-file", "--batch"], place: place,
        input: Data((names.joined(separator: "\n") + "\n").utf8),
        outputLimit: Self.textsBytesMax))
    var blobs = GitBlobs(parsing: output.data).contents[...]
    let configuration = blobs.popFirst() ?? nil
    if let configuration, configuration.count > Self.configurationBytesMax.bytes {
      throw Failure(
        .permanent,
        "\(Self.configurationPath) of \(remote.name) is larger than \(Self.configurationBytesMax.bytes) bytes"
      )
    }
    let spec = request.specPath == nil ? nil : blobs.popFirst() ?? nil
    if let spec, spec.count > WorktreeFacts.specBytesMax.bytes {
      // Cut, it would be implemented and reviewed in part, and nobody would know.
      throw Failure(
        .permanent,
        "the spec \(request.specPath ?? "") at \(commits.start.short) of \(remote.name) is larger than "
          + "\(WorktreeFacts.specBytesMax.bytes) bytes; shorten it")
    }
    return (
      configuration.map { String(decoding: $0, as: UTF8.self) },
      spec.map { String(decoding: $0, as: UTF8.self) }
    )
  }
}

extension GitMirror {
  /// The commit whose `.looper/looper.toml` counts.
  ///
  /// - Throws: `permanent` when its branch is not there: no file is no protection, so a guess will not do.
  private func configurationCommit(
    for request: WorktreeRequest, at commits: GitStart
  ) async throws(Failure) -> CommitSHA {
    guard let branch = request.configurationBranch, branch != request.baseBranch else { return commits.base }
    try GitBranchName.check(branch)
    let ref = Self.branchRef(branch)
    guard let commit = try await self.commits(of: [ref])[ref] else {
      throw Failure(.permanent, "\(remote.name) has no branch '\(branch)'; check its default branch")
    }
    return commit
  }
}

/// The answers of `git cat-file --batch`, in order; nil for what is missing or no file.
struct GitBlobs {
  private(set) var contents: [Data?] = []

  init(parsing output: Data) {
    var rest = output[...]
    while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
      let words = String(decoding: rest[..<end], as: UTF8.self).split(separator: " ")
      rest = rest[(end + 1)...]
      guard words.count == 3, let size = Int(words[2]), CommitSHA(String(words[0])) != nil else {
        contents.append(nil)
        continue
      }
      contents.append(words[1] == "blob" ? Data(rest.prefix(size)) : nil)
      rest = rest.dropFirst(size + 1)
    }
  }
}

extension WorktreeStart {
  /// Where the mirror keeps the wanted head.
  fileprivate var ref: String? {
    switch self {
    case .freshBase: nil
    case .branch(let name, _): GitMirror.branchRef(name)
    case .pull(let number, _): GitMirror.pullRef(number)
    }
  }

  fileprivate var pullNumber: Int? {
    if case .pull(let number, _) = self { number } else { nil }
  }
}
