/// What the user's own checkout tells about the project it belongs to; read, never written.
struct GitCheckout: Hashable, Sendable {
  /// The top directory, absolute.
  var path: String
  /// As the checkout's own configuration has it.
  var originURL: String?
  /// The GitHub repository of the origin.
  var project: ProjectName?

  /// - Returns: nil when `directory` is in no git checkout.
  static func read(_ directory: String, git: GitRunner) async throws(Failure) -> GitCheckout? {
    let place = GitPlace.checkout(directory)
    let top = try await git.run(
      GitCall(arguments: ["rev-parse", "--show-toplevel"], place: place, accepted: [0, 128]))
    guard top.status == 0, !top.line.isEmpty else {
      // A bare repository and a directory without one; another owner's is worth a word.
      guard !top.errorText.contains("dubious ownership") else {
        throw Failure(.permanent, "\(directory) belongs to another user; register the project by owner/name")
      }
      return nil
    }
    let origin = try await git.run(
      GitCall(
        arguments: ["config", "--local", "--get", "remote.origin.url"], place: place, accepted: [0, 1]))
    let address = origin.status == 0 ? origin.line : nil
    return GitCheckout(
      path: top.line, originURL: address, project: address.flatMap(GitRemoteURL.projectName(of:)))
  }
}
