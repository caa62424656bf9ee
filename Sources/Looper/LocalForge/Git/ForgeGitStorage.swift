import Foundation
import Synchronization

/// The git side over bare repositories on disk, through the real git.
///
/// Everybody else pushes to and fetches from the same directories with plain git, so branches are read anew
/// each time; what is said about commits is cached, as it cannot change.
final class ForgeGitStorage: ForgeRepositoryStorage {
  /// How long one git command may take; these repositories are small.
  static let deadline = Duration.seconds(60)
  /// How much one git command may print.
  static let outputMax = ByteCount.mebibytes(64)
  /// GitHub lists at most this many commits of a pull request.
  static let commitsMax = 250

  private let runner: CommandRunner
  private let gitPath: String
  private let environment: [String: String]
  private let cache = Mutex(Cache())

  /// Answers about immutable things, by repository and commits.
  private struct Cache {
    var commits: [String: ForgeCommitFacts] = [:]
    var diffs: [String: [ForgeFileDiff]] = [:]
    var mergeBases: [String: CommitSHA] = [:]
    var ranges: [String: [ForgeCommitFacts]] = [:]
  }

  init(runner: CommandRunner, gitPath: String = "git", searchPath: String = "/usr/local/bin:/usr/bin:/bin") {
    self.runner = runner
    self.gitPath = gitPath
    environment = [
      "PATH": searchPath, "HOME": "/nonexistent", "LC_ALL": "C", "GIT_CONFIG_GLOBAL": "/dev/null",
      "GIT_CONFIG_SYSTEM": "/dev/null", "GIT_TERMINAL_PROMPT": "0",
    ]
  }

  func branches(of path: String) async throws -> [String: CommitSHA] {
    // The files backend is ours by construction (`git init --bare`), and reading it is a hundred times
    // cheaper than a process; git replaces both kinds of file by rename, so a read is never torn.
    try ForgeLooseRefs.heads(inBareRepository: path)
  }

  func resolve(_ revision: String, in path: String) async throws -> CommitSHA? {
    guard !revision.hasPrefix("-") else { return nil }
    let arguments = ["rev-parse", "--verify", "--quiet", "--end-of-options", "\(revision)^{commit}"]
    let result = try await run(arguments, in: path)
    return result.status.isSuccess ? CommitSHA(Self.firstLine(result.standardOutput)) : nil
  }

  func commit(_ sha: CommitSHA, in path: String) async throws -> ForgeCommitFacts? {
    let key = "\(path) \(sha)"
    if let known = cache.withLock({ $0.commits[key] }) { return known }
    let result = try await run(["log", "-1", "--no-walk", Self.commitFormat, sha.rawValue], in: path)
    guard result.status.isSuccess, let facts = Self.commits(from: result.standardOutput).first else {
      return nil
    }
    cache.withLock { $0.commits[key] = facts }
    return facts
  }

  func commits(from base: CommitSHA, to head: CommitSHA, in path: String) async throws -> [ForgeCommitFacts] {
    let range = "\(base)..\(head)"
    let key = "\(path) \(range)"
    if let known = cache.withLock({ $0.ranges[key] }) { return known }
    let arguments = ["log", "--reverse", "--topo-order", Self.commitFormat, range]
    let facts = Self.commits(from: try await output(arguments, in: path))
    cache.withLock { cache in
      for fact in facts { cache.commits["\(path) \(fact.sha)"] = fact }
      cache.ranges[key] = Array(facts.prefix(Self.commitsMax))
    }
    return Array(facts.prefix(Self.commitsMax))
  }

  func mergeBase(_ one: CommitSHA, _ other: CommitSHA, in path: String) async throws -> CommitSHA? {
    let key = "\(path) \(one) \(other)"
    if let known = cache.withLock({ $0.mergeBases[key] }) { return known }
    let result = try await run(["merge-base", one.rawValue, other.rawValue], in: path)
    guard result.status.isSuccess, let base = CommitSHA(Self.firstLine(result.standardOutput)) else {
      return nil
    }
    cache.withLock { $0.mergeBases[key] = base }
    return base
  }

