import Foundation

extension GitWorkspaces {
  /// The user's index can be large; above this its size and time stand for its content.
  private static let watchedFileMax = ByteCount.mebibytes(256)

  func surroundings(
    of facts: WorktreeFacts, checkout: String?
  ) async throws(Failure) -> Surroundings {
    let worktree = GitWorktree(mirror: GitMirror(git: git, remote: facts.repository), loopID: facts.loopID)
    let mirror = worktree.mirror.path
    var digests = [
      "the mirror's configuration": Self.digest(ofFile: "\(mirror)/config"),
      "the mirror's hooks": Self.digest(ofDirectory: "\(mirror)/hooks"),
      "the mirror's attributes": Self.digest(ofFile: "\(mirror)/info/attributes"),
      "the mirror's grafts": Self.digest(ofFile: "\(mirror)/info/grafts"),
      "the mirror's alternates": Self.digest(ofFile: "\(mirror)/objects/info/alternates"),
      "the mirror's shallow list": Self.digest(ofFile: "\(mirror)/shallow"),
      "the worktree's .git file": Self.digest(ofFile: "\(worktree.path)/.git"),
      "the worktree's commondir": Self.digest(ofFile: "\(worktree.admin)/commondir"),
      "the worktree's gitdir": Self.digest(ofFile: "\(worktree.admin)/gitdir"),
      "the worktree's own configuration": Self.digest(ofFile: "\(worktree.admin)/config.worktree"),
    ]
    if let checkout {
      digests.merge(try await checkoutDigests(checkout, of: facts, worktree)) { $1 }
    }
    return Surroundings(digests: digests)
  }

  /// Looks at the user's checkout without writing anything, not even its index.
  ///
  /// Its owner works in it while agents work elsewhere: files, index, branches and what git notes of branches change
  /// under his hands. Watched is what git would execute or obey, and whether a commit of the agent's got there: nobody
  /// else has it before it is published.
  private func checkoutDigests(
    _ checkout: String, of facts: WorktreeFacts, _ worktree: GitWorktree
  ) async throws(Failure) -> [String: String] {
    try await configure()
    let place = GitPlace.checkout(checkout)
    let directories = try await git.run(
      GitCall(arguments: ["rev-parse", "--absolute-git-dir", "--git-common-dir"], place: place)
    ).lines
    guard directories.count == 2 else {
      throw Failure(.permanent, "\(checkout) is no git checkout; register the project again")
    }
    let own = directories[0]
    let common = directories[1].hasPrefix("/") ? directories[1] : "\(checkout)/\(directories[1])"
    let refs = try await git.run(
      GitCall(arguments: ["for-each-ref", "--format=%(objectname) %(refname)"], place: place)
    ).lines
    let commits = try await commits(of: facts, in: worktree)
    let foreign = refs.filter { line in
      let words = line.split(separator: " ", maxSplits: 1)
      return words.last?.hasPrefix("refs/replace/") == true || words.first.map(commits.contains) == true
    }
    return [
      "the checkout's attributes": Self.digest(ofFile: "\(common)/info/attributes"),
      "the checkout's alternates": Self.digest(ofFile: "\(common)/objects/info/alternates"),
      "the checkout's settings": try await settings(of: "\(common)/config"),
      "the checkout's own settings": Self.digest(ofFile: "\(own)/config.worktree"),
      "the checkout's exclude file": Self.digest(ofFile: "\(common)/info/exclude"),
      "the checkout's hooks": Self.digest(ofDirectory: "\(common)/hooks"),
      "refs of the checkout": GitDigest.hexadecimal(of: Data(foreign.joined(separator: "\n").utf8)),
    ]
  }

  /// How many of an agent's commits are looked for.
  private static let commitsMax = 10_000

  /// What the agent committed so far; nothing where its HEAD names no commit.
  private func commits(of facts: WorktreeFacts, in worktree: GitWorktree) async throws(Failure) -> Set<
    Substring
  > {
    guard worktree.tamperings().isEmpty, let head = try await worktree.head(), head != facts.startSHA else {
      return []
    }
    let arguments = [
      "rev-list", "--max-count=\(Self.commitsMax)", head.rawValue, "^\(facts.startSHA)", "^\(facts.baseSHA)",
    ]
    let output = try await git.run(GitCall(arguments: arguments, place: worktree.mirror.place))
    return Set(output.text.split(separator: "\n"))
  }

  /// The digest of a configuration without what git and its user write there about branches as they come and go.
  private func settings(of path: String) async throws(Failure) -> String {
    let output = try await git.run(
      GitCall(
        arguments: ["config", "--file", path, "--no-includes", "--list", "-z"], place: .nowhere,
        accepted: [0, 1, 3, 128]))
    guard output.status == 0 else { return Self.digest(ofFile: path) }
    let settings = output.data.split(separator: 0).filter { !$0.starts(with: Data("branch.".utf8)) }
    return GitDigest.hexadecimal(of: Data(settings.joined(separator: [0])))
  }

  private static func digest(ofFile path: String) -> String {
    let kind = GitFiles.kind(path)
    guard kind == .file else { return "\(kind)" }
    guard let content = GitFiles.content(path, limit: watchedFileMax) else { return "too large" }
    return GitDigest.hexadecimal(of: content)
  }

  private static func digest(ofDirectory path: String) -> String {
    guard GitFiles.kind(path) == .directory else { return "\(GitFiles.kind(path))" }
    let listing = GitFiles.names(in: path).map { "\($0) \(digest(ofFile: "\(path)/\($0)"))\n" }
    return GitDigest.hexadecimal(of: Data(listing.joined().utf8))
  }
}
