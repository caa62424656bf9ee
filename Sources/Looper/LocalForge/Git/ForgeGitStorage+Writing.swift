import Foundation

/// What changes repositories.
extension ForgeGitStorage {
  func create(_ path: String, defaultBranch: String, files: [String: Data], at: Timestamp) async throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    _ = try await output(["init", "--quiet", "--bare", "--initial-branch", defaultBranch, path], in: path)
    try configure(path)
    let import_ = Self.fastImport(files: files, branch: defaultBranch, at: at)
    _ = try await output(["fast-import", "--quiet", "--date-format=raw"], in: path, input: import_)
  }

  func fork(_ path: String, to newPath: String) async throws {
    try FileManager.default.createDirectory(
      atPath: (newPath as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    _ = try await output(["clone", "--quiet", "--bare", "--no-hardlinks", path, newPath], in: path)
    try configure(newPath)
  }

  func updateRef(_ ref: String, in path: String, from old: CommitSHA?, to new: CommitSHA?) async throws {
    let zero = String(repeating: "0", count: 40)
    let arguments =
      new.map { ["update-ref", ref, $0.rawValue, old?.rawValue ?? zero] }
      ?? ["update-ref", "-d", ref] + (old.map { [$0.rawValue] } ?? [])
    _ = try await output(arguments, in: path)
  }

  func importCommit(_ sha: CommitSHA, from source: String, into path: String, as ref: String) async throws {
    if source != path {
      let arguments = ["fetch", "--quiet", "--no-tags", "--no-write-fetch-head", source, sha.rawValue]
      _ = try await output(arguments, in: path)
    }
    _ = try await output(["update-ref", ref, sha.rawValue], in: path)
  }

  func merge(_ request: ForgeMergeRequest) async throws -> ForgeMergeOutcome {
    let base = request.base
    if request.method == .rebase { return try await rebase(request) }
    guard let tree = try await mergedTree(base, request.head, in: request.path) else { return .conflict }
    let parents = request.method == .squash ? [base] : [base, request.head]
    let commit = try await commitTree(tree, parents: parents, request: request, message: request.message)
    return .merged(commit)
  }

  /// The tree of both sides together; nil when they conflict.
  private func mergedTree(_ base: CommitSHA, _ head: CommitSHA, in path: String) async throws -> String? {
    let result = try await run(["merge-tree", "--write-tree", base.rawValue, head.rawValue], in: path)
    switch result.status {
    case .exited(0): return Self.firstLine(result.standardOutput)
    case .exited(1): return nil
    case .exited, .signalled:
      let words = String(decoding: result.standardError.suffix(500), as: UTF8.self)
      throw ForgeStorageError(message: "git merge-tree failed in \(path): \(words)")
    }
  }

  /// Replays the head's commits one by one on the base.
  private func rebase(_ request: ForgeMergeRequest) async throws -> ForgeMergeOutcome {
    var tip = request.base
    for commit in try await commits(from: request.base, to: request.head, in: request.path) {
      guard let parent = commit.parents.first, commit.parents.count == 1 else { continue }
      let options = ["merge-tree", "--write-tree", "--merge-base", parent.rawValue]
      // `--merge-base` came with git 2.40; before it the plain three-way merge is the nearest thing.
      let exact = try await run(options + [tip.rawValue, commit.sha.rawValue], in: request.path)
      let tree =
        exact.status.isSuccess
        ? Self.firstLine(exact.standardOutput)
        : try await mergedTree(tip, commit.sha, in: request.path)
      guard let tree else { return .conflict }
      tip = try await commitTree(tree, parents: [tip], request: request, message: commit.message)
    }
    return .merged(tip)
  }

  private func commitTree(
    _ tree: String, parents: [CommitSHA], request: ForgeMergeRequest, message: String
  ) async throws -> CommitSHA {
    let date = "\(request.at.milliseconds / 1000) +0000"
    let email = "\(request.authorName)@users.noreply.github.com"
    let identity = [
      "GIT_AUTHOR_NAME": request.authorName, "GIT_AUTHOR_EMAIL": email, "GIT_AUTHOR_DATE": date,
      "GIT_COMMITTER_NAME": "GitHub", "GIT_COMMITTER_EMAIL": "noreply@github.com", "GIT_COMMITTER_DATE": date,
    ]
    let arguments = ["commit-tree", tree] + parents.flatMap { ["-p", $0.rawValue] } + ["-F", "-"]
    let printed = try await output(
      arguments, in: request.path, environment: identity, input: Data(message.utf8))
    guard let sha = CommitSHA(Self.firstLine(printed)) else {
      throw ForgeStorageError(message: "git commit-tree printed no commit in \(request.path)")
    }
    return sha
  }

  /// What a forge allows on its bare repositories: fetching any commit by name, as GitHub does.
  private func configure(_ path: String) throws {
    let config = "\(path)/config"
    var text = try String(contentsOfFile: config, encoding: .utf8)
    text +=
      "[uploadpack]\n\tallowAnySHA1InWant = true\n[receive]\n\tdenyDeleteCurrent = warn\n[gc]\n\tauto = 0\n"
    try text.write(toFile: config, atomically: true, encoding: .utf8)
  }

  /// A `git fast-import` stream of one first commit.
  private static func fastImport(files: [String: Data], branch: String, at: Timestamp) -> Data {
    let message = "Initial commit"
    var stream = Data("commit refs/heads/\(branch)\n".utf8)
    stream += Data("committer GitHub <noreply@github.com> \(at.milliseconds / 1000) +0000\n".utf8)
    stream += Data("data \(message.utf8.count)\n\(message)\n".utf8)
    for (path, content) in files.sorted(by: { $0.key < $1.key }) {
      let mode = content.starts(with: Data("#!".utf8)) ? "100755" : "100644"
      stream += Data("M \(mode) inline \(path)\ndata \(content.count)\n".utf8)
      stream += content + Data("\n".utf8)
    }
    return stream
  }
}
