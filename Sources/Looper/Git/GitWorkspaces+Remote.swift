extension GitWorkspaces {
  func remoteHead(of branch: String, in project: RemoteRepository) async throws(Failure) -> CommitSHA? {
    try GitBranchName.check(branch)
    try await configure()
    let ref = "refs/heads/\(branch)"
    let output = try await git.run(
      GitCall(arguments: ["ls-remote", "--", project.cloneURL, ref], place: .nowhere, usesNetwork: true))
    for line in output.lines {
      let words = line.split(separator: "\t")
      if words.count == 2, words[1] == ref { return CommitSHA(String(words[0])) }
    }
    return nil
  }

  func push(_ push: PushBranch, in project: RemoteRepository) async throws(Failure) {
    try GitBranchName.check(push.branch)
    try await holding(project) { mirror throws(Failure) in
      try await mirror.checkFastForward(push)
      let ref = "refs/heads/\(push.branch)"
      let arguments = [
        "push", "--porcelain", "--no-verify", "--no-signed", "--no-follow-tags", "--recurse-submodules=no",
        "--force-with-lease=\(ref):\(push.expectedOld?.rawValue ?? "")", "--", project.cloneURL,
        "\(push.commit):\(ref)",
      ]
      let call = GitCall(
        arguments: arguments, place: mirror.place, usesNetwork: true, accepted: [0, 1, 128])
      let output = try await git.run(call)
      guard output.status == 0 else {
        throw GitFailure.network("git push of '\(push.branch)'", output.text + "\n" + output.errorText)
      }
      // Best effort: the remote has it, and the next fetch sets the ref.
      try? await mirror.setRef(GitMirror.branchRef(push.branch), to: push.commit)
    }
  }
}

extension GitMirror {
  /// A lease alone would let a rewritten branch through.
  fileprivate func checkFastForward(_ push: PushBranch) async throws(Failure) {
    guard let old = push.expectedOld, !(try await isAncestor(old, of: push.commit)) else { return }
    throw Failure(
      .conflict,
      "\(push.commit.short) does not continue \(old.short) of '\(push.branch)'; fetch and begin anew")
  }
}