  func diff(from base: CommitSHA, to head: CommitSHA, in path: String) async throws -> [ForgeFileDiff] {
    let key = "\(path) \(base) \(head)"
    if let known = cache.withLock({ $0.diffs[key] }) { return known }
    let text = try await diffText(from: base, to: head, asPatches: false, in: path)
    let files = ForgeDiffParser.parse(String(decoding: text, as: UTF8.self))
    cache.withLock { $0.diffs[key] = files }
    return files
  }

  func diffText(
    from base: CommitSHA, to head: CommitSHA, asPatches: Bool, in path: String
  ) async throws -> Data {
    if asPatches {
      return try await output(["format-patch", "--stdout", "\(base)..\(head)"], in: path)
    }
    let options = [
      "--no-color", "--no-ext-diff", "--no-textconv", "-M", "--src-prefix=a/", "--dst-prefix=b/",
    ]
    return try await output(["diff"] + options + [base.rawValue, head.rawValue], in: path)
  }

  func content(_ file: String, at sha: CommitSHA, in path: String) async throws -> ForgeContent? {
    let object = "\(sha):\(file)"
    let kind = try await run(["cat-file", "-t", object], in: path)
    guard kind.status.isSuccess else { return nil }
    if Self.firstLine(kind.standardOutput) == "tree" {
      let names = try await output(["ls-tree", "--name-only", "-z", object], in: path)
      return .directory(names.split(separator: 0).map { String(decoding: $0, as: UTF8.self) })
    }
    return .file(try await output(["cat-file", "blob", object], in: path))
  }

  // MARK: running git

  /// Runs git in a bare repository; its exit status is part of the answer.
  func run(
    _ arguments: [String], in path: String, environment extra: [String: String] = [:], input: Data? = nil
  ) async throws -> CommandResult {
    let command = Command(
      executable: gitPath, arguments: ["-c", "core.quotePath=false", "--git-dir", path] + arguments,
      environment: environment.merging(extra) { $1 }, workingDirectory: "/")
    return try await runner.run(
      command, standardInput: input, deadline: Self.deadline, outputLimit: Self.outputMax)
  }

  /// What git printed; a failure is an error that has git's own words.
  func output(
    _ arguments: [String], in path: String, environment extra: [String: String] = [:], input: Data? = nil
  ) async throws -> Data {
    let result = try await run(arguments, in: path, environment: extra, input: input)
    guard result.status.isSuccess else {
      let words = String(decoding: result.standardError.suffix(500), as: UTF8.self)
      throw ForgeStorageError(message: "git \(arguments.first ?? "") failed in \(path): \(words)")
    }
    return result.standardOutput
  }

  static func firstLine(_ data: Data) -> String {
    String(decoding: data.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
  }

  /// Fields parted by the unit separator, commits by NUL.
  private static let commitFormat =
    "--format=format:%H%x1f%T%x1f%P%x1f%an%x1f%ae%x1f%at%x1f%cn%x1f%ce%x1f%ct%x1f%B%x00"

  private static func commits(from data: Data) -> [ForgeCommitFacts] {
    data.split(separator: 0).compactMap { record in
      let text = String(decoding: record, as: UTF8.self).drop { $0 == "\n" }
      let fields = text.split(separator: "\u{1f}", maxSplits: 9, omittingEmptySubsequences: false).map(
        String.init)
      guard fields.count == 10, let sha = CommitSHA(fields[0]), let tree = CommitSHA(fields[1]) else {
        return nil
      }
      return ForgeCommitFacts(
        sha: sha, tree: tree, parents: fields[2].split(separator: " ").compactMap { CommitSHA(String($0)) },
        message: fields[9].trimmingCharacters(in: .newlines), authorName: fields[3], authorEmail: fields[4],
        authoredAt: Timestamp(milliseconds: (Int64(fields[5]) ?? 0) * 1000), committerName: fields[6],
        committerEmail: fields[7], committedAt: Timestamp(milliseconds: (Int64(fields[8]) ?? 0) * 1000))
    }
  }
}
