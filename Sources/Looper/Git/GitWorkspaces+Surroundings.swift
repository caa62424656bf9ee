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
      digests.merge(try await checkoutDigests(checkout)) { $1 }
    }
    return Surroundings(digests: digests)
  }

  /// Looks at the user's checkout without writing anything, not even its index.
  private func checkoutDigests(_ checkout: String) async throws(Failure) -> [String: String] {
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
    let status = try await git.run(
      GitCall(
        arguments: ["status", "--porcelain=v1", "-z", "--no-renames", "--ignore-submodules=all"],
        place: place,
        isLong: true))
    let refs = try await git.run(
      GitCall(arguments: ["for-each-ref", "--format=%(refname) %(objectname) %(symref)"], place: place))
    return [
      "the checkout's HEAD": Self.digest(ofFile: "\(own)/HEAD"),
      "the checkout's index": Self.digest(ofFile: "\(own)/index"),
      "the checkout's configuration": Self.digest(ofFile: "\(common)/config"),
      "the checkout's exclude file": Self.digest(ofFile: "\(common)/info/exclude"),
      "the checkout's hooks": Self.digest(ofDirectory: "\(common)/hooks"),
      "the checkout's changes": GitDigest.hexadecimal(of: status.data),
      "the checkout's refs": GitDigest.hexadecimal(of: refs.data),
    ]
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
