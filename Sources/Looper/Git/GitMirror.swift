import Foundation

/// The bare repository of a project under the data directory, of which every worktree is a linked one.
///
/// `refs/remotes/origin/*` are the remote's branches, `refs/looper/pull/<n>` heads of pull requests, and
/// `refs/looper/rescue/L<loop>/<n>` what would have become unreachable.
struct GitMirror: Sendable {
  let git: GitRunner
  let remote: RemoteRepository

  var path: String { git.layout.mirror(of: remote.name) }
  var place: GitPlace { .mirror(path) }

  static func branchRef(_ branch: String) -> String { "refs/remotes/origin/\(branch)" }
  static func pullRef(_ number: Int) -> String { "refs/looper/pull/\(number)" }
  static func rescueRefs(of loopID: Loop.ID) -> String { "refs/looper/rescue/\(loopID.handle)/" }

  /// Creates the mirror when it is missing or half made, and puts its configuration back when it is not ours. Nobody
  /// else changes it meanwhile.
  func open() async throws(Failure) {
    try removeLocks()
    try removeHalfPacks()
    if !isComplete {
      try GitFiles.makeDirectory((path as NSString).deletingLastPathComponent)
      let initialise = ["init", "--quiet", "--bare", "--template=", "--initial-branch=main", path]
      _ = try await git.run(GitCall(arguments: initialise, place: .nowhere))
    }
    try settle()
  }

  /// Takes back the locks of commands that were killed: each would keep every later one from working, for ever. Only of
  /// what no agent's git changes.
  private func removeLocks() throws(Failure) {
    for name in ["HEAD.lock", "config.lock", "packed-refs.lock"] { try GitFiles.remove("\(path)/\(name)") }
    for folder in ["refs/looper", "refs/remotes"] {
      let names = FileManager.default.enumerator(atPath: "\(path)/\(folder)")
      // No part of a ref's name ends so.
      while let name = names?.nextObject() as? String {
        if name.hasSuffix(".lock") { try GitFiles.remove("\(path)/\(folder)/\(name)") }
      }
    }
  }

  /// Removes what fetches left that were killed, each as large as what it had received. An agent's git may be writing one.
  private func removeHalfPacks() throws(Failure) {
    let packs = "\(path)/objects/pack"
    let oldest = Date(timeIntervalSinceNow: -git.settings.firstFetchDeadline.inSeconds)
    for name in GitFiles.names(in: packs) where name.hasPrefix("tmp_") {
      let attributes = try? FileManager.default.attributesOfItem(atPath: "\(packs)/\(name)")
      guard let changedAt = attributes?[.modificationDate] as? Date, changedAt < oldest else { continue }
      try GitFiles.remove("\(packs)/\(name)")
    }
  }

  /// Makes the configuration what we wrote; an agent without a sandbox can have changed it.
  func settle() throws(Failure) {
    let file = "\(path)/config"
    let expected = Data(configuration.utf8)
    guard GitFiles.content(file) != expected else { return }
    if GitFiles.kind(file) != .file { try GitFiles.remove(file) }
    try GitFiles.write(expected, to: file)
  }

  private var isComplete: Bool {
    GitFiles.kind("\(path)/HEAD") == .file && GitFiles.kind("\(path)/objects") == .directory
      && GitFiles.kind("\(path)/refs") == .directory && GitFiles.kind("\(path)/config") == .file
  }

  /// Holds an identity, so that an agent without any configuration can commit.
  private var configuration: String {
    """
    # Written by Looper; changes are lost.
    [core]
    \trepositoryformatversion = 0
    \tfilemode = true
    \tbare = true
    [gc]
    \tauto = 0
    [user]
    \tname = \(GitConfiguration.quoted(git.settings.identity.name))
    \temail = \(GitConfiguration.quoted(git.settings.identity.email))
    [remote "origin"]
    \turl = \(GitConfiguration.quoted(remote.cloneURL))
    \tfetch = +refs/heads/*:refs/remotes/origin/*

    """
  }

  /// Fetches all branches, and the pull request's head when there is one under GitHub's name for it.
  func fetch(pull: Int?) async throws(Failure) {
    let refspec = pull.map { "+refs/pull/\($0)/head:\(Self.pullRef($0))" }
    let output = try await fetch(refspec, accepted: [0, 128])
    guard output.status != 0 else { return }
    guard refspec != nil, output.errorText.contains("couldn't find remote ref") else {
      throw GitFailure.network("git fetch", output.errorText)
    }
    // A stand-in for GitHub without `refs/pull`: the branches must do.
    _ = try await fetch(nil, accepted: [0])
  }

