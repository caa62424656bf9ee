extension GitWorkspaces {
  /// More than this is not looked through; nobody writes that much in one change.
  static let addedBytesMax = ByteCount.mebibytes(64)

  /// Every commit is looked at, not only the sum: what one adds and the next removes is published as well.
  func addedText(by push: PushBranch, in project: RemoteRepository) async throws(Failure) -> [AddedText] {
    try await holding(project) { mirror throws(Failure) in
      var arguments = [
        "log", "--format=%x00%H%x00%an <%ae>%n%B%x00", "--patch", "--cc", "--text", "--unified=0",
        "--no-color",
        "--no-ext-diff", "--no-textconv", "--no-renames", "--no-mailmap", "--src-prefix=a/",
        "--dst-prefix=b/",
        push.commit.rawValue, "--not", "--remotes=origin",
      ]
      if let old = push.expectedOld { arguments.append(old.rawValue) }
      let call = GitCall(
        arguments: arguments, place: mirror.place, isLong: true, outputLimit: Self.addedBytesMax)
      let output: GitOutput
      do throws(CommandError) {
        output = try await git.attempt(call)
      } catch {
        guard case .outputTooLarge = error else { throw GitFailure.unfinished(call.name, error) }
        throw Failure(
          .needsHuman,
          "withheld: the commits add more than \(Self.addedBytesMax.bytes >> 20) MiB, too much to look for secrets in"
        )
      }
      guard output.status == 0 else { throw GitFailure.local(call.name, output.errorText) }
      return GitAddedText.parts(of: [UInt8](output.data))
    }
  }
}