  private func fetch(_ refspec: String?, accepted: Set<Int32>) async throws(Failure) -> GitOutput {
    // The address is given, not the name of a remote: configuration cannot redirect it.
    let arguments =
      [
        "fetch", "--quiet", "--prune", "--force", "--no-tags", "--no-auto-maintenance",
        "--no-recurse-submodules",
        "--no-write-fetch-head", "--", remote.cloneURL, "+refs/heads/*:refs/remotes/origin/*",
      ] + [refspec].compactMap(\.self)
    return try await git.run(
      GitCall(
        arguments: arguments, place: place, usesNetwork: true,
        deadline: hasFetched ? nil : git.settings.firstFetchDeadline, accepted: accepted))
  }

  /// Whether branches of the remote were ever there: git writes them when it has their commits.
  private var hasFetched: Bool {
    ["refs/remotes/origin", "packed-refs"].contains { GitFiles.kind("\(path)/\($0)") != .missing }
  }

  /// The commits of refs, in one process; names that do not exist are missing from the answer.
  func commits(of refs: [String]) async throws(Failure) -> [String: CommitSHA] {
    let input = Data(refs.map { "\($0)^{commit}\n" }.joined().utf8)
    let output = try await git.run(
      GitCall(arguments: ["cat-file", "--batch-check=%(objectname)"], place: place, input: input))
    var commits: [String: CommitSHA] = [:]
    for (ref, line) in zip(refs, output.lines) { commits[ref] = CommitSHA(line) }
    return commits
  }

  /// Whether `commit` is the tip of a branch of the remote.
  func isBranchTip(_ commit: CommitSHA) async throws(Failure) -> Bool {
    // Exit 129: the mirror has no such object.
    let output = try await git.run(
      GitCall(
        arguments: ["for-each-ref", "--count=1", "--points-at=\(commit)", "refs/remotes/origin/"],
        place: place,
        accepted: [0, 1, 128, 129]))
    return output.status == 0 && !output.line.isEmpty
  }

  /// Whether `ancestor` is `commit` or before it; false as well when the mirror lacks one of them.
  func isAncestor(_ ancestor: CommitSHA, of commit: CommitSHA) async throws(Failure) -> Bool {
    if ancestor == commit { return true }
    let output = try await git.run(
      GitCall(
        arguments: ["merge-base", "--is-ancestor", ancestor.rawValue, commit.rawValue], place: place,
        accepted: [0, 1, 128]))
    return output.status == 0
  }

  func mergeBase(_ left: CommitSHA, _ right: CommitSHA) async throws(Failure) -> CommitSHA {
    if left == right { return left }
    let output = try await git.run(
      GitCall(
        arguments: ["merge-base", left.rawValue, right.rawValue], place: place, accepted: [0, 1]))
    guard let base = CommitSHA(output.line) else {
      throw Failure(.permanent, "\(left.short) and \(right.short) of \(remote.name) have no common ancestor")
    }
    return base
  }

  /// Whether something other than a worktree keeps `commit`: a branch of the remote, a pull, a rescue.
  func keeps(_ commit: CommitSHA) async throws(Failure) -> Bool {
    let output = try await git.run(
      GitCall(
        arguments: [
          "for-each-ref", "--count=1", "--contains=\(commit)", "refs/remotes/origin/", "refs/looper/",
        ],
        place: place, accepted: [0, 1, 128, 129]))
    return output.status == 0 && !output.line.isEmpty
  }

  /// The first rescue ref of a loop that is still free.
  func freeRescueRef(of loopID: Loop.ID) async throws(Failure) -> String {
    let prefix = Self.rescueRefs(of: loopID)
    let output = try await git.run(
      GitCall(arguments: ["for-each-ref", "--format=%(refname)", prefix], place: place))
    let numbers = output.lines.compactMap { Int($0.dropFirst(prefix.count)) }
    return "\(prefix)\((numbers.max() ?? 0) + 1)"
  }

  func setRef(_ ref: String, to commit: CommitSHA) async throws(Failure) {
    _ = try await git.run(
      GitCall(arguments: ["update-ref", "--no-deref", ref, commit.rawValue], place: place))
  }
}
